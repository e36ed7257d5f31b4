//! `walkshed export`: the street graph, nearest times, timed streets: everything another tool needs to recheck.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::delivery::plan::Promise;
use crate::export::{
    ExportResult, NearestExport, StreetTimes, facilities_called, write_demand_csv, write_edges_csv,
    write_facilities_csv, write_gain_csv, write_gain_surface, write_graph_readme, write_nodes_csv,
    write_offers_csv, write_streets, write_unsnapped_csv,
};
use crate::ids::FacilityId;
use crate::import::load::{LoadedStudy, MapDetail, load_study};
use crate::import::toml_check::suggestion;
use crate::placement::gain::GainSurface;
use crate::placement::plan::Need;
use crate::reach::LinkedWalker;
use crate::store::{Outputs, write_file};
use crate::units::{WalkTime, Yardstick};

use super::Ending;
use super::args::{ExportArgs, ExportKind, FieldArgs};
use super::console::Console;
use super::place::PromiseArgs;
use super::results::provenance_of;

/// Loads the study and writes what was asked for.
pub(super) fn run(args: &ExportArgs, console: &Console) -> anyhow::Result<Ending> {
    match &args.what {
        ExportKind::Graph { study, profile, out } => {
            graph((study, profile.as_deref()), out, console)
        }
        ExportKind::Nearest { study, field, out } => nearest(study, field, out, console),
        ExportKind::Gain { study, promise, out } => gain(study, promise, out, console),
        ExportKind::Streets { study, field, out } => streets(study, field, out, console),
    }
}

/// The walker of `profile`, or the study's first.
pub(super) fn walker_of<'a>(
    loaded: &'a LoadedStudy,
    profile: Option<&str>,
) -> anyhow::Result<&'a LinkedWalker> {
    crate::delivery::plan::walker_of(&loaded.baseline, profile)
}

/// The open facilities that `layer` (a function or a facility layer) means.
pub(super) fn serving_of(loaded: &LoadedStudy, layer: &str) -> anyhow::Result<Vec<FacilityId>> {
    if let Some(serving) = facilities_called(&loaded.baseline, layer) {
        return Ok(serving);
    }
    let functions =
        loaded.baseline.taxonomy.functions().iter().map(|function| function.id.as_str());
    let known: Vec<&str> =
        functions.chain(loaded.study.facilities.iter().map(|layer| layer.id.as_str())).collect();
    bail!("no function or facility layer {layer:?}{}", suggestion(layer, &known))
}

/// What works every time out again from the files of a graph, with numpy and scipy.
const RECHECK: &[u8] = include_bytes!("../../scripts/recheck.py");

/// A file of the graph: its name and what writes it.
type GraphFile<'a> = (&'a str, &'a dyn Fn(&mut dyn Write) -> ExportResult);

fn graph(
    (study, profile): (&Path, Option<&str>),
    out: &Path,
    console: &Console,
) -> anyhow::Result<Ending> {
    let loaded = load_study(study, console.wants(MapDetail::None), console)?;
    let walker = walker_of(&loaded, profile)?;
    let baseline = &loaded.baseline;
    let provenance = provenance_of(&loaded);
    let files: [GraphFile; 8] = [
        ("nodes.csv", &|out| write_nodes_csv(out, &baseline.graph)),
        ("edges.csv", &|out| write_edges_csv(out, &baseline.graph, walker)),
        ("facilities.csv", &|out| write_facilities_csv(out, baseline, walker)),
        ("demand.csv", &|out| write_demand_csv(out, baseline, walker)),
        ("offers.csv", &|out| write_offers_csv(out, baseline)),
        ("unsnapped.csv", &|out| write_unsnapped_csv(out, baseline, walker)),
        ("README.txt", &|out| write_graph_readme(out, &provenance, walker)),
        ("recheck.py", &|out| out.write_all(RECHECK)),
    ];
    let outputs = Outputs::begin(out)?;
    for (name, write) in files {
        let mut file = outputs.create(name)?;
        write(&mut file).map_err(|error| file.error(error))?;
        file.finish()?;
    }
    outputs.commit()?;
    console.say(&format!("written to {}", out.display()));
    Ok(Ending::Fine)
}

/// Folder and name of a file that is written together with others.
fn split(out: &Path) -> anyhow::Result<(PathBuf, String)> {
    let name =
        out.file_name().with_context(|| format!("{} is not the name of a file", out.display()))?;
    let folder =
        out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((folder.to_owned(), name.to_string_lossy().into_owned()))
}

/// `nodes.demand.csv` for `nodes.csv`.
fn twin_name(name: &str) -> String {
    let path = Path::new(name);
    let mut twin = path.file_stem().map(OsString::from).unwrap_or_default();
    twin.push(".demand");
    if let Some(ending) = path.extension() {
        twin.push(".");
        twin.push(ending);
    }
    twin.to_string_lossy().into_owned()
}

fn nearest(
    study: &Path,
    field: &FieldArgs,
    out: &Path,
    console: &Console,
) -> anyhow::Result<Ending> {
    let loaded = load_study(study, console.wants(MapDetail::None), console)?;
    let walker = walker_of(&loaded, field.profile.as_deref())?;
    let serving = serving_of(&loaded, &field.layer)?;
    let cutoff = WalkTime::from_minutes(field.cutoff_min).context("the cutoff is too long")?;
    let found = NearestExport::find(&loaded.baseline, walker, &serving, cutoff);
    if out == Path::new("-") {
        write_single(out, console, &|file| found.write_nodes(file))?;
        return Ok(Ending::Fine);
    }
    let (folder, name) = split(out)?;
    let outputs = Outputs::begin(&folder)?;
    let mut file = outputs.create(&name)?;
    found.write_nodes(&mut file).map_err(|error| file.error(error))?;
    file.finish()?;
    let mut file = outputs.create(&twin_name(&name))?;
    found.write_demand(&mut file).map_err(|error| file.error(error))?;
    file.finish()?;
    outputs.commit()?;
    console.say(&format!(
        "written: {} and {}",
        out.display(),
        folder.join(twin_name(&name)).display()
    ));
    Ok(Ending::Fine)
}

fn gain(
    study: &Path,
    promise: &PromiseArgs,
    out: &Path,
    console: &Console,
) -> anyhow::Result<Ending> {
    let loaded = load_study(study, console.fresh(MapDetail::None), console)?;
    let rule = Promise::find(&loaded.baseline, &promise.wish())?.rule;
    let walker = walker_of(&loaded, Some(&rule.profile))?;
    let need = Need::find(loaded.baseline.site(), walker, &rule)?;
    let surface = GainSurface::find(&need, console)?;
    let what = (&loaded.baseline, &surface);
    let is_csv = out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    write_single(out, console, &|file| {
        if is_csv {
            write_gain_csv(file, what)
        } else {
            write_gain_surface(file, what, &provenance_of(&loaded))
        }
    })?;
    if let Some((node, persons)) = surface.best() {
        let place = loaded.baseline.graph.places()[node];
        console.say(&format!("most at node {} ({place}): {:.1} people", node.0, persons.count()));
    }
    Ok(Ending::Fine)
}

fn streets(
    study: &Path,
    field: &FieldArgs,
    out: &Path,
    console: &Console,
) -> anyhow::Result<Ending> {
    let loaded = load_study(study, console.wants(MapDetail::None), console)?;
    let walker = walker_of(&loaded, field.profile.as_deref())?;
    let serving = serving_of(&loaded, &field.layer)?;
    let asked = StreetTimes {
        baseline: &loaded.baseline,
        walker,
        serving: &serving,
        yardstick: Yardstick::Minutes,
        bound: WalkTime::from_minutes(field.cutoff_min).context("the cutoff is too long")?,
        title: &field.layer,
        provenance: &provenance_of(&loaded),
    };
    write_single(out, console, &|file| write_streets(file, &asked))?;
    Ok(Ending::Fine)
}

/// Writes one file: to standard output when it is called `-`, else to disk.
fn write_single(
    out: &Path,
    console: &Console,
    write: &dyn Fn(&mut dyn Write) -> ExportResult,
) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    write(&mut bytes).context("cannot write the result")?;
    if out == Path::new("-") {
        return console.print_bytes(&bytes);
    }
    write_file(out, &bytes)?;
    console.say(&format!("written to {}", out.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demand_twin_keeps_the_ending() {
        assert_eq!(twin_name("nearest.csv"), "nearest.demand.csv");
        assert_eq!(twin_name("nearest"), "nearest.demand");
    }
}
