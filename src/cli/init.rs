//! `walkshed init`: a commented study.toml, written by looking at the inputs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::import::columns::{Role, guess_role};
use crate::import::elevation;
use crate::import::init::{InitRequest, OsmFacts, TableFacts, study_text};
use crate::import::osm::{BuildingUse, OsmParts, OsmWants, read_osm, standard_functions};
use crate::import::study_file::{Language, STUDY_FILE};
use crate::import::table::read_table;
use crate::import::{ImportIssue, IssueKind};
use crate::spatial::Crs;
use crate::store::{write_file, write_new_file};

use super::Ending;
use super::args::{InitArgs, Lang};
use super::console::Console;

/// Looks at the inputs and writes the description.
pub(super) fn run(args: &InitArgs, console: &Console) -> anyhow::Result<Ending> {
    let target = args.dir.join(STUDY_FILE);
    if target.exists() && !args.force {
        bail!("{} is already there; change it, or replace it with --force", target.display());
    }
    let osm = look_at_osm(&args.osm, console)?;
    let tables = |paths: &[PathBuf]| {
        paths.iter().map(|path| look_at_table(path)).collect::<anyhow::Result<Vec<_>>>()
    };
    let facilities = tables(&args.facilities)?;
    let demand = args.demand.as_deref().map(look_at_table).transpose()?;
    let zones = args.zones.as_deref().map(look_at_table).transpose()?;
    let look_at_heights = |path: &PathBuf| {
        let facts =
            elevation::look_at(path).with_context(|| format!("looking at {}", path.display()))?;
        Ok((path.clone(), facts))
    };
    let elevation = args.dem.iter().map(look_at_heights).collect::<anyhow::Result<Vec<_>>>()?;
    let folder_name = || {
        let absolute = std::path::absolute(&args.dir).unwrap_or_else(|_| args.dir.clone());
        absolute
            .file_name()
            .map_or_else(|| "study".to_owned(), |name| name.to_string_lossy().into_owned())
    };
    let taxonomy = standard_functions()?;
    let request = InitRequest {
        name: args.name.clone().unwrap_or_else(folder_name),
        language: if console.lang_or(Lang::En) == Lang::Zh { Language::Zh } else { Language::En },
        osm,
        facilities,
        demand,
        zones,
        elevation,
        taxonomy: &taxonomy,
    };
    std::fs::create_dir_all(&args.dir)
        .with_context(|| format!("cannot make the folder {}", args.dir.display()))?;
    let text = study_text(&args.dir, &request)?;
    if args.force {
        write_file(&target, text.as_bytes())?;
    } else {
        write_new_file(&target, text.as_bytes())?;
    }
    if console.json() {
        console.print_json(&serde_json::json!({ "study": target }))?;
    } else {
        console.print(&format!(
            "wrote {0}\nnext: walkshed check {1}\n",
            target.display(),
            args.dir.display()
        ))?;
    }
    Ok(Ending::Fine)
}

fn look_at_osm(path: &Path, console: &Console) -> anyhow::Result<OsmFacts> {
    let taxonomy = standard_functions()?;
    let parts =
        OsmParts::STREETS | OsmParts::FACILITIES | OsmParts::BUILDINGS | OsmParts::BOUNDARIES;
    let extract = read_osm(path, &OsmWants { taxonomy: &taxonomy, parts }, console)?;
    let homes =
        extract.buildings.iter().filter(|building| building.usage != BuildingUse::NonResidential);
    let mut admin_levels: BTreeMap<u8, usize> = BTreeMap::new();
    for boundary in &extract.boundaries {
        *admin_levels.entry(boundary.admin_level).or_default() += 1;
    }
    let offering = |(id, function): (crate::ids::FunctionId, &crate::facility::Function)| {
        let count =
            extract.facilities.iter().filter(|facility| facility.find_offer(id).is_some()).count();
        (function.id.clone(), count)
    };
    Ok(OsmFacts {
        path: path.to_owned(),
        residential_buildings: homes.count(),
        admin_levels: admin_levels.into_iter().collect(),
        functions: taxonomy.functions().enumerate().map(offering).collect(),
    })
}

fn look_at_table(path: &Path) -> anyhow::Result<TableFacts> {
    let (table, issues) =
        read_table(path).with_context(|| format!("looking at {}", path.display()))?;
    let roles: Vec<Option<&'static str>> =
        table.columns.iter().map(|column| guess_role(column).map(Role::key)).collect();
    let has_columns = ["lon", "lat"].iter().all(|axis| roles.contains(&Some(axis)));
    let guessed = |issue: &&ImportIssue| issue.kind == IssueKind::EncodingDetected;
    let encoding =
        if issues.issues().iter().any(|issue| guessed(&issue)) { "gbk" } else { "utf-8" };
    Ok(TableFacts {
        path: path.to_owned(),
        rows: table.rows.len(),
        has_places: has_columns || table.rows.iter().any(|row| row.geometry.is_some()),
        columns: table.columns.iter().cloned().zip(roles).collect(),
        crs: table.crs.as_deref().and_then(|named| named.parse().ok()).map(spelling),
        encoding: encoding.to_owned(),
    })
}

/// A coordinate system as `study.toml` writes it.
fn spelling(crs: Crs) -> String {
    match crs {
        Crs::Wgs84 => "wgs84".to_owned(),
        Crs::Cgcs2000 => "cgcs2000".to_owned(),
        Crs::Gcj02 => "gcj02".to_owned(),
        Crs::Bd09 => "bd09".to_owned(),
        Crs::Epsg(code) => format!("epsg:{code}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_calls_its_system_is_written_as_a_study_spells_it() {
        for (named, written) in [
            ("urn:ogc:def:crs:OGC:1.3:CRS84", "wgs84"),
            ("urn:ogc:def:crs:EPSG::32629", "epsg:32629"),
            ("GCJ-02", "gcj02"),
        ] {
            assert_eq!(spelling(named.parse().unwrap()), written);
        }
    }
}
