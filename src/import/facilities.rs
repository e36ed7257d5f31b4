//! A table → facilities.

use std::collections::{BTreeMap, BTreeSet};

use crate::facility::{Facility, FacilityStatus, FunctionOffer, Taxonomy};
use crate::ids::FunctionId;
use crate::spatial::frame::ground_distance;
use crate::spatial::{Area, LonLat};

use super::columns::{ColumnMap, Role};
use super::crs_detect::{CrsChoice, Reference};
use super::number::{self, Mark};
use super::placing::{Placed, place_rows};
use super::table::{FeatureRow, FeatureTable, FieldValue};
use super::{ImportError, IssueKind, IssueLog};

/// Two rows this near with one name are one facility, in metres.
const SAME_PLACE_M: f64 = 5.0;
/// Most entrances taken from an outline when none are mapped.
const OUTLINE_ENTRANCES_MAX: usize = 8;
/// Largest capacity that is believed.
const CAPACITY_MAX: f64 = 1e6;
/// Marks between several functions in one cell.
pub(super) const SEPARATORS: [char; 10] = [';', '；', ',', '，', '、', '|', '/', '／', '\n', '+'];

/// How a table of facilities is read.
#[derive(Clone, Debug, Default)]
pub struct FacilityLayerSpec {
    /// Id of the layer in the study.
    pub id: String,
    /// Functions of every row whose own are not told.
    pub functions: Vec<FunctionId>,
    /// Columns by role key (`id name lon lat capacity function status tier year hours`).
    pub columns: BTreeMap<String, String>,
    /// The coordinate system.
    pub crs: CrsChoice,
    /// Tier of every row whose own is not told.
    pub tier: Option<String>,
}

/// What columns of facilities can hold.
pub(super) const ROLES: [Role; 10] = [
    Role::Id,
    Role::Name,
    Role::Lon,
    Role::Lat,
    Role::Capacity,
    Role::Function,
    Role::Status,
    Role::Tier,
    Role::Year,
    Role::Hours,
];

/// The facilities of `table`, in file order; what was skipped, merged or mended is said.
///
/// A word that is no function is said and the row keeps the layer's functions; without those it is skipped. Rows
/// with one key or one name within 5 m are one facility with the functions of both.
///
/// # Errors
/// When a mapped column is missing, there are no coordinates, or no row can have a function.
pub fn read_facilities(
    table: &FeatureTable,
    spec: &FacilityLayerSpec,
    taxonomy: &Taxonomy,
    reference: Option<&Reference<'_>>,
) -> Result<(Vec<Facility>, IssueLog), ImportError> {
    let columns = ColumnMap::resolve(table, &spec.columns, &ROLES)?;
    if columns.find(Role::Function).is_none() && spec.functions.is_empty() {
        return Err(table.malformed(format!(
            "layer {:?} has no functions: set `functions` for the layer, or columns.function",
            spec.id
        )));
    }
    let mut issues = IssueLog::default();
    let placed = place_rows(table, &columns, spec.crs, reference, &mut issues)?;
    let mark = if table.decimal_comma { Mark::Comma } else { Mark::Point };
    let mut reader = Reader { table, spec, taxonomy, columns, mark, issues };
    let mut kept = Kept::default();
    for (row, placed) in table.rows.iter().zip(placed) {
        let Some(facility) = placed.and_then(|placed| reader.read(row, placed)) else { continue };
        kept.add(facility, row, &mut reader);
    }
    if kept.facilities.is_empty() && !table.rows.is_empty() {
        reader.note(IssueKind::InputLacking, "", "no row is a usable facility");
    }
    Ok((kept.facilities, reader.issues))
}

struct Reader<'a> {
    table: &'a FeatureTable,
    spec: &'a FacilityLayerSpec,
    taxonomy: &'a Taxonomy,
    columns: ColumnMap,
    mark: Mark,
    issues: IssueLog,
}

impl Reader<'_> {
    fn note(&mut self, kind: IssueKind, row: &str, reason: impl Into<String>) {
        self.issues.note(kind, self.table.source.clone(), row, reason);
    }

    fn read(&mut self, row: &FeatureRow, placed: Placed) -> Option<Facility> {
        let functions = self.functions(row)?;
        let place = placed.place()?;
        let capacity = self.capacity(row);
        let hours = self.columns.text(row, Role::Hours);
        let offer = |function| FunctionOffer { function, capacity, opening_hours: hours.clone() };
        let key = self
            .columns
            .text(row, Role::Id)
            .or_else(|| row.feature_id.clone())
            .unwrap_or_else(|| row.name.clone());
        let (entrances, outline) = entrances_of(placed, place);
        Some(Facility {
            key,
            layer: self.spec.id.clone(),
            name: self.columns.text(row, Role::Name).unwrap_or_default(),
            offers: functions.into_iter().map(offer).collect(),
            tier: self.columns.text(row, Role::Tier).or_else(|| self.spec.tier.clone()),
            status: self.status(row),
            opening_year: self.year(row),
            place,
            entrances,
            outline,
        })
    }

    /// Functions of `row`, sorted; `None` when it has none, which is said.
    fn functions(&mut self, row: &FeatureRow) -> Option<BTreeSet<FunctionId>> {
        let text = self.columns.text(row, Role::Function).unwrap_or_default();
        let (mut functions, mut unknown) = (BTreeSet::new(), Vec::new());
        match self.taxonomy.find_word(&text) {
            Some(function) => {
                functions.insert(function);
            }
            None => {
                for word in text.split(SEPARATORS).map(str::trim).filter(|word| !word.is_empty()) {
                    match self.taxonomy.find_word(word) {
                        Some(function) => {
                            functions.insert(function);
                        }
                        None => unknown.push(word),
                    }
                }
            }
        }
        if functions.is_empty() {
            functions.extend(self.spec.functions.iter().copied());
        }
        let outcome =
            if functions.is_empty() { "skipped" } else { "kept with its other functions" };
        if !unknown.is_empty() {
            let reason = format!(
                "no function is called {}; {outcome}: add it to the aliases of a function",
                unknown.join(", ")
            );
            self.note(IssueKind::FunctionUnknown, &row.name, reason);
        } else if functions.is_empty() {
            self.note(IssueKind::FunctionUnknown, &row.name, "no function is given; skipped");
        }
        (!functions.is_empty()).then_some(functions)
    }

    fn capacity(&mut self, row: &FeatureRow) -> Option<f64> {
        self.columns.find(Role::Capacity)?;
        let value = self.columns.value(row, Role::Capacity);
        let number = number::read(value, self.mark);
        let fault = match (number, value) {
            (Some(number), _) if number > 0.0 && number <= CAPACITY_MAX => return Some(number),
            (_, FieldValue::Missing) => "capacity is empty".to_owned(),
            (Some(number), _) if number > CAPACITY_MAX => {
                format!("capacity {number} is beyond belief")
            }
            (Some(number), _) => format!("capacity {number} is not above zero"),
            (None, value) => {
                format!("capacity {:?} is not a number", value.to_text().unwrap_or_default())
            }
        };
        self.note(IssueKind::CapacityBad, &row.name, format!("{fault}; taken as unknown"));
        None
    }

    fn status(&mut self, row: &FeatureRow) -> FacilityStatus {
        let Some(text) = self.columns.text(row, Role::Status) else { return FacilityStatus::Open };
        status_of(&text).unwrap_or_else(|| {
            let reason = format!(
                "status {text:?} is none of open, planned, closed (在营, 在建, 停用); taken as open"
            );
            self.note(IssueKind::ValueUnreadable, &row.name, reason);
            FacilityStatus::Open
        })
    }

    /// The first four digits of the year column, when they are a year.
    fn year(&mut self, row: &FeatureRow) -> Option<i32> {
        let text = self.columns.text(row, Role::Year)?;
        let digits: String = text.chars().filter(char::is_ascii_digit).take(4).collect();
        match digits.parse::<i32>() {
            Ok(year) if (1000..=2999).contains(&year) => Some(year),
            _ => {
                let reason = format!("{text:?} is not a year; left out");
                self.note(IssueKind::ValueUnreadable, &row.name, reason);
                None
            }
        }
    }
}

/// The status that a Chinese or English word stands for.
fn status_of(text: &str) -> Option<FacilityStatus> {
    let word = text.trim().to_lowercase();
    let of = |words: &[&str]| words.contains(&word.as_str());
    if of(&[
        "open",
        "opened",
        "active",
        "running",
        "operational",
        "existing",
        "yes",
        "true",
        "1",
        "在营",
        "运营",
        "运营中",
        "营业",
        "营业中",
        "正常",
        "开放",
        "已建",
        "已建成",
        "现状",
        "已运营",
        "在用",
        "使用中",
    ]) {
        Some(FacilityStatus::Open)
    } else if of(&[
        "planned",
        "proposed",
        "plan",
        "construction",
        "under construction",
        "在建",
        "规划",
        "拟建",
        "筹建",
        "待建",
        "建设中",
        "规划中",
        "新建",
        "筹备",
        "筹备中",
    ]) {
        Some(FacilityStatus::Planned)
    } else if of(&[
        "closed",
        "shut",
        "inactive",
        "abandoned",
        "disused",
        "no",
        "false",
        "0",
        "停用",
        "关闭",
        "已关闭",
        "停业",
        "歇业",
        "关停",
        "撤销",
        "注销",
        "暂停",
        "停办",
    ]) {
        Some(FacilityStatus::Closed)
    } else {
        None
    }
}

/// Where one enters, and the outline: each point of several, or places spread over the outline.
pub(super) fn entrances_of(placed: Placed, place: LonLat) -> (Vec<LonLat>, Option<Area>) {
    match placed {
        Placed::Points(points) => (points, None),
        Placed::Line(_) => (vec![place], None),
        Placed::Area(area) => {
            let corners: Vec<LonLat> =
                area.polygons.iter().flat_map(|part| part.outer.iter().skip(1).copied()).collect();
            let step = corners.len().div_ceil(OUTLINE_ENTRANCES_MAX).max(1);
            (corners.into_iter().step_by(step).collect(), Some(area))
        }
    }
}

/// The facilities read so far, to find the same one again.
#[derive(Default)]
struct Kept {
    facilities: Vec<Facility>,
    by_key: BTreeMap<String, usize>,
    by_cell: BTreeMap<Cell, BTreeMap<String, Vec<usize>>>,
}

/// A box of degrees wider and higher than [`SAME_PLACE_M`] wherever people live.
type Cell = (i32, i32);

fn cell_of(place: LonLat) -> Cell {
    (place.lon_e7().div_euclid(3_000), place.lat_e7().div_euclid(1_000))
}

impl Kept {
    fn add(&mut self, mut facility: Facility, row: &FeatureRow, reader: &mut Reader<'_>) {
        let near =
            |other: &Facility| ground_distance(other.place, facility.place).0 <= SAME_PLACE_M;
        let same_key = self.by_key.get(&facility.key).copied();
        let same_name = self.find_namesake(&facility);
        let twin = same_key.filter(|&at| near(&self.facilities[at])).or(same_name);
        if let Some(at) = twin {
            let first = &mut self.facilities[at];
            let added = merge_offers(first, facility.offers);
            let reason = format!(
                "the same place as {:?} ({:?}); counted once, {added} function(s) added",
                first.key, first.name
            );
            reader.note(IssueKind::Duplicate, &row.name, reason);
            return;
        }
        if same_key.is_some() {
            let key = format!("{} ({})", facility.key, row.name);
            let reason =
                format!("id {:?} is used at another place too; called {key:?}", facility.key);
            reader.note(IssueKind::Duplicate, &row.name, reason);
            facility.key = key;
        }
        let at = self.facilities.len();
        self.by_key.insert(facility.key.clone(), at);
        if !facility.name.is_empty() {
            let cell = self.by_cell.entry(cell_of(facility.place)).or_default();
            cell.entry(facility.name.clone()).or_default().push(at);
        }
        self.facilities.push(facility);
    }

    /// The first facility of the same name within [`SAME_PLACE_M`].
    fn find_namesake(&self, facility: &Facility) -> Option<usize> {
        let (x, y) = cell_of(facility.place);
        let around = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy)));
        around
            .filter_map(|cell| self.by_cell.get(&cell)?.get(&facility.name))
            .flatten()
            .copied()
            .filter(|&at| {
                ground_distance(self.facilities[at].place, facility.place).0 <= SAME_PLACE_M
            })
            .min()
    }
}

/// Adds the offers that `first` does not have yet; gives how many.
fn merge_offers(first: &mut Facility, offers: Vec<FunctionOffer>) -> usize {
    let before = first.offers.len();
    for offer in offers {
        if first.find_offer(offer.function).is_none() {
            first.offers.push(offer);
        }
    }
    first.offers.sort_by_key(|offer| offer.function);
    first.offers.len() - before
}
