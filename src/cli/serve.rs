//! `walkshed serve`: the map of a study on this machine.

use std::sync::Arc;

use crate::audit::Audit;
use crate::import::load::{LoadedStudy, MapDetail, load_study};
use crate::import::osm::{Basemap, Building, Grade};
use crate::import::study_file::Language;
use crate::server::{
    App, AppInput, DefaultSelection, KindArea, KindLine, MapContent, PlaceName, StudyMeta,
};

use super::Ending;
use super::args::ServeArgs;
use super::audit::study_lang;
use super::console::Console;
use super::results::{audit_text, issue_counts};
use super::text::{Word, say};

/// Loads, assesses and serves until Ctrl-C.
pub(super) fn run(args: &ServeArgs, console: &Console) -> anyhow::Result<Ending> {
    let loaded = load_study(&args.study, console.wants(MapDetail::Full), console)?;
    let audit = Audit::run(&loaded.baseline, console)?;
    let text = audit_text(&loaded, &audit)?;
    serve(loaded, text, args.port, console)
}

/// Serves a loaded study with its audit.
pub(super) fn serve(
    loaded: LoadedStudy,
    audit_json: String,
    port: u16,
    console: &Console,
) -> anyhow::Result<Ending> {
    let lang = console.lang_or(study_lang(&loaded.study));
    let issue_counts =
        issue_counts(&loaded).into_iter().map(|issue| (issue.kind, issue.count)).collect();
    let meta = StudyMeta {
        id: loaded.study.id.clone(),
        name: loaded.study.name.clone(),
        language: if loaded.study.language == Language::Zh { "zh" } else { "en" }.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        study_hash: loaded.fingerprint.study_hash.clone(),
        attribution: loaded.study.attributions(),
        issue_counts,
        default: DefaultSelection::default(),
    };
    let content = content_of(loaded.basemap, loaded.buildings);
    let input = AppInput {
        baseline: loaded.baseline,
        audit_json: Some(audit_json.into_bytes()),
        content,
        meta,
    };
    let app = Arc::new(App::new(input)?);
    crate::server::run(app, port, |address| {
        console.say(&format!(
            "{} http://{address}/  ({})",
            say(lang, Word::OpenAt),
            say(lang, Word::StopWith)
        ));
    })?;
    Ok(Ending::Fine)
}

/// The map below, in the server's plain shapes.
fn content_of(basemap: Basemap, buildings: Vec<Building>) -> MapContent {
    let Basemap { water_areas, water_lines, green, rails, motorways, places, .. } = basemap;
    let area =
        |base: crate::import::osm::BaseArea| KindArea { kind: base.kind.into(), area: base.area };
    MapContent {
        water: water_areas.into_iter().map(area).collect(),
        water_lines: water_lines
            .into_iter()
            .filter(|line| line.grade != Grade::Tunnel)
            .map(|line| KindLine { kind: line.kind.into(), line: line.line })
            .collect(),
        green: green.into_iter().map(area).collect(),
        rail: rails
            .into_iter()
            .filter(|line| line.grade != Grade::Tunnel)
            .map(|line| line.line)
            .collect(),
        motorways: motorways.into_iter().map(|line| line.line).collect(),
        buildings: buildings.into_iter().map(|building| building.outline).collect(),
        places: places
            .into_iter()
            .map(|place| PlaceName {
                name: place.names.name,
                kind: place.kind.into(),
                place: place.place,
            })
            .collect(),
    }
}
