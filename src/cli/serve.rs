//! `walkshed serve`: the map of a study, or of every study below a folder, on this machine.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;

use crate::audit::Audit;
use crate::import::load::{LoadWants, LoadedStudy, MapDetail, load_described, load_study};
use crate::import::osm::{Basemap, Building, Grade};
use crate::import::study_file::{Language, STUDY_FILE, read_study, study_file_of, study_of};
use crate::server::{
    Access, AppInput, DefaultSelection, Described, KindArea, KindLine, MapContent, PlaceName,
    Server, Shelf, StudyMeta,
};

use super::Ending;
use super::args::{Lang, ServeArgs};
use super::audit::study_lang;
use super::console::Console;
use super::results::{audit_text, issue_counts, papers_of};
use super::text::{Word, say};

/// How many folders deep studies are looked for.
const DEPTH_MAX: usize = 4;

/// Serves until Ctrl-C. A single study is loaded and assessed first; of several each is loaded on first use.
pub(super) fn run(args: &ServeArgs, console: &Console) -> anyhow::Result<Ending> {
    if !args.listen.is_loopback() && args.token.is_none() {
        bail!(
            "--listen {} answers other machines; give a --token that they must show",
            args.listen
        );
    }
    let access = Access { token: args.token.clone(), read_only: args.read_only };
    let door = Door { address: SocketAddr::new(args.listen, args.port), access };
    let studies = find_studies(&args.study)?;
    if let [only] = studies.as_slice() {
        let loaded = load_study(only, console.wants(MapDetail::Full), console)?;
        let audit = Audit::run(&loaded.baseline, console)?;
        let text = audit_text(&loaded, &audit)?;
        return serve(loaded, text, door, console);
    }
    let wants = console.wants(MapDetail::Full);
    let shelves = studies.iter().map(|study| shelf(study, wants)).collect();
    listen(Server::new(shelves), (door, console.lang_or(Lang::En)), console)
}

/// Serves a loaded study with its audit.
pub(super) fn serve(
    loaded: LoadedStudy,
    audit_json: String,
    door: Door,
    console: &Console,
) -> anyhow::Result<Ending> {
    let lang = console.lang_or(study_lang(&loaded.study));
    let shelf = shelf(&loaded.study.file, console.wants(MapDetail::Full));
    let server = Server::new(vec![Shelf { id: loaded.study.id.clone(), ..shelf }]);
    let id = server.ids().into_iter().next().unwrap_or_default();
    server.put(&id, input_of(loaded, Some(audit_json)))?;
    listen(server, (door, lang), console)
}

/// Where a server answers, and whom.
#[derive(Debug)]
pub(super) struct Door {
    address: SocketAddr,
    access: Access,
}

impl Door {
    /// A port of this machine, for itself.
    pub(super) fn at_home(port: u16) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self { address, access: Access::default() }
    }
}

fn listen(server: Server, (door, lang): (Door, Lang), console: &Console) -> anyhow::Result<Ending> {
    let shown = door.access.token.as_ref().map_or_else(String::new, |t| format!("?token={t}"));
    let server = server.with_access(door.access);
    crate::server::run(Arc::new(server), door.address, |address| {
        console.say(&format!(
            "{} http://{address}/{shown}  ({})",
            say(lang, Word::OpenAt),
            say(lang, Word::StopWith)
        ));
    })?;
    Ok(Ending::Fine)
}

/// The study meant by `path`, or every study below it, by path.
fn find_studies(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() || study_file_of(path).is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    look_below(path, DEPTH_MAX, &mut found)?;
    found.sort();
    if found.is_empty() {
        bail!(
            "no {STUDY_FILE} in {} or up to {DEPTH_MAX} folders below it; write one with `walkshed init`",
            path.display()
        );
    }
    Ok(found)
}

fn look_below(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_hidden =
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if is_hidden || !path.is_dir() || path.is_symlink() {
            continue;
        }
        if path.join(STUDY_FILE).is_file() {
            found.push(path);
        } else if depth > 1 {
            // A folder that may not be read holds no study of this user.
            let _ = look_below(&path, depth - 1, found);
        }
    }
    Ok(())
}

/// A study that is loaded when it is asked for. Its name is read now; a description that cannot be read is told
/// when the study is opened.
fn shelf(study: &Path, wants: LoadWants) -> Shelf {
    let file = study_file_of(study);
    let folder = file.parent().map(Path::to_owned).unwrap_or_default();
    let described = read_study(study).ok().map(|study| (study.id, study.name));
    let of_folder = || {
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_else(|| "study".to_owned());
        (name.clone(), name)
    };
    let (id, name) = described.unwrap_or_else(of_folder);
    let study = study.to_owned();
    let open = move |progress: &dyn crate::progress::Progress| {
        let loaded = load_study(&study, wants, progress).map_err(|fault| fault.to_string())?;
        Ok(input_of(loaded, None))
    };
    let written = file.clone();
    let open_as = move |text: &str, progress: &dyn crate::progress::Progress| {
        let study = study_of(&written, text).map_err(|fault| fault.to_string())?;
        let loaded = load_described(study, wants, progress).map_err(|fault| fault.to_string())?;
        Ok(input_of(loaded, None))
    };
    let described = Some(Described { file, open_as: Arc::new(open_as) });
    Shelf { id, name, folder: Some(folder), described, open: Arc::new(open) }
}

/// What the server is given of a loaded study.
fn input_of(loaded: LoadedStudy, audit_json: Option<String>) -> AppInput {
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
    AppInput {
        papers: papers_of(&loaded),
        content: content_of(loaded.basemap, loaded.buildings),
        baseline: loaded.baseline,
        audit_json: audit_json.map(String::into_bytes),
        meta,
    }
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
