//! Which doors of a place are for whom: homes and facilities, points in a building and outlines, by the same rules.

use std::borrow::Cow;

use crate::demand::DemandPoint;
use crate::facility::Facility;
use crate::spatial::{Front, LonLat};
use crate::street::{Obstacles, Permission, StreetClass, StreetTraits, WalkProfile};

/// Who goes through a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comer {
    /// Who lives or works there: by private doors too.
    Resident,
    /// Who comes to it.
    Visitor,
}

/// Where `profile` steps from a facility onto streets: who heeds `wheelchair=no` does so at the facility too.
pub fn front_for(profile: &WalkProfile, facility: &Facility, obstacles: &Obstacles) -> Front {
    if facility.wheels.refused && profile.wheelchair_no == Permission::Forbid {
        return Front::Nowhere;
    }
    let front = facility.front();
    front_through(profile, Comer::Visitor, (facility.place, &front), obstacles).into_owned()
}

/// Where `profile` steps from a home onto streets.
pub fn home_front<'a>(
    profile: &WalkProfile,
    home: &'a DemandPoint,
    obstacles: &Obstacles,
) -> Cow<'a, Front> {
    front_through(profile, Comer::Resident, (home.place, &home.front), obstacles)
}

/// What is left of the doors of a place when those are left out that `profile` does not get through.
///
/// A place none of whose doors is for visitors is one without known doors. Where there are such doors, and the
/// walker gets through none of them, it is [`Front::Nowhere`].
pub fn front_through<'a>(
    profile: &WalkProfile,
    comer: Comer,
    (place, front): (LonLat, &'a Front),
    obstacles: &Obstacles,
) -> Cow<'a, Front> {
    if obstacles.limits().is_empty() {
        return Cow::Borrowed(front);
    }
    match front {
        Front::Point | Front::Listed => {
            let around = obstacles.buildings_around(place);
            let doors = around.iter().flat_map(|&b| &obstacles.buildings()[b as usize].doors);
            let all: Vec<LonLat> = doors.copied().collect();
            if all.iter().all(|&door| obstacles.limits_at(door).is_empty()) {
                return Cow::Borrowed(front);
            }
            let is_private = |door| obstacles.limits_at(door).contains(StreetTraits::PRIVATE);
            let for_comer = |&door: &LonLat| comer == Comer::Resident || !is_private(door);
            let own: Vec<LonLat> = all.into_iter().filter(for_comer).collect();
            let open = passed(profile, &own, obstacles);
            let is_shut = open.is_empty() && !own.is_empty();
            Cow::Owned(if is_shut { Front::Nowhere } else { Front::Inside(open.into()) })
        }
        Front::Doors(doors) => {
            let open = passed(profile, doors, obstacles);
            match open.len() {
                0 => Cow::Owned(Front::Nowhere),
                left if left == doors.len() => Cow::Borrowed(front),
                _ => Cow::Owned(Front::of_doors(&open)),
            }
        }
        Front::Walled(inner, gates) => {
            match front_through(profile, comer, (place, inner.as_ref()), obstacles) {
                Cow::Borrowed(_) => Cow::Borrowed(front),
                Cow::Owned(Front::Nowhere) => Cow::Owned(Front::Nowhere),
                Cow::Owned(inner) => Cow::Owned(inner.walled(gates)),
            }
        }
        Front::Inside(_) | Front::Outline(_) | Front::Level(_) | Front::Street | Front::Nowhere => {
            Cow::Borrowed(front)
        }
    }
}

/// The doors that `profile` gets through.
fn passed(profile: &WalkProfile, doors: &[LonLat], obstacles: &Obstacles) -> Vec<LonLat> {
    let is_passed =
        |&door: &LonLat| profile.may_walk(StreetClass::Footway, obstacles.limits_at(door));
    doors.iter().copied().filter(is_passed).collect()
}
