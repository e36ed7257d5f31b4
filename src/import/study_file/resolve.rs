//! From the written description to the checked one: defaults, paths, ranges.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::raw::{ElevationToml, FacilitiesFrom, FacilitiesToml, StudyToml, ZonesFrom};
use super::{
    ElevationSource, FacilityFrom, FacilitySource, InputFile, StreetsSource, Study, StudyLimits,
    TableInput, ZonesSource, fingerprint, people, rules,
};
use crate::import::ImportError;
use crate::import::toml_check::TomlText;
use crate::limits::{ELEVATION_UNIT_M, ISLAND_LENGTH_M, SNAP_DISTANCE_M};
use crate::spatial::Crs;
use crate::units::Ranged;

/// Highest `admin_level` that is mapped anywhere.
const ADMIN_LEVEL_MAX: u8 = 11;

/// The description being resolved, with what is needed to say where it is wrong.
#[derive(Clone, Copy)]
pub(super) struct Draft<'a> {
    pub(super) toml: TomlText<'a>,
    pub(super) folder: &'a Path,
    pub(super) raw: &'a StudyToml,
}

/// What a table says about its input file.
pub(super) struct WrittenInput<'a> {
    /// The way to the key that names the file.
    pub(super) keys: &'a [&'a str],
    pub(super) path: &'a str,
    pub(super) sha256: Option<&'a str>,
    pub(super) license: &'a str,
    pub(super) attribution: &'a str,
}

/// The study that `text`, read from `file`, describes.
pub(super) fn resolve(file: &Path, text: &str) -> Result<Study, ImportError> {
    let toml = TomlText::new(file, text);
    let raw: StudyToml = toml.parse()?;
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let draft = Draft { toml, folder: &folder, raw: &raw };
    draft.check_head()?;
    let zones = draft.zones()?;
    let profiles = rules::profiles(draft)?;
    let standards = rules::standards(draft, &profiles)?;
    let mut study = Study {
        file: file.to_owned(),
        id: raw.id.clone().unwrap_or_else(|| raw.name.clone()),
        name: raw.name.clone(),
        language: raw.language,
        streets: draft.streets()?,
        elevation: draft.elevation()?,
        profiles,
        functions: raw.function.clone(),
        facilities: draft.facilities()?,
        demand: people::demand(draft, &zones)?,
        zones,
        standards,
        limits: draft.limits()?,
        output: folder.join(raw.output.folder.as_deref().unwrap_or("out")),
        text: text.to_owned(),
        canonical: String::new(),
        folder: folder.clone(),
    };
    study.canonical = fingerprint::canonical(&raw, &study);
    Ok(study)
}

impl Draft<'_> {
    pub(super) fn fault(&self, keys: &[&str], reason: impl AsRef<str>) -> ImportError {
        self.toml.fault(keys, reason.as_ref())
    }

    fn check_head(&self) -> Result<(), ImportError> {
        if self.raw.version != 1 {
            let reason = format!("this walkshed reads version 1, not {}", self.raw.version);
            return Err(self.fault(&["version"], reason));
        }
        if self.raw.name.trim().is_empty() {
            return Err(self.fault(&["name"], "must not be empty"));
        }
        let mut seen = BTreeSet::new();
        for (index, function) in self.raw.function.iter().enumerate() {
            if !seen.insert(&function.id) {
                let reason = format!("{:?} is there twice", function.id);
                return Err(self.fault(&["function", &index.to_string(), "id"], reason));
            }
        }
        Ok(())
    }

    fn streets(&self) -> Result<StreetsSource, ImportError> {
        let streets = &self.raw.streets;
        let osm = self.input(&WrittenInput {
            keys: &["streets", "osm"],
            path: &streets.osm,
            sha256: streets.sha256.as_deref(),
            license: &streets.license,
            attribution: &streets.attribution,
        })?;
        Ok(StreetsSource { osm })
    }

    fn elevation(&self) -> Result<Vec<ElevationSource>, ImportError> {
        let source = |(index, written): (usize, &ElevationToml)| {
            let index = index.to_string();
            let file = self.input(&WrittenInput {
                keys: &["elevation", &index, "path"],
                path: &written.path,
                sha256: written.sha256.as_deref(),
                license: &written.license,
                attribution: &written.attribution,
            })?;
            let crs = written.crs.as_deref().map(|named| {
                let unknown = |error: crate::spatial::CrsError| {
                    self.fault(&["elevation", &index, "crs"], error.to_string())
                };
                named.parse::<Crs>().map_err(unknown)
            });
            let unit_m = written
                .unit_m
                .map(|unit| self.ranged(&["elevation", &index, "unit_m"], unit, ELEVATION_UNIT_M));
            Ok(ElevationSource { file, crs: crs.transpose()?, unit_m: unit_m.transpose()? })
        };
        self.raw.elevation.iter().enumerate().map(source).collect()
    }

    /// The file that `written` names, which must be there.
    pub(super) fn input(&self, written: &WrittenInput<'_>) -> Result<InputFile, ImportError> {
        let path = self.folder.join(written.path);
        if !path.is_file() {
            let reason = format!(
                "there is no file {:?}; a path counts from the folder of the study",
                written.path
            );
            return Err(self.fault(written.keys, reason));
        }
        let sha256 = written.sha256.map(str::to_ascii_lowercase);
        if let Some(hash) = &sha256
            && (hash.len() != 64 || !hash.bytes().all(|digit| digit.is_ascii_hexdigit()))
        {
            let mut keys = written.keys.to_vec();
            keys.pop();
            keys.push("sha256");
            return Err(self.fault(&keys, "a SHA-256 has 64 hexadecimal digits"));
        }
        Ok(InputFile {
            path,
            written: written.path.to_owned(),
            sha256,
            license: written.license.to_owned(),
            attribution: written.attribution.to_owned(),
        })
    }

    /// The file that `written` names, with the coordinate system stated for it.
    pub(super) fn table(
        &self,
        written: &WrittenInput<'_>,
        (crs, accept_losses): (Option<&str>, bool),
    ) -> Result<TableInput, ImportError> {
        let crs = crs_name(crs.unwrap_or("auto")).ok_or_else(|| {
            let reason = "unknown coordinate system; known: auto, wgs84, cgcs2000, gcj02, bd09, \
                          epsg:<number>";
            let mut keys = written.keys.to_vec();
            keys.pop();
            keys.push("crs");
            self.fault(&keys, reason)
        })?;
        Ok(TableInput { file: self.input(written)?, crs, accept_losses })
    }

    fn facilities(&self) -> Result<Vec<FacilitySource>, ImportError> {
        let mut seen = BTreeSet::new();
        let mut layers = Vec::new();
        for (index, layer) in self.raw.facilities.iter().enumerate() {
            let index = index.to_string();
            if layer.id.is_empty() || !seen.insert(layer.id.as_str()) {
                let reason = format!("{:?} is empty or there twice; name each layer", layer.id);
                return Err(self.fault(&["facilities", &index, "id"], reason));
            }
            layers.push(FacilitySource {
                id: layer.id.clone(),
                from: self.facility_from(layer, &index)?,
                functions: layer.functions.clone(),
                tier: layer.tier.clone(),
                exclude: layer.exclude.clone(),
                skip: layer.skip.clone(),
            });
        }
        if layers.is_empty() {
            layers.push(FacilitySource {
                id: "osm".to_owned(),
                from: FacilityFrom::Osm,
                functions: Vec::new(),
                tier: None,
                exclude: Vec::new(),
                skip: Vec::new(),
            });
        }
        Ok(layers)
    }

    fn facility_from(
        &self,
        layer: &FacilitiesToml,
        index: &str,
    ) -> Result<FacilityFrom, ImportError> {
        let source = layer.source.unwrap_or(FacilitiesFrom::File);
        match (source, &layer.path) {
            (FacilitiesFrom::Osm, None) => {
                let of_files = [
                    ("sha256", layer.sha256.is_some()),
                    ("crs", layer.crs.is_some()),
                    ("columns", layer.columns.is_some()),
                    ("tier", layer.tier.is_some()),
                    ("accept_losses", layer.accept_losses),
                    ("license", !layer.license.is_empty()),
                    ("attribution", !layer.attribution.is_empty()),
                ];
                self.refuse(&["facilities", index], &of_files, "source = \"osm\"")?;
                Ok(FacilityFrom::Osm)
            }
            (FacilitiesFrom::Osm, Some(_)) => {
                let reason = "source = \"osm\" takes the file of [streets]; remove `path`";
                Err(self.fault(&["facilities", index, "path"], reason))
            }
            (FacilitiesFrom::File, None) => {
                let reason = "needs a `path` (CSV or GeoJSON) or source = \"osm\"";
                Err(self.fault(&["facilities", index], reason))
            }
            (FacilitiesFrom::File, Some(path)) => {
                let written = WrittenInput {
                    keys: &["facilities", index, "path"],
                    path,
                    sha256: layer.sha256.as_deref(),
                    license: &layer.license,
                    attribution: &layer.attribution,
                };
                let table = self.table(&written, (layer.crs.as_deref(), layer.accept_losses))?;
                Ok(FacilityFrom::Table(table, layer.columns.clone().unwrap_or_default()))
            }
        }
    }

    /// Refuses the keys of the table `keys` that are written but would do nothing under `choice`.
    pub(super) fn refuse(
        &self,
        keys: &[&str],
        written: &[(&str, bool)],
        choice: &str,
    ) -> Result<(), ImportError> {
        match written.iter().find(|(_, is_written)| *is_written) {
            None => Ok(()),
            Some((key, _)) => {
                let keys: Vec<&str> = keys.iter().copied().chain([*key]).collect();
                Err(self.fault(&keys, format!("does nothing with {choice}; remove it")))
            }
        }
    }

    fn zones(&self) -> Result<ZonesSource, ImportError> {
        let zones = &self.raw.zones;
        let usual = match (&zones.path, zones.admin_levels.is_empty()) {
            (Some(_), _) => ZonesFrom::File,
            (None, false) => ZonesFrom::Osm,
            (None, true) => ZonesFrom::Auto,
        };
        let source = zones.source.unwrap_or(usual);
        let of_files = [
            ("path", zones.path.is_some()),
            ("sha256", zones.sha256.is_some()),
            ("crs", zones.crs.is_some()),
            ("columns", zones.columns.is_some()),
            ("accept_losses", zones.accept_losses),
        ];
        let of_osm = [("admin_levels", !zones.admin_levels.is_empty())];
        let of_levels = [("level_names", !zones.level_names.is_empty())];
        match source {
            ZonesFrom::Auto | ZonesFrom::None => {
                for keys in [&of_files[..], &of_osm, &of_levels] {
                    self.refuse(&["zones"], keys, "this source")?;
                }
                let auto = source == ZonesFrom::Auto;
                Ok(if auto { ZonesSource::Auto } else { ZonesSource::Whole })
            }
            ZonesFrom::Osm => {
                self.refuse(&["zones"], &of_files, "source = \"osm\"")?;
                self.osm_zones()
            }
            ZonesFrom::File => {
                self.refuse(&["zones"], &of_osm, "source = \"file\"")?;
                self.zone_file()
            }
        }
    }

    fn osm_zones(&self) -> Result<ZonesSource, ImportError> {
        let zones = &self.raw.zones;
        let levels = &zones.admin_levels;
        let rising = levels.windows(2).all(|pair| pair[0] < pair[1]);
        let known = levels.iter().all(|level| (1..=ADMIN_LEVEL_MAX).contains(level));
        if levels.is_empty() || !rising || !known {
            let reason = "list the admin_level of each level, coarsest first, such as [6, 8]";
            return Err(self.fault(&["zones", "admin_levels"], reason));
        }
        let names = &zones.level_names;
        if !names.is_empty() && names.len() != levels.len() {
            let reason = format!("{} names for {} admin_levels", names.len(), levels.len());
            return Err(self.fault(&["zones", "level_names"], reason));
        }
        self.check_level_names()?;
        let level_names = if names.is_empty() {
            levels.iter().map(|level| format!("admin_level {level}")).collect()
        } else {
            names.clone()
        };
        Ok(ZonesSource::Osm { admin_levels: levels.clone(), level_names })
    }

    fn zone_file(&self) -> Result<ZonesSource, ImportError> {
        let zones = &self.raw.zones;
        let Some(path) = &zones.path else {
            return Err(self.fault(&["zones"], "source = \"file\" needs a `path` (GeoJSON)"));
        };
        self.check_level_names()?;
        let written = WrittenInput {
            keys: &["zones", "path"],
            path,
            sha256: zones.sha256.as_deref(),
            license: &zones.license,
            attribution: &zones.attribution,
        };
        Ok(ZonesSource::Table {
            table: self.table(&written, (zones.crs.as_deref(), zones.accept_losses))?,
            columns: zones.columns.clone().unwrap_or_default(),
            level_names: zones.level_names.clone(),
        })
    }

    fn check_level_names(&self) -> Result<(), ImportError> {
        let names = &self.raw.zones.level_names;
        let unique: BTreeSet<&String> = names.iter().collect();
        if unique.len() == names.len() {
            Ok(())
        } else {
            Err(self.fault(&["zones", "level_names"], "two levels have one name"))
        }
    }

    fn limits(&self) -> Result<StudyLimits, ImportError> {
        let limits = &self.raw.limits;
        let within = |key, value: Option<f64>, range: Ranged| {
            self.ranged(&["limits", key], value.unwrap_or(range.default), range)
        };
        Ok(StudyLimits {
            snap_distance_m: within("snap_distance_m", limits.snap_distance_m, SNAP_DISTANCE_M)?,
            island_length_m: within("island_length_m", limits.island_length_m, ISLAND_LENGTH_M)?,
        })
    }

    /// `value`, when it lies in `range`.
    pub(super) fn ranged(
        &self,
        keys: &[&str],
        value: f64,
        range: Ranged,
    ) -> Result<f64, ImportError> {
        range.check(value).ok_or_else(|| {
            self.fault(keys, format!("{value} is outside {} to {}", range.min, range.max))
        })
    }
}

/// The one spelling of a coordinate system: `WGS 84`, `EPSG:4326` and `wgs-84` are all known.
fn crs_name(written: &str) -> Option<String> {
    let plain: String = written
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-' | '_'))
        .collect::<String>()
        .to_ascii_lowercase();
    match plain.as_str() {
        "auto" | "wgs84" | "cgcs2000" | "gcj02" | "bd09" => Some(plain),
        _ => {
            let number = plain.strip_prefix("epsg:")?;
            let number: u32 = number.parse().ok()?;
            Some(format!("epsg:{number}"))
        }
    }
}
