//! A table → facilities.

mod status;
pub(super) mod words;

use std::collections::{BTreeMap, BTreeSet};

use crate::facility::{Facility, FacilityStatus, FunctionOffer, Taxonomy, Wheels, share_places};
use crate::ids::FunctionId;
use crate::spatial::frame::ground_distance;
use crate::spatial::{Area, LonLat};

use super::columns::{ColumnMap, Role};
use super::crs_detect::{CrsChoice, Reference};
use super::losses::{OnLoss, check_losses};
use super::number::{self, Mark};
use super::placing::{Placed, place_rows};
use super::table::{FeatureRow, FeatureTable, FieldValue};
use super::{ImportError, IssueKind, IssueLog};
use status::status_of;
use words::FunctionWords;

/// Two rows this near with one name are one facility, in metres.
const SAME_PLACE_M: f64 = 5.0;
/// Most entrances taken from an outline when none are mapped.
const OUTLINE_ENTRANCES_MAX: usize = 8;
/// Largest capacity that is believed.
const CAPACITY_MAX: f64 = 1e6;
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
    /// What happens when many rows are no facilities.
    pub on_loss: OnLoss,
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
/// When a mapped column is missing, there are no coordinates, no row can have a function, or too many rows are lost.
pub fn read_facilities(
    table: &FeatureTable,
    spec: &FacilityLayerSpec,
    taxonomy: &Taxonomy,
    reference: Option<&Reference<'_>>,
) -> Result<(Vec<Facility>, IssueLog), ImportError> {
    let columns = ColumnMap::resolve(table, &spec.columns, &ROLES)?;
    let words = FunctionWords::of(table, columns.find(Role::Function), taxonomy);
    if !words.is_told() && spec.functions.is_empty() {
        return Err(table.malformed(format!(
            "layer {:?} has no functions: set `functions` for the layer, or columns.function",
            spec.id
        )));
    }
    let mut issues = IssueLog::default();
    let placed = place_rows(table, &columns, spec.crs, reference, &mut issues)?;
    let mark = if table.decimal_comma { Mark::Comma } else { Mark::Point };
    let mut reader = Reader { table, spec, taxonomy, columns, words, mark, issues };
    let mut kept = Kept::default();
    let mut is_kept = vec![false; table.rows.len()];
    for ((row, placed), is_kept) in table.rows.iter().zip(placed).zip(&mut is_kept) {
        let Some(facility) = placed.and_then(|placed| reader.read(row, placed)) else { continue };
        *is_kept = true;
        kept.add(facility, row, &mut reader);
    }
    if kept.facilities.is_empty() && !table.rows.is_empty() {
        reader.note(IssueKind::InputLacking, "", "no row is a usable facility");
    }
    check_losses(spec.on_loss, (table, &is_kept), None, &reader.issues)?;
    Ok((kept.facilities, reader.issues))
}

struct Reader<'a> {
    table: &'a FeatureTable,
    spec: &'a FacilityLayerSpec,
    taxonomy: &'a Taxonomy,
    columns: ColumnMap,
    words: FunctionWords,
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
        let functions: Vec<FunctionId> = functions.into_iter().collect();
        let offers = self.offers(row, &functions, capacity, hours.as_deref());
        let key = self
            .columns
            .text(row, Role::Id)
            .or_else(|| row.feature_id.clone())
            .unwrap_or_else(|| row.name.clone());
        let (mut entrances, outline) = entrances_of(placed, place);
        if outline.is_some() {
            entrances.clear();
        }
        Some(Facility {
            key,
            layer: self.spec.id.clone(),
            name: self.columns.text(row, Role::Name).unwrap_or_default(),
            offers,
            tier: self.columns.text(row, Role::Tier).or_else(|| self.spec.tier.clone()),
            status: self.status(row),
            opening_year: self.year(row),
            place,
            entrances,
            outline,
            foot: None,
            wheels: Wheels::default(),
        })
    }

    /// What is offered: one number of places counts once, so that several functions share it, which is said.
    fn offers(
        &mut self,
        row: &FeatureRow,
        functions: &[FunctionId],
        capacity: Option<f64>,
        hours: Option<&str>,
    ) -> Vec<FunctionOffer> {
        let offer = |function: FunctionId, capacity: Option<f64>| FunctionOffer {
            function,
            capacity,
            opening_hours: hours.map(str::to_owned),
        };
        let Some(places) = capacity else {
            return functions.iter().map(|&function| offer(function, None)).collect();
        };
        let shares = share_places(self.taxonomy, functions, places);
        let told: Vec<String> = shares
            .iter()
            .filter(|(_, share)| *share < places)
            .map(|(id, share)| format!("{} {share}", self.taxonomy.functions()[*id].id))
            .collect();
        if !told.is_empty() {
            let reason = format!(
                "{places} places for {} functions count once: {}; give each function a row of its own to share \
                 them otherwise",
                told.len(),
                told.join(", ")
            );
            self.note(IssueKind::Estimated, &row.name, reason);
        }
        shares.into_iter().map(|(function, share)| offer(function, Some(share))).collect()
    }

    /// Functions of `row`, sorted; `None` when it has none, which is said.
    fn functions(&mut self, row: &FeatureRow) -> Option<BTreeSet<FunctionId>> {
        let words::Said { mut functions, unknown } = self.words.read(row, self.taxonomy);
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
