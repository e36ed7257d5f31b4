//! Where results come from: the study, its inputs, who walked, which standards, on whose data.

use serde::Serialize;

use crate::coverage::Standard;
use crate::scenario::Baseline;
use crate::street::WalkProfile;

/// One input of a study.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct InputRecord {
    /// What it is for: `streets`, `facilities`, `demand`, `zones`.
    pub role: String,
    /// Path relative to the study.
    pub path: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its coordinate system as read: `EPSG:4326`, `GCJ-02` …
    pub crs: String,
    /// Its licence.
    pub licence: String,
    /// The line its licence asks to be shown.
    pub attribution: String,
}

/// A walk profile, as far as a reader of results needs it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProfileRecord {
    /// Its id.
    pub id: String,
    /// English name.
    pub en: String,
    /// Chinese name.
    pub zh: String,
    /// Speed on level streets.
    pub walk_speed_m_s: f64,
    /// Speed on access legs.
    pub off_street_speed_m_s: f64,
    /// Mean wait at a crossing with signals.
    pub signal_wait_s: f64,
    /// Mean wait at a crossing without.
    pub crossing_wait_s: f64,
    /// Where the speeds come from.
    pub source: String,
    /// The same in Chinese; empty when there is none.
    pub source_zh: String,
    /// Whether they were checked there.
    pub verified: bool,
}

/// A standard, as far as a reader of results needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StandardRecord {
    /// Its id.
    pub id: String,
    /// English title.
    pub en: String,
    /// Chinese title.
    pub zh: String,
    /// Where it is written.
    pub source: String,
    /// The same in Chinese; empty when there is none.
    pub source_zh: String,
    /// What a reader must know.
    pub note: String,
    /// The same in Chinese; empty when there is none.
    pub note_zh: String,
}

/// What only the study file knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StudyRecord {
    /// Name of the study.
    pub study: String,
    /// Hash over study file and inputs, in hex.
    pub study_hash: String,
    /// `zh` or `en`.
    pub language: String,
    /// The inputs.
    pub inputs: Vec<InputRecord>,
}

/// The provenance member of every file. It has no time of day: the same study gives the same bytes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Provenance {
    /// Name of the study.
    pub study: String,
    /// Hash over study file and inputs, in hex.
    pub study_hash: String,
    /// The program.
    pub program: String,
    /// Its version.
    pub version: String,
    /// `zh` or `en`.
    pub language: String,
    /// Where the walk from a home in a walled compound begins: `door` or `gate`.
    pub origin: String,
    /// Lines that the inputs' licences ask to be shown, each once.
    pub attribution: Vec<String>,
    /// The inputs' licences, each once.
    pub licences: Vec<String>,
    /// The inputs.
    pub inputs: Vec<InputRecord>,
    /// Who walked.
    pub profiles: Vec<ProfileRecord>,
    /// What was promised.
    pub standards: Vec<StandardRecord>,
}

impl From<&WalkProfile> for ProfileRecord {
    fn from(profile: &WalkProfile) -> Self {
        Self {
            id: profile.id.clone(),
            en: profile.en.clone(),
            zh: profile.zh.clone(),
            walk_speed_m_s: profile.walk_speed_m_s,
            off_street_speed_m_s: profile.off_street_speed_m_s,
            signal_wait_s: profile.signal_wait_s,
            crossing_wait_s: profile.crossing_wait_s,
            source: profile.source.clone(),
            source_zh: profile.source_zh.clone(),
            verified: profile.verified,
        }
    }
}

impl From<&Standard> for StandardRecord {
    fn from(standard: &Standard) -> Self {
        Self {
            id: standard.id.clone(),
            en: standard.en.clone(),
            zh: standard.zh.clone(),
            source: standard.source.clone(),
            source_zh: standard.source_zh.clone(),
            note: standard.note.clone(),
            note_zh: standard.note_zh.clone(),
        }
    }
}

impl Provenance {
    /// The provenance of results of `baseline`, read from the inputs of `record`.
    pub fn new(record: StudyRecord, baseline: &Baseline) -> Self {
        let StudyRecord { study, study_hash, language, inputs } = record;
        let profiles = baseline.walkers().iter().map(|walker| (&walker.profile).into()).collect();
        Self {
            study,
            study_hash,
            program: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            language,
            origin: baseline.origin.word().to_owned(),
            attribution: each_once(inputs.iter().map(|input| &input.attribution)),
            licences: each_once(inputs.iter().map(|input| &input.licence)),
            inputs,
            profiles,
            standards: baseline.standards.iter().map(Into::into).collect(),
        }
    }

    /// All attribution in one line.
    pub fn attribution_line(&self) -> String {
        self.attribution.join("; ")
    }
}

/// The texts that are not empty, each once, in the order they first come.
fn each_once<'a>(texts: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for text in texts {
        if !text.is_empty() && !seen.contains(text) {
            seen.push(text.clone());
        }
    }
    seen
}
