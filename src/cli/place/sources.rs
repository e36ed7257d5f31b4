//! The candidates that the options name: files, or places proposed from the study.

use std::path::Path;

use anyhow::{Context, bail};

use crate::import::candidates::{CandidateSpec, read_candidates};
use crate::import::crs_detect::{CrsChoice, Reference};
use crate::import::hash::file_sha256;
use crate::import::load::LoadedStudy;
use crate::import::table::read_table;
use crate::placement::candidate::{
    Candidate, CandidateGround, SiteStanding, check_keys, set_standing, upgrades,
};
use crate::placement::plan::Need;
use crate::placement::schedule::Schedule;
use crate::placement::thinning::thinned;
use crate::spatial::BoundingBox;
use crate::units::Meters;

use super::super::console::Console;
use super::args::SiteArgs;

/// The candidates and the hashes of the files they came from.
pub(super) struct Sources {
    pub(super) candidates: Vec<Candidate>,
    pub(super) hashes: Vec<String>,
    /// Where they came from, in the words of the command line.
    pub(super) from: Vec<String>,
}

/// Reads and proposes all candidates, links them to the streets and puts them into zones.
pub(super) fn find(
    loaded: &LoadedStudy,
    need: &Need,
    (args, most): (&SiteArgs, usize),
    console: &Console,
) -> anyhow::Result<Sources> {
    let baseline = &loaded.baseline;
    let ground = CandidateGround {
        graph: &baseline.graph,
        snapper: &baseline.snapper,
        walker: need.walker,
        limit: baseline.limits.snap_distance,
    };
    let mut sources =
        Sources { candidates: Vec::new(), hashes: Vec::new(), from: args.candidates.clone() };
    if args.candidates.is_empty() {
        sources.by_default(&ground, (need, most), console)?;
    }
    for from in &args.candidates {
        let mut found = match from.as_str() {
            "junctions" => ground.junctions()?,
            "midblocks" => ground.midblocks()?,
            "network" => ground.network(need.impedance(), &need.homes(), need.cutoff)?,
            _ if from.starts_with("grid:") => ground.grid(bounds(need)?, mesh(from)?)?,
            _ => match from.strip_prefix("facilities:") {
                Some(layer) => facilities(loaded, need, layer)?,
                None => sources.read(loaded, Path::new(from), (args, console))?,
            },
        };
        sources.candidates.append(&mut found);
    }
    let candidates = &mut sources.candidates;
    check_keys(candidates)?;
    set_standing(candidates, &args.required, SiteStanding::Required)?;
    set_standing(candidates, &args.forbidden, SiteStanding::Forbidden)?;
    ground.link(candidates);
    for candidate in candidates.iter_mut() {
        candidate.zone = baseline.zones.find(candidate.place);
    }
    say_unlinked(candidates, need, console);
    Ok(sources)
}

impl Sources {
    /// Junctions among the homes that are not covered, no more than are solved in seconds.
    fn by_default(
        &mut self,
        ground: &CandidateGround,
        (need, most): (&Need, usize),
        console: &Console,
    ) -> anyhow::Result<()> {
        let all = ground.junctions()?;
        let count = all.len();
        let (found, side) = thinned(all, bounds(need)?, most);
        let from = match side {
            None => "junctions".to_owned(),
            Some(side) => format!("junctions, one in each square of {side} m"),
        };
        console.say(&format!(
            "candidates: {} of {count} junctions ({from}); --candidates names others, or all with \
             `--candidates junctions`",
            found.len()
        ));
        self.candidates = found;
        self.from.push(from);
        Ok(())
    }

    /// Puts the year of its opening beside each site that opens in one.
    pub(super) fn date(&mut self, schedule: Option<&Schedule>) {
        let Some(schedule) = schedule else { return };
        for (sites, phase) in schedule.sites_by_year().iter().zip(1..) {
            for site in sites {
                self.candidates[site.0 as usize].phase = Some(phase);
            }
        }
    }

    fn read(
        &mut self,
        loaded: &LoadedStudy,
        path: &Path,
        (args, console): (&SiteArgs, &Console),
    ) -> anyhow::Result<Vec<Candidate>> {
        if !path.exists() {
            bail!(
                "no candidates {:?}: neither a file nor one of junctions, midblocks, network, \
                 grid:METRES, facilities:LAYER",
                path.display().to_string()
            );
        }
        self.hashes.push(file_sha256(path)?);
        let (table, mut issues) = read_table(path)?;
        let crs = match args.candidates_crs.as_str() {
            "auto" => CrsChoice::Auto,
            named => CrsChoice::Declared(named.parse().context("--candidates-crs")?),
        };
        let spec = CandidateSpec { crs, area_min_m2: args.area_min_m2, ..CandidateSpec::default() };
        let baseline = &loaded.baseline;
        let reference = baseline.graph.bounding_box().map(|bounds| {
            Reference::new(bounds, |place| baseline.snapper.nearest_street(place, Meters(2_000.0)))
        });
        let (found, noticed) =
            read_candidates(&table, &spec, &baseline.taxonomy, reference.as_ref())?;
        issues.append(noticed);
        for issue in issues.issues().iter().take(20) {
            console.say(&format!("{} {}: {}", issue.source, issue.feature, issue.reason));
        }
        Ok(found)
    }
}

fn mesh(from: &str) -> anyhow::Result<Meters> {
    let text = from.trim_start_matches("grid:").trim_end_matches('m');
    let meters = text.trim().parse::<f64>();
    meters.map(Meters).with_context(|| format!("{from:?}: write grid:METRES, for example grid:200"))
}

/// The box around everybody not covered.
fn bounds(need: &Need) -> anyhow::Result<BoundingBox> {
    let places = need.rows.iter().map(|&id| need.site.demand.points[id].place);
    BoundingBox::around(places).context("everybody is covered already; there is nothing to place")
}

fn facilities(loaded: &LoadedStudy, need: &Need, layer: &str) -> anyhow::Result<Vec<Candidate>> {
    let baseline = &loaded.baseline;
    let function = baseline.taxonomy.find(layer);
    let is_meant = |facility: &crate::facility::Facility| {
        facility.layer == layer || function.is_some_and(|id| facility.find_offer(id).is_some())
    };
    let found = upgrades(&baseline.facilities, is_meant, &need.serving);
    if found.is_empty() {
        // Says which layers there are when the name is none.
        super::super::export::serving_of(loaded, layer)?;
    }
    Ok(found)
}

fn say_unlinked(candidates: &[Candidate], need: &Need, console: &Console) {
    let unlinked: Vec<&str> = candidates
        .iter()
        .filter(|candidate| candidate.stands.is_empty())
        .map(|candidate| candidate.key.as_str())
        .collect();
    if let Some(first) = unlinked.first() {
        console.say(&format!(
            "{} candidates, {first:?} first, have no street that {} may walk within the snap distance; they \
             reach nobody",
            unlinked.len(),
            need.walker.profile.id
        ));
    }
}
