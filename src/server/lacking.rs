//! Which of several functions each home lacks.

use crate::audit::FunctionRecord;
use crate::ids::{DemandPointId, FunctionId, Id};
use crate::units::WalkTime;

use super::app::{App, WalkerId};

/// For every demand point, which functions are beyond the cutoff, and how far the farthest is. Functions of which no
/// place is recorded are beyond it for nobody: nothing is known of them.
#[derive(Debug)]
pub(super) struct Lacking {
    missing: Vec<u16>,
    farthest: Vec<WalkTime>,
    no_street: Vec<bool>,
    recorded: Vec<bool>,
}

impl Lacking {
    /// Of at most 16 functions, in their order: the first is the lowest bit.
    pub(super) fn of(
        app: &App,
        (functions, walker): (&[FunctionId], WalkerId),
        cutoff: WalkTime,
    ) -> Self {
        let points = app.baseline().demand.points.len();
        let mut missing = vec![0_u16; points];
        let mut farthest = vec![WalkTime::ZERO; points];
        let is_recorded =
            |&function: &FunctionId| !FunctionRecord::of(app.baseline(), function).is_missing();
        let recorded: Vec<bool> = functions.iter().map(is_recorded).collect();
        let walker_of_all = app.walker(walker);
        let no_street = app.baseline().demand.points.ids();
        let no_street = no_street.map(|point| !walker_of_all.has_street(point)).collect();
        for (bit, &function) in functions.iter().enumerate().filter(|&(bit, _)| recorded[bit]) {
            let sweep = app.sweep((function, walker));
            for (point, (missing, farthest)) in (0..).zip(missing.iter_mut().zip(&mut farthest)) {
                let Some(time) = sweep.times.walk(DemandPointId(point)) else { continue };
                if time > cutoff {
                    *missing |= 1 << bit;
                }
                *farthest = time.max(*farthest);
            }
        }
        Self { missing, farthest, no_street, recorded }
    }

    /// What `point` lacks, a bit a function.
    pub(super) fn missing(&self, point: DemandPointId) -> u16 {
        self.missing[point.index()]
    }

    /// Whether `point` has no street data: nothing is known of what it lacks.
    pub(super) fn lacks_street(&self, point: DemandPointId) -> bool {
        self.no_street[point.index()]
    }

    /// Whether any place is recorded of each function, in their order.
    pub(super) fn recorded(&self) -> &[bool] {
        &self.recorded
    }

    /// Time to the farthest of the functions; unreachable when one is.
    pub(super) fn farthest(&self, point: DemandPointId) -> WalkTime {
        self.farthest[point.index()]
    }
}
