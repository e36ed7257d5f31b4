//! How an edit is shown on a map that knows nothing of edits.

use serde::{Deserialize, Serialize};

use crate::export::{GpkgGeometry, gpkg_blob};
use crate::spatial::LonLat;

/// Where an edit is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkShape {
    /// Nowhere: it changes a number.
    None,
    /// At a place.
    Site(LonLat),
    /// Along lines.
    Streets(Vec<Vec<LonLat>>),
}

/// What is shown of an edit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditMark {
    /// Where.
    pub shape: MarkShape,
    /// What happens, a word: `opened`, `closed`, `moved`, `upgraded`, `added`, `changed`.
    pub change: String,
    /// Key of the facility.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Name of the facility or street.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Ids of functions, joined by commas.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub functions: String,
}

impl EditMark {
    /// The layer it is shown in, and its geometry there.
    pub(super) fn drawn(&self) -> Option<(&'static str, Vec<u8>)> {
        let position = |place: &LonLat| (i64::from(place.lon_e7()), i64::from(place.lat_e7()));
        match &self.shape {
            MarkShape::None => None,
            MarkShape::Site(place) => {
                Some(("sites", gpkg_blob(&GpkgGeometry::Point(position(place)))))
            }
            MarkShape::Streets(lines) => {
                let lines = lines.iter().filter(|line| line.len() > 1);
                let lines = lines.map(|line| line.iter().map(position).collect()).collect();
                Some(("streets", gpkg_blob(&GpkgGeometry::Lines(lines))))
            }
        }
    }
}
