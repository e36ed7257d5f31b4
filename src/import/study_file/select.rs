//! What a study takes of a layer of facilities.

use super::{FacilityFrom, FacilitySource};
use crate::facility::{Facility, Taxonomy};
use crate::ids::FunctionId;
use crate::import::{IssueKind, IssueLog};

impl FacilitySource {
    /// The facilities of this layer, named after it: without those the study skips, and of each only the functions
    /// it takes. A place left without any function is left out; a place to skip that is not there is an issue.
    pub fn select(
        &self,
        facilities: Vec<Facility>,
        taxonomy: &Taxonomy,
    ) -> (Vec<Facility>, IssueLog) {
        let ids = |words: &[String]| -> Vec<FunctionId> {
            words.iter().filter_map(|word| taxonomy.find(word)).collect()
        };
        let excluded = ids(&self.exclude);
        let only = match self.from {
            FacilityFrom::Osm => ids(&self.functions),
            FacilityFrom::Table(..) => Vec::new(),
        };
        let takes = |function: FunctionId| {
            !excluded.contains(&function) && (only.is_empty() || only.contains(&function))
        };
        let mut issues = IssueLog::default();
        for key in &self.skip {
            if !facilities.iter().any(|facility| facility.key == *key) {
                let reason =
                    "the study skips this place, but it is not in the layer; correct `skip`";
                issues.note(IssueKind::JoinMissing, self.id.as_str(), key.as_str(), reason);
            }
        }
        let mut selected = Vec::new();
        for mut facility in facilities {
            facility.offers.retain(|offer| takes(offer.function));
            if !facility.offers.is_empty() && !self.skip.contains(&facility.key) {
                facility.layer.clone_from(&self.id);
                selected.push(facility);
            }
        }
        (selected, issues)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facility::{FacilityStatus, Function, FunctionOffer};
    use crate::spatial::LonLat;

    fn taxonomy() -> Taxonomy {
        let function = |id: &str| Function {
            id: id.to_owned(),
            en: id.to_owned(),
            zh: id.to_owned(),
            osm: Vec::new(),
            aliases: Vec::new(),
            part_of: None,
        };
        Taxonomy::new(vec![function("childcare"), function("park"), function("sports")]).unwrap()
    }

    fn facility(key: &str, functions: &[u32]) -> Facility {
        let place = LonLat::new(118.6, 24.9).unwrap();
        let offer = |&function| FunctionOffer {
            function: FunctionId(function),
            capacity: None,
            opening_hours: None,
        };
        Facility {
            key: key.to_owned(),
            layer: "somewhere".to_owned(),
            name: String::new(),
            offers: functions.iter().map(offer).collect(),
            tier: None,
            status: FacilityStatus::Open,
            opening_year: None,
            place,
            entrances: vec![place],
            outline: None,
            foot: None,
            wheels: crate::facility::Wheels::default(),
        }
    }

    fn layer(functions: &[&str], exclude: &[&str], skip: &[&str]) -> FacilitySource {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        FacilitySource {
            id: "osm".to_owned(),
            from: FacilityFrom::Osm,
            functions: owned(functions),
            tier: None,
            exclude: owned(exclude),
            skip: owned(skip),
        }
    }

    fn kept(layer: &FacilitySource) -> Vec<(String, usize)> {
        let all =
            vec![facility("node/1", &[0]), facility("node/2", &[1, 2]), facility("way/3", &[2])];
        let (selected, _) = layer.select(all, &taxonomy());
        assert!(selected.iter().all(|facility| facility.layer == "osm"));
        selected.into_iter().map(|facility| (facility.key, facility.offers.len())).collect()
    }

    #[test]
    fn a_layer_that_says_nothing_takes_all() {
        assert_eq!(kept(&layer(&[], &[], &[])).len(), 3);
    }

    #[test]
    fn functions_and_exclude_act_on_each_function_of_a_place() {
        assert_eq!(kept(&layer(&["park"], &[], &[])), [("node/2".to_owned(), 1)]);
        let without_sports = kept(&layer(&[], &["sports"], &[]));
        assert_eq!(without_sports, [("node/1".to_owned(), 1), ("node/2".to_owned(), 1)]);
    }

    #[test]
    fn a_skipped_place_is_gone_and_one_that_never_was_is_said() {
        let layer = layer(&[], &[], &["way/3", "way/4"]);
        assert_eq!(kept(&layer).len(), 2);
        let (_, issues) = layer.select(vec![facility("way/3", &[2])], &taxonomy());
        assert_eq!(issues.total(), 1);
        assert_eq!(issues.issues()[0].feature, "way/4");
    }
}
