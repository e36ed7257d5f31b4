//! Walk profiles from TOML: the five shipped ones, and what a study changes of them.

use std::path::Path;

use super::ImportError;
use super::toml_check::TomlText;
use crate::street::WalkProfile;

/// The shipped profile files, in the order they are shown: file name and text.
pub const SHIPPED: [(&str, &str); 5] = [
    ("adult.toml", include_str!("../../data/profiles/adult.toml")),
    ("elder.toml", include_str!("../../data/profiles/elder.toml")),
    ("child_with_carer.toml", include_str!("../../data/profiles/child_with_carer.toml")),
    ("stroller.toml", include_str!("../../data/profiles/stroller.toml")),
    ("wheelchair.toml", include_str!("../../data/profiles/wheelchair.toml")),
];

/// The shipped profiles, in the order they are shown.
pub fn shipped() -> Vec<WalkProfile> {
    // A test parses every one of them, so none is ever left out here.
    SHIPPED.iter().filter_map(|(name, text)| parse(text, Path::new(name)).ok()).collect()
}

/// The profile that `text` describes, its numbers checked.
///
/// # Errors
/// When the text is not a profile or a number is out of range; `path` is named in the message.
pub fn parse(text: &str, path: &Path) -> Result<WalkProfile, ImportError> {
    let toml = TomlText::new(path, text);
    let profile: WalkProfile = toml.parse()?;
    match profile.check() {
        Ok(()) => Ok(profile),
        Err(error) => Err(toml.fault(&[error.field], &error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::street::{Permission, StreetClass, StreetTraits};

    fn profile(id: &str) -> WalkProfile {
        shipped().into_iter().find(|profile| profile.id == id).unwrap()
    }

    #[test]
    fn every_shipped_profile_is_read_and_named_like_its_file() {
        for (name, text) in SHIPPED {
            let profile = parse(text, Path::new(name)).unwrap();
            assert_eq!(format!("{}.toml", profile.id), name);
            assert!(!profile.source.is_empty() && !profile.en.is_empty() && !profile.zh.is_empty());
        }
        assert_eq!(shipped().len(), SHIPPED.len());
    }

    #[test]
    fn nobody_slower_than_an_adult_walks_faster_on_any_ground() {
        let adult = profile("adult");
        for other in shipped() {
            assert!(other.walk_speed_m_s <= adult.walk_speed_m_s, "{}", other.id);
            assert!(other.off_street_speed_m_s <= other.walk_speed_m_s, "{}", other.id);
            for class in [StreetClass::Steps, StreetClass::Footway, StreetClass::Track] {
                let ground = StreetTraits::ROUGH;
                assert!(other.speed_on(class, ground).0 <= adult.speed_on(class, ground).0);
            }
        }
    }

    #[test]
    fn wheels_climb_no_steps_without_a_ramp() {
        for id in ["stroller", "wheelchair"] {
            let wheels = profile(id);
            assert!(!wheels.may_walk(StreetClass::Steps, StreetTraits::empty()), "{id}");
            assert!(wheels.may_walk(StreetClass::Steps, StreetTraits::WHEELCHAIR_YES), "{id}");
            assert!(!wheels.may_walk(StreetClass::Path, StreetTraits::NARROW), "{id}");
        }
        let stroller = profile("stroller");
        assert!(stroller.may_walk(StreetClass::Steps, StreetTraits::STROLLER_RAMP));
        let wheelchair = profile("wheelchair");
        assert!(!wheelchair.may_walk(StreetClass::Steps, StreetTraits::STROLLER_RAMP));
        assert!(!wheelchair.may_walk(StreetClass::Path, StreetTraits::WHEELCHAIR_NO));
        assert!(!wheelchair.may_walk(StreetClass::Path, StreetTraits::ROUGH));
    }

    #[test]
    fn ground_and_roads_are_refused_by_those_they_are_no_good_for() {
        let all = ["adult", "elder", "child_with_carer", "stroller", "wheelchair"];
        let refuse = |what: StreetTraits| {
            all.into_iter().filter(move |id| !profile(id).may_walk(StreetClass::Primary, what))
        };
        for (what, by) in [
            (StreetTraits::RAISED_CURB, &all[4..]),
            (StreetTraits::FORD, &all[1..]),
            (StreetTraits::OFF_ROAD, &all[3..]),
            (StreetTraits::STEEP, &all[4..]),
            (StreetTraits::TIGHT, &all[4..]),
            (StreetTraits::SIDEWALK_APART, &all[2..]),
            (StreetTraits::EXPRESSWAY, &all[..]),
        ] {
            assert_eq!(refuse(what).collect::<Vec<_>>(), by, "{what:?}");
        }
        // Told outright, it is passable for a wheelchair; for a stroller nothing was told.
        let told = StreetTraits::WHEELCHAIR_YES | StreetTraits::FORD | StreetTraits::STEEP;
        assert!(profile("wheelchair").may_walk(StreetClass::Footway, told));
        assert!(!profile("stroller").may_walk(StreetClass::Footway, told));
    }

    #[test]
    fn no_service_circle_goes_by_ferry() {
        assert!(shipped().iter().all(|profile| profile.ferry == Permission::Forbid));
    }

    #[test]
    fn a_speed_out_of_range_names_its_line() {
        let text = SHIPPED[0].1.replace("walk_speed_m_s = 1.25", "walk_speed_m_s = 12.5");
        let error = parse(&text, Path::new("adult.toml")).unwrap_err().to_string();
        assert!(error.starts_with("adult.toml: line 7: walk_speed_m_s: "), "{error}");
        assert!(error.contains("0.1 to 4"), "{error}");
    }
}
