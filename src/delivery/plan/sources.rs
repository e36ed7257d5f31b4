//! The candidates that the options name: files, or places proposed from the study.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, bail};

use crate::coverage::assess::places_of;
use crate::export::facilities_called;
use crate::import::IssueLog;
use crate::import::candidates::{CandidateSpec, read_candidates};
use crate::import::crs_detect::{CrsChoice, Reference};
use crate::import::hash::{bytes_sha256, file_sha256};
use crate::import::table::{FeatureTable, parse_table, read_table};
use crate::import::toml_check::suggestion;
use crate::placement::candidate::{
    Candidate, CandidateGround, check_keys, set_standings, upgrades,
};
use crate::placement::plan::Need;
use crate::placement::schedule::Schedule;
use crate::placement::thinning::thinned;
use crate::scenario::Baseline;
use crate::spatial::BoundingBox;
use crate::units::{Meters, Persons};

use super::host::{Host, PlanGround};
use super::wish::{GivenTable, SiteTerms};

/// The candidates and the hashes of the files they came from.
pub(crate) struct Sources {
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) hashes: Vec<String>,
    /// Where they came from, in the words of the command line.
    pub(crate) from: Vec<String>,
}

/// Reads and proposes all candidates, links them to the streets and puts them into zones.
pub(crate) fn find(
    study: &PlanGround,
    need: &Need,
    (wish, most): (&SiteTerms, usize),
    host: &dyn Host,
) -> anyhow::Result<Sources> {
    let baseline = study.baseline;
    let ground = CandidateGround {
        graph: &baseline.graph,
        snapper: &baseline.snapper,
        obstacles: &baseline.obstacles,
        walker: need.walker,
        limit: baseline.limits.snap_distance,
    };
    let named =
        |word: &String| wish.sent.get(word).map_or_else(|| word.clone(), |(_, name)| name.clone());
    let from = wish.candidates.iter().map(named).collect();
    let mut sources = Sources { candidates: Vec::new(), hashes: Vec::new(), from };
    if wish.name_none() {
        sources.by_default(&ground, (need, most), host)?;
    }
    for from in &wish.candidates {
        if let Some((sent, _)) = wish.sent.get(from) {
            sources.candidates.extend_from_slice(sent);
            continue;
        }
        let mut found = match from.as_str() {
            "junctions" => ground.junctions()?,
            "midblocks" => ground.midblocks()?,
            "network" => ground.network(need.impedance(), &need.homes(), need.cutoff)?,
            _ if from.starts_with("grid:") => ground.grid(bounds(need)?, mesh(from)?)?,
            _ => match from.strip_prefix("facilities:") {
                Some(layer) => facilities(baseline, need, layer)?,
                None => sources.read(baseline, Path::new(from), (wish, host))?,
            },
        };
        sources.candidates.append(&mut found);
    }
    for table in &wish.given {
        let mut found = sources.take(baseline, table, (wish, host))?;
        sources.candidates.append(&mut found);
    }
    let candidates = &mut sources.candidates;
    check_keys(candidates)?;
    set_bonuses(candidates, &wish.bonuses)?;
    set_standings(candidates, (&wish.required, &wish.forbidden))?;
    ground.link(candidates);
    for candidate in candidates.iter_mut() {
        candidate.zone = baseline.zones.find(candidate.place);
    }
    say_unlinked(candidates, need, host);
    Ok(sources)
}

impl Sources {
    /// Junctions among the homes that are not covered, no more than are solved in seconds.
    fn by_default(
        &mut self,
        ground: &CandidateGround,
        (need, most): (&Need, usize),
        host: &dyn Host,
    ) -> anyhow::Result<()> {
        let all = ground.junctions()?;
        let count = all.len();
        let (found, side) = thinned(all, bounds(need)?, most);
        let from = match side {
            None => "junctions".to_owned(),
            Some(side) => format!("junctions, one in each square of {side} m"),
        };
        host.say(&format!(
            "candidates: {} of {count} junctions ({from}); --candidates names others, or all with \
             `--candidates junctions`",
            found.len()
        ));
        self.candidates = found;
        self.from.push(from);
        Ok(())
    }

    /// Puts the year of its opening beside each site that opens in one.
    pub(crate) fn date(&mut self, schedule: Option<&Schedule>) {
        let Some(schedule) = schedule else { return };
        for (sites, phase) in schedule.sites_by_year().iter().zip(1..) {
            for site in sites {
                self.candidates[site.0 as usize].phase = Some(phase);
            }
        }
    }

    /// The candidates of a file.
    fn read(
        &mut self,
        baseline: &Baseline,
        named: &Path,
        (wish, host): (&SiteTerms, &dyn Host),
    ) -> anyhow::Result<Vec<Candidate>> {
        let path = match &wish.folder {
            Some(folder) => inside(folder, named)?,
            None => named.to_path_buf(),
        };
        if !path.exists() {
            bail!("{}", no_candidates(named));
        }
        self.hashes.push(file_sha256(&path)?);
        let read = read_table(&path)?;
        candidates_of(baseline, read, (wish, host))
    }

    /// The candidates of a table that came with the question.
    fn take(
        &mut self,
        baseline: &Baseline,
        table: &GivenTable,
        (wish, host): (&SiteTerms, &dyn Host),
    ) -> anyhow::Result<Vec<Candidate>> {
        self.hashes.push(bytes_sha256(&table.bytes));
        self.from.push(table.name.clone());
        let read = parse_table(Path::new(&table.name), table.bytes.clone())?;
        candidates_of(baseline, read, (wish, host))
    }
}

fn no_candidates(named: &Path) -> String {
    format!(
        "no candidates {:?}: neither a file nor one of junctions, midblocks, network, grid:METRES, facilities:LAYER",
        named.display().to_string()
    )
}

/// The file called `named` in `folder`, which it must not leave.
fn inside(folder: &Path, named: &Path) -> anyhow::Result<PathBuf> {
    let is_plain = named.components().all(|part| matches!(part, Component::Normal(_)));
    let within = || {
        let folder = folder.canonicalize().ok()?;
        let path = folder.join(named).canonicalize().ok()?;
        (path.starts_with(&folder) && path.is_file()).then_some(path)
    };
    let found = if is_plain { within() } else { None };
    found.with_context(|| no_candidates(named))
}

fn candidates_of(
    baseline: &Baseline,
    (table, mut issues): (FeatureTable, IssueLog),
    (wish, host): (&SiteTerms, &dyn Host),
) -> anyhow::Result<Vec<Candidate>> {
    let crs = match wish.candidates_crs.as_deref() {
        None | Some("auto" | "") => CrsChoice::Auto,
        Some(named) => CrsChoice::Declared(named.parse().context("--candidates-crs")?),
    };
    let spec = CandidateSpec {
        crs,
        area_min_m2: wish.area_min_m2.unwrap_or(0.0),
        ..CandidateSpec::default()
    };
    let reference = baseline.graph.bounding_box().map(|bounds| {
        Reference::new(bounds, |place| baseline.snapper.nearest_street(place, Meters(2_000.0)))
    });
    let (found, noticed) = read_candidates(&table, &spec, &baseline.taxonomy, reference.as_ref())?;
    issues.append(noticed);
    for issue in issues.issues().iter().take(20) {
        host.say(&format!("{} {}: {}", issue.source, issue.feature, issue.reason));
    }
    Ok(found)
}

/// Gives candidates their bonuses by id.
fn set_bonuses(
    candidates: &mut [Candidate],
    bonuses: &BTreeMap<String, f64>,
) -> anyhow::Result<()> {
    for (key, &persons) in bonuses {
        let candidate = candidates.iter_mut().find(|candidate| candidate.key == *key);
        let candidate =
            candidate.with_context(|| format!("no candidate {key:?} to give a bonus to"))?;
        candidate.bonus = Persons::from_count(persons)
            .with_context(|| format!("the bonus of {key:?} is no number of people: {persons}"))?;
    }
    Ok(())
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

fn facilities(baseline: &Baseline, need: &Need, layer: &str) -> anyhow::Result<Vec<Candidate>> {
    let function = baseline.taxonomy.find(layer);
    let is_meant = |facility: &crate::facility::Facility| {
        facility.layer == layer || function.is_some_and(|id| facility.find_offer(id).is_some())
    };
    let found = upgrades(&baseline.facilities, is_meant, &need.serving);
    if found.is_empty() && facilities_called(baseline, layer).is_none() {
        let functions = baseline.taxonomy.functions().iter().map(|one| one.id.as_str());
        let layers: BTreeSet<&str> =
            baseline.facilities.facilities.iter().map(|one| one.layer.as_str()).collect();
        let known: Vec<&str> = functions.chain(layers).collect();
        bail!("no function or facility layer {layer:?}{}", suggestion(layer, &known));
    }
    // What is to be upgraded has the places that it says it has.
    let rule = need.rule;
    Ok(found
        .into_iter()
        .map(|one| Candidate {
            capacity: one.facility.and_then(|id| places_of(&need.site, rule, id)),
            ..one
        })
        .collect())
}

fn say_unlinked(candidates: &[Candidate], need: &Need, host: &dyn Host) {
    let unlinked: Vec<&str> = candidates
        .iter()
        .filter(|candidate| candidate.stands.is_empty())
        .map(|candidate| candidate.key.as_str())
        .collect();
    if let Some(first) = unlinked.first() {
        host.say(&format!(
            "{} candidates, {first:?} first, have no street that {} may walk within the snap distance; they \
             reach nobody",
            unlinked.len(),
            need.walker.profile.id
        ));
    }
}
