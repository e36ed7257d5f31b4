//! A table → candidate sites: rooms, parcels, public buildings, places communities applied for.

use std::collections::{BTreeMap, BTreeSet};

use crate::facility::Taxonomy;
use crate::ids::FunctionId;
use crate::placement::candidate::{COST_UNIT, Candidate, SiteStanding};
use crate::units::Persons;

use super::columns::{ColumnMap, Role};
use super::crs_detect::{CrsChoice, Reference};
use super::facilities::entrances_of;
use super::facilities::words::list;
use super::number::{self, Mark};
use super::placing::{Placed, place_rows};
use super::table::{FeatureRow, FeatureTable, FieldValue};
use super::{ImportError, IssueKind, IssueLog};

/// Largest cost that is believed.
const COST_MAX: f64 = 1e12;

/// How a table of candidates is read.
#[derive(Clone, Debug, Default)]
pub struct CandidateSpec {
    /// Columns by role key (`id name lon lat cost status capacity phase bonus function area`).
    pub columns: BTreeMap<String, String>,
    /// The coordinate system.
    pub crs: CrsChoice,
    /// Parcels of less ground than this, in square metres, are left out and said.
    pub area_min_m2: f64,
}

/// What columns of candidates can hold.
pub(super) const ROLES: [Role; 11] = [
    Role::Id,
    Role::Name,
    Role::Lon,
    Role::Lat,
    Role::Cost,
    Role::Status,
    Role::Capacity,
    Role::Phase,
    Role::Bonus,
    Role::Function,
    Role::Ground,
];

/// The candidates of `table`, in file order; what was skipped or mended is said. A parcel is entered from any
/// side: at up to eight places along its outline, each snapped to the nearest street.
///
/// # Errors
/// When there are no coordinates, a mapped column is missing, two rows have one id, or a cost, capacity, phase or
/// bonus is no such number: a plan on wrong costs would be wrong.
pub fn read_candidates(
    table: &FeatureTable,
    spec: &CandidateSpec,
    taxonomy: &Taxonomy,
    reference: Option<&Reference<'_>>,
) -> Result<(Vec<Candidate>, IssueLog), ImportError> {
    let columns = ColumnMap::resolve(table, &spec.columns, &ROLES)?;
    let mut issues = IssueLog::default();
    let placed = place_rows(table, &columns, spec.crs, reference, &mut issues)?;
    let mark = if table.decimal_comma { Mark::Comma } else { Mark::Point };
    let mut reader = Reader { table, spec, taxonomy, columns, mark, issues };
    let mut candidates = Vec::with_capacity(table.rows.len());
    let mut keys: BTreeSet<String> = BTreeSet::new();
    for (row, placed) in table.rows.iter().zip(placed) {
        let Some(placed) = placed else { continue };
        let Some(candidate) = reader.read(row, placed)? else { continue };
        if !keys.insert(candidate.key.clone()) {
            return Err(table.malformed(format!(
                "{}: the id {:?} is used twice; candidates are told apart by id",
                row.name, candidate.key
            )));
        }
        candidates.push(candidate);
    }
    Ok((candidates, reader.issues))
}

struct Reader<'a> {
    table: &'a FeatureTable,
    spec: &'a CandidateSpec,
    taxonomy: &'a Taxonomy,
    columns: ColumnMap,
    mark: Mark,
    issues: IssueLog,
}

impl Reader<'_> {
    fn read(&mut self, row: &FeatureRow, placed: Placed) -> Result<Option<Candidate>, ImportError> {
        let Some(place) = placed.place() else { return Ok(None) };
        let key = self.columns.text(row, Role::Id).or_else(|| row.feature_id.clone());
        let drawn = match &placed {
            Placed::Area(area) => Some(area.area_m2()),
            _ => None,
        };
        let area_m2 = self.number(row, Role::Ground, (0.0, COST_MAX))?.or(drawn);
        if let Some(ground) = area_m2.filter(|&ground| ground < self.spec.area_min_m2) {
            let reason = format!(
                "{ground:.0} m² are less than the {} m² asked for; left out",
                self.spec.area_min_m2
            );
            self.issues.note(
                IssueKind::InputLacking,
                self.table.source.clone(),
                &*row.name,
                reason,
            );
            return Ok(None);
        }
        let (doors, _) = entrances_of(placed, place);
        let cost = self.number(row, Role::Cost, (0.0, COST_MAX))?.unwrap_or(1.0);
        let bonus = self.number(row, Role::Bonus, (0.0, 9.0e9))?.unwrap_or(0.0);
        let phase = self.number(row, Role::Phase, (1.0, 1_000.0))?;
        Ok(Some(Candidate {
            name: self.columns.text(row, Role::Name).unwrap_or_default(),
            doors,
            standing: self.standing(row)?,
            cost: (cost * COST_UNIT as f64).round() as i64,
            capacity: self.number(row, Role::Capacity, (0.0, 1e6))?,
            phase: phase.map(|phase| phase as u32),
            bonus: Persons::from_count(bonus).unwrap_or_default(),
            area_m2,
            functions: self.functions(row),
            ..Candidate::at(key.unwrap_or_else(|| row.name.clone()), place)
        }))
    }

    /// The number of a role within a range; `None` when nothing is written.
    fn number(
        &self,
        row: &FeatureRow,
        role: Role,
        (least, most): (f64, f64),
    ) -> Result<Option<f64>, ImportError> {
        let value = self.columns.value(row, role);
        if *value == FieldValue::Missing {
            return Ok(None);
        }
        match number::read(value, self.mark) {
            Some(number) if (least..=most).contains(&number) => Ok(Some(number)),
            Some(number) => Err(self.table.malformed(format!(
                "{}: {} {number} is not within {least} to {most}",
                row.name,
                role.key()
            ))),
            None => Err(self.table.malformed(format!(
                "{}: {} {:?} is not a number",
                row.name,
                role.key(),
                value.to_text().unwrap_or_default()
            ))),
        }
    }

    fn standing(&self, row: &FeatureRow) -> Result<SiteStanding, ImportError> {
        let Some(text) = self.columns.text(row, Role::Status) else {
            return Ok(SiteStanding::Candidate);
        };
        standing_of(&text).ok_or_else(|| {
            self.table.malformed(format!(
                "{}: status {text:?} is none of candidate, required, applied, upgrade, forbidden \
                 (候选, 必选, 申报, 提升, 禁止)",
                row.name
            ))
        })
    }

    /// The functions told; a word that is none is said.
    fn functions(&mut self, row: &FeatureRow) -> Vec<FunctionId> {
        let Some(text) = self.columns.text(row, Role::Function) else { return Vec::new() };
        let mut found = BTreeSet::new();
        for word in list(&text, self.taxonomy) {
            let functions = self.taxonomy.find_words(&word);
            if functions.is_empty() {
                let reason = format!("no function is called {word:?}; not counted");
                let source = self.table.source.clone();
                self.issues.note(IssueKind::FunctionUnknown, source, &*row.name, reason);
            }
            found.extend(functions);
        }
        found.into_iter().collect()
    }
}

/// The standing that a Chinese or English word stands for.
fn standing_of(text: &str) -> Option<SiteStanding> {
    let word = text.trim().to_lowercase();
    let of = |words: &str| words.split(' ').any(|known| known == word);
    if of("candidate free open possible available 候选 备选 可选 可用 空闲 闲置") {
        Some(SiteStanding::Candidate)
    } else if of("required fixed committed must 必选 必建 已定 确定 在建 已立项") {
        Some(SiteStanding::Required)
    } else if of("applied applied-for applied_for requested 申报 已申报 申请 自主申报") {
        Some(SiteStanding::Applied)
    } else if of("upgrade existing convert 提升 改造 提档升级 升级 现有") {
        Some(SiteStanding::Upgrade)
    } else if of("forbidden excluded no refused 禁止 排除 不可用 禁建 否决") {
        Some(SiteStanding::Forbidden)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facility::Taxonomy;
    use crate::import::table::parse_table;
    use std::path::Path;

    fn read(text: &str) -> Result<Vec<Candidate>, String> {
        let (table, _) = parse_table(Path::new("sites.csv"), text.as_bytes().to_vec()).unwrap();
        let taxonomy = Taxonomy::new(Vec::new()).unwrap();
        let spec = CandidateSpec {
            crs: CrsChoice::Declared(crate::spatial::Crs::default()),
            ..CandidateSpec::default()
        };
        read_candidates(&table, &spec, &taxonomy, None)
            .map(|(found, _)| found)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn chinese_and_english_tables_mean_the_same() {
        let en = "id,name,lon,lat,cost,status,capacity,phase,bonus\n\
                  a,Old school,118.6,24.9,2.5,applied,60,2,100\nb,Depot,118.61,24.91,,required,,,\n";
        let zh = "编号,名称,经度,纬度,造价,状态,托位数,阶段,加分\n\
                  a,Old school,118.6,24.9,2.5,申报,60,2,100\nb,Depot,118.61,24.91,,必选,,,\n";
        let (en, zh) = (read(en).unwrap(), read(zh).unwrap());
        assert_eq!(en, zh);
        assert_eq!(
            (en[0].cost, en[0].standing, en[0].phase),
            (2_500, SiteStanding::Applied, Some(2))
        );
        assert_eq!(en[0].bonus, Persons::from_count(100.0).unwrap());
        assert_eq!((en[1].cost, en[1].standing), (COST_UNIT, SiteStanding::Required));
    }

    #[test]
    fn a_wrong_number_or_id_is_an_error_that_says_where() {
        for (row, said) in [
            ("a,118.6,24.9,-5,\n", "row 2: cost -5 is not within 0"),
            ("a,118.6,24.9,much,\n", "row 2: cost \"much\" is not a number"),
            ("a,118.6,24.9,1,perhaps\n", "row 2: status \"perhaps\" is none of"),
            ("a,118.6,24.9,1,\na,118.7,24.9,1,\n", "row 3: the id \"a\" is used twice"),
        ] {
            let error = read(&format!("id,lon,lat,cost,status\n{row}")).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}
