//! Which of several functions each home lacks.

use crate::ids::{DemandPointId, FunctionId, Id};
use crate::units::WalkTime;

use super::app::{App, WalkerId};

/// For every demand point, which functions are beyond the cutoff, and how far the farthest is.
#[derive(Debug)]
pub(super) struct Lacking {
    missing: Vec<u16>,
    farthest: Vec<WalkTime>,
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
        for (bit, &function) in functions.iter().enumerate() {
            let sweep = app.sweep((function, walker));
            for (point, (missing, farthest)) in (0..).zip(missing.iter_mut().zip(&mut farthest)) {
                let time = sweep.times.time(DemandPointId(point));
                if time > cutoff {
                    *missing |= 1 << bit;
                }
                *farthest = time.max(*farthest);
            }
        }
        Self { missing, farthest }
    }

    /// What `point` lacks, a bit a function.
    pub(super) fn missing(&self, point: DemandPointId) -> u16 {
        self.missing[point.index()]
    }

    /// Time to the farthest of the functions; unreachable when one is.
    pub(super) fn farthest(&self, point: DemandPointId) -> WalkTime {
        self.farthest[point.index()]
    }
}
