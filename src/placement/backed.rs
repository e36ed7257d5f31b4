//! From a study to backup coverage: everybody of a group, and who is within reach of two open facilities already.

use crate::progress::Progress;

use super::backup::BackupInstance;
use super::candidate::Candidate;
use super::places::standing;
use super::plan::{Need, PlanError, ReachLists};
use crate::ids::SiteId;

/// Everybody of a group, and how many open facilities are in reach.
#[derive(Debug)]
pub struct Backed<'a> {
    /// The rows are everybody of the group.
    pub need: Need<'a>,
    /// Whom each candidate reaches.
    pub reach: ReachLists,
    /// A site for each candidate, then one for all that is open today.
    pub instance: BackupInstance,
}

/// How people fare, in millionths of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InReach {
    /// With nothing in reach.
    pub none: i64,
    /// With one place in reach.
    pub one: i64,
    /// With two or more.
    pub more: i64,
}

impl<'a> Backed<'a> {
    /// Finds everybody, whom the candidates reach, and whom two open facilities reach.
    ///
    /// # Errors
    /// When there are too many pairs, a number does not fit, or the user asked to stop.
    pub fn find(
        need: &Need<'a>,
        candidates: &[Candidate],
        progress: &dyn Progress,
    ) -> Result<Self, PlanError> {
        let need = need.clone().of_everybody();
        let today: Vec<Candidate> = need.serving.iter().map(|&id| standing(&need, id)).collect();
        let open = need.reach(&today, progress)?;
        let mut counts = vec![0_u32; need.rows.len()];
        for site in 0..today.len() {
            for &(row, _) in open.of(SiteId(site as u32)) {
                counts[row as usize] += 1;
            }
        }
        let with = |least: u32| -> Vec<u32> {
            let rows = (0_u32..).zip(&counts).filter(|&(_, &count)| count >= least);
            rows.map(|(row, _)| row).collect()
        };
        let reach = need.reach(candidates, progress)?;
        let cover = need.with_settled(candidates, &reach, &with(1))?;
        let mut again: Vec<Vec<u32>> = (0..candidates.len())
            .map(|site| {
                let rows = reach.of(SiteId(site as u32)).iter().map(|&(row, _)| row);
                rows.filter(|&row| counts[row as usize] == 1).collect()
            })
            .collect();
        // What is open today is the last site.
        again.push(Vec::new());
        Ok(Self { instance: BackupInstance { cover, twice: with(2), again }, need, reach })
    }

    /// How everybody fares when `chosen` are open beside what is open today.
    pub fn in_reach(&self, chosen: &[SiteId]) -> InReach {
        let BackupInstance { cover, twice, again } = &self.instance;
        let mut counts: Vec<u32> =
            (0..cover.row_count()).map(|row| u32::from(cover.is_settled(row))).collect();
        let more = chosen
            .iter()
            .flat_map(|&site| cover.rows_of(site).iter().chain(&again[site.0 as usize]));
        for &row in twice.iter().chain(more) {
            counts[row as usize] += 1;
        }
        let mut found = InReach::default();
        for (row, count) in counts.into_iter().enumerate() {
            let part = match count {
                0 => &mut found.none,
                1 => &mut found.one,
                _ => &mut found.more,
            };
            *part += cover.weight(row);
        }
        found
    }
}
