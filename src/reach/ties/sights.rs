//! What was looked at from one place, remembered for the next walker: a leg and what stands in its way are the same for
//! everybody.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::ids::EdgeId;
use crate::spatial::{Front, LonLat};

/// On an outline, how far along a street piece, and on the piece.
type Leg = Option<(LonLat, f64, LonLat)>;

/// The looks from one place; asked for by key only, so that no order matters.
#[derive(Debug, Default)]
pub(super) struct Sights(RefCell<Looks>);

#[derive(Debug, Default)]
struct Looks {
    /// Where they are from.
    place: Option<(LonLat, Front)>,
    /// Whether something stands between two places; whether all buildings count tells looks out of a building apart.
    blocked: HashMap<(LonLat, LonLat, bool), bool>,
    /// The leg from the outline to a street piece within a limit in metres.
    legs: HashMap<(EdgeId, u32, u64), Leg>,
}

impl Sights {
    /// Begins anew, unless the last looks were from the same place.
    pub(super) fn stand(&self, place: LonLat, front: &Front) {
        let mut looks = self.0.borrow_mut();
        if looks.place.as_ref().is_some_and(|(known, before)| *known == place && before == front) {
            return;
        }
        looks.place = Some((place, front.clone()));
        looks.blocked.clear();
        looks.legs.clear();
    }

    /// Whether a leg is blocked, looked at by `look` the first time.
    pub(super) fn blocked(
        &self,
        (from, to, all_count): (LonLat, LonLat, bool),
        look: impl FnOnce() -> bool,
    ) -> bool {
        *self.0.borrow_mut().blocked.entry((from, to, all_count)).or_insert_with(look)
    }

    /// The leg to a street piece within a limit, measured by `measure` the first time.
    pub(super) fn leg(
        &self,
        (edge, piece, limit): (EdgeId, u32, f64),
        measure: impl FnOnce() -> Leg,
    ) -> Leg {
        let key = (edge, piece, limit.to_bits());
        *self.0.borrow_mut().legs.entry(key).or_insert_with(measure)
    }
}
