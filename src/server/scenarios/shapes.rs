//! The edits as the description of the routes has them: the same JSON that [`Edit`](crate::scenario::Edit) reads.

use serde::Serialize;
use utoipa::ToSchema;

/// One change. Facilities are named by their key (and layer, where a key occurs in several); places are
/// longitude and latitude in degrees.
#[derive(Serialize, ToSchema)]
#[serde(tag = "edit", rename_all = "snake_case")]
#[schema(as = Edit)]
#[cfg_attr(not(test), expect(dead_code, reason = "read by the description only"))]
pub(in crate::server) enum EditShape {
    /// A new facility.
    OpenFacility {
        /// Its key; unique among those that the scenario opens.
        key: String,
        /// Its name.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        name: Option<String>,
        /// Where it is.
        place: [f64; 2],
        /// Where one enters; the place itself when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        entrances: Option<Vec<[f64; 2]>>,
        /// What it offers; at least one function.
        offers: Vec<OfferShape>,
        /// Its level, when rules ask for one.
        #[serde(skip_serializing_if = "Option::is_none")]
        tier: Option<String>,
    },
    /// A facility that serves nobody any more.
    CloseFacility {
        /// Its key.
        facility: String,
        /// Its layer.
        #[serde(skip_serializing_if = "Option::is_none")]
        layer: Option<String>,
    },
    /// A facility elsewhere.
    MoveFacility {
        /// Its key.
        facility: String,
        /// Its layer.
        #[serde(skip_serializing_if = "Option::is_none")]
        layer: Option<String>,
        /// Where it is from now on.
        place: [f64; 2],
        /// Where one enters; the place itself when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        entrances: Option<Vec<[f64; 2]>>,
    },
    /// More functions or places, another level, or a planned facility that opens.
    UpgradeFacility {
        /// Its key.
        facility: String,
        /// Its layer.
        #[serde(skip_serializing_if = "Option::is_none")]
        layer: Option<String>,
        /// Functions added, or offered with other places than before.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        offers: Option<Vec<OfferShape>>,
        /// Its new level.
        #[serde(skip_serializing_if = "Option::is_none")]
        tier: Option<String>,
        /// Its new status.
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<StatusShape>,
    },
    /// A way through between two streets that lie close together.
    OpenGate {
        /// A place near the street on either side.
        sides: [[f64; 2]; 2],
    },
    /// A barrier that some or all may not pass, opened for everybody.
    OpenBarrier {
        /// A place near it.
        place: [f64; 2],
    },
    /// A street nobody may walk any more, from junction to junction or a stretch of it.
    CloseStreet {
        /// A place near it; where the stretch begins when `to` is given.
        place: [f64; 2],
        /// Where the stretch ends, on the same street part.
        #[serde(skip_serializing_if = "Option::is_none")]
        to: Option<[f64; 2]>,
    },
    /// A new street; its ends meet the streets nearest to them.
    AddStreet {
        /// Its places, from end to end; at least two.
        line: Vec<[f64; 2]>,
        /// What it is: `footway` when absent, or `steps`, `path`, `pedestrian` …
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        class: Option<String>,
    },
    /// A rule counted otherwise.
    ChangeRule {
        /// Id of its standard.
        standard: String,
        /// Its id.
        rule: String,
        /// Another cutoff in minutes, inclusive.
        #[serde(skip_serializing_if = "Option::is_none")]
        cutoff_min: Option<f64>,
        /// Another cutoff in metres, inclusive.
        #[serde(skip_serializing_if = "Option::is_none")]
        cutoff_m: Option<f64>,
        /// Another walk profile of the study.
        #[serde(skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
    },
}

/// A function that a facility is to offer.
#[derive(Serialize, ToSchema)]
#[schema(as = Offer)]
pub(in crate::server) struct OfferShape {
    /// Its id or name in the study's taxonomy.
    function: String,
    /// Places (of children, beds, seats …), when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity: Option<f64>,
}

/// Whether a facility serves anybody.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FacilityStatus)]
#[cfg_attr(not(test), expect(dead_code, reason = "read by the description only"))]
pub(in crate::server) enum StatusShape {
    /// It does.
    Open,
    /// Not yet.
    Planned,
    /// No longer.
    Closed,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{EDIT_WORDS, Edit};

    const AT: [f64; 2] = [1.0, 2.0];

    fn all() -> Vec<EditShape> {
        let offer = || OfferShape { function: "childcare".into(), capacity: Some(3.0) };
        let key = || "k".to_owned();
        vec![
            EditShape::OpenFacility {
                key: key(),
                name: Some(key()),
                place: AT,
                entrances: Some(vec![AT]),
                offers: vec![offer()],
                tier: Some(key()),
            },
            EditShape::CloseFacility { facility: key(), layer: Some(key()) },
            EditShape::MoveFacility {
                facility: key(),
                layer: None,
                place: AT,
                entrances: Some(vec![]),
            },
            EditShape::UpgradeFacility {
                facility: key(),
                layer: None,
                offers: Some(vec![offer()]),
                tier: Some(key()),
                status: Some(StatusShape::Planned),
            },
            EditShape::OpenGate { sides: [AT, AT] },
            EditShape::OpenBarrier { place: AT },
            EditShape::CloseStreet { place: AT, to: Some(AT) },
            EditShape::AddStreet { line: vec![AT, AT], class: Some("steps".into()) },
            EditShape::ChangeRule {
                standard: key(),
                rule: key(),
                cutoff_min: Some(1.0),
                cutoff_m: Some(1.0),
                profile: Some(key()),
            },
        ]
    }

    #[test]
    fn what_is_described_is_what_is_read() {
        for (shape, word) in all().iter().zip(EDIT_WORDS) {
            let text = serde_json::to_value(shape).unwrap();
            assert_eq!(text["edit"], word);
            let edit: Edit = serde_json::from_value(text.clone()).unwrap();
            // Nothing that is described is left out by those who read.
            let again = serde_json::to_value(&edit).unwrap();
            for (name, value) in text.as_object().unwrap() {
                assert!(
                    again.get(name) == Some(value) || value.as_array().is_some_and(Vec::is_empty)
                );
            }
        }
        let status = [StatusShape::Open, StatusShape::Planned, StatusShape::Closed];
        for status in status {
            let text = serde_json::to_value(&status).unwrap();
            serde_json::from_value::<crate::facility::FacilityStatus>(text).unwrap();
        }
    }
}
