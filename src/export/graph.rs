//! `export graph`: the streets as one walker sees them, with facilities and demand on them, as plain tables
//! from which any tool recomputes every time to the millisecond.

use std::io::Write;

use crate::facility::FacilityStatus;
use crate::reach::LinkedWalker;
use crate::scenario::Baseline;
use crate::street::{Along, Snapped, StreetGraph};

use super::number::{push_fixed, push_integer, push_trimmed};
use super::provenance::Provenance;
use super::table::{Rows, Table, push_cell, push_time};
use super::{ExportResult, names};

/// What [`write_graph_readme`] says about the tables.
const README: &str = include_str!("graph_readme.txt");

/// `nodes.csv`: `id,lon,lat`, one row a node in id order, degrees with seven decimals.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_nodes_csv(out: &mut dyn Write, graph: &StreetGraph) -> ExportResult {
    let mut rows = Rows::new(out, "id,lon,lat");
    for (id, place) in graph.places().enumerate() {
        rows.row(|text| {
            push_integer(text, i64::from(id.0));
            text.push(b',');
            push_fixed(text, i64::from(place.lon_e7()), 7);
            text.push(b',');
            push_fixed(text, i64::from(place.lat_e7()), 7);
        })?;
    }
    rows.finish()
}

/// `edges.csv`: `u,v,length_m,forward_ms,backward_ms`, one row an edge in id order (the first row is edge 0);
/// a time is empty where the walker may not go. Where the study has heights, `ascent_m,descent_m` follow:
/// what is climbed and come down from `u` to `v`, empty where it is not known.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_edges_csv(
    out: &mut dyn Write,
    graph: &StreetGraph,
    walker: &LinkedWalker,
) -> ExportResult {
    let has_heights = graph.heights().is_some();
    let climb = if has_heights { ",ascent_m,descent_m" } else { "" };
    let mut rows = Rows::new(out, &format!("u,v,length_m,forward_ms,backward_ms{climb}"));
    for (id, edge) in graph.edges().enumerate() {
        rows.row(|text| {
            push_integer(text, i64::from(edge.from.0));
            text.push(b',');
            push_integer(text, i64::from(edge.to.0));
            text.push(b',');
            push_fixed(text, i64::from(edge.length_mm), 3);
            text.push(b',');
            push_time(text, walker.impedance.forward(id));
            text.push(b',');
            push_time(text, walker.impedance.backward(id));
            if has_heights {
                let climb = graph.heights_along(id).map(Along::climb);
                for centimetres in [climb.map(|(up, _)| up), climb.map(|(_, down)| down)] {
                    text.push(b',');
                    if let Some(centimetres) = centimetres {
                        push_fixed(text, centimetres as i64, 2);
                    }
                }
            }
        })?;
    }
    rows.finish()
}

const SNAP_COLUMNS: &str = "id,layer,edge,offset_m,access_m,access_ms,forced";

/// `,edge,offset_m,access_m,access_ms,forced` of one tie.
fn push_snap(text: &mut Vec<u8>, walker: &LinkedWalker, (edge, snap): (u32, &Snapped)) {
    text.push(b',');
    push_integer(text, i64::from(edge));
    text.push(b',');
    push_fixed(text, i64::from(snap.position.offset_mm), 3);
    text.push(b',');
    push_fixed(text, i64::from(snap.access_mm), 3);
    text.push(b',');
    push_time(text, walker.impedance.access(snap.access_mm));
    text.extend_from_slice(if snap.forced { b",1" } else { b",0" });
}

/// `facilities.csv`: `id,layer,edge,offset_m,access_m,access_ms,forced` of every open facility, in id order: a row
/// for each tie to a street, and one more on the entering side of private ground.
///
/// `layer` is a word that `export nearest --layer` takes: all rows of a facility stand once under its layer of
/// the study, and once under each function it offers.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_facilities_csv(
    out: &mut dyn Write,
    baseline: &Baseline,
    walker: &LinkedWalker,
) -> ExportResult {
    let mut rows = Rows::new(out, SNAP_COLUMNS);
    for (id, facility) in baseline.facilities.facilities.enumerate() {
        if facility.status != FacilityStatus::Open {
            continue;
        }
        let functions =
            facility.offers.iter().filter_map(|o| baseline.taxonomy.functions().get(o.function));
        for layer in std::iter::once(&facility.layer).chain(functions.map(|function| &function.id))
        {
            for snap in walker.facilities.of(id) {
                let edge = snap.position.edge;
                for side in std::iter::once(edge).chain(baseline.graph.find_twin(edge)) {
                    rows.row(|text| {
                        push_integer(text, i64::from(id.0));
                        text.push(b',');
                        push_cell(text, layer);
                        push_snap(text, walker, (side.0, snap));
                    })?;
                }
            }
        }
    }
    rows.finish()
}

/// `demand.csv`: `id,layer,edge,offset_m,access_m,access_ms,forced`, then `persons_<group>` for each group, one row
/// a tie of a demand point to a street, in id order.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_demand_csv(
    out: &mut dyn Write,
    baseline: &Baseline,
    walker: &LinkedWalker,
) -> ExportResult {
    let mut header = SNAP_COLUMNS.as_bytes().to_vec();
    for group in &baseline.demand.groups {
        header.push(b',');
        push_cell(&mut header, &names::persons_of(&group.id));
    }
    let mut rows = Rows::new(out, &String::from_utf8_lossy(&header));
    for (id, point) in baseline.demand.points.enumerate() {
        for snap in walker.demand.of(id) {
            rows.row(|text| {
                push_integer(text, i64::from(id.0));
                text.extend_from_slice(b",demand");
                push_snap(text, walker, (snap.position.edge.0, snap));
                for persons in &point.persons {
                    text.push(b',');
                    push_trimmed(text, persons.as_micro(), 6);
                }
            })?;
        }
    }
    rows.finish()
}

/// `unsnapped.csv`: what has no row in `facilities.csv` and `demand.csv` because there is no street within
/// the limit: `id,layer,key`, then `persons_<group>`, empty for facilities.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_unsnapped_csv(
    out: &mut dyn Write,
    baseline: &Baseline,
    walker: &LinkedWalker,
) -> ExportResult {
    let groups = &baseline.demand.groups;
    let persons: Vec<String> = groups.iter().map(|group| names::persons_of(&group.id)).collect();
    let mut header = vec![names::ID, names::LAYER, names::KEY];
    header.extend(persons.iter().map(String::as_str));
    let mut table = Table::new(out, &header)?;
    for (id, facility) in baseline.facilities.facilities.enumerate() {
        if facility.status == FacilityStatus::Open && walker.facilities.of(id).is_empty() {
            let first = [id.0.to_string(), facility.layer.clone(), facility.key.clone()];
            table.row(first.into_iter().chain(vec![String::new(); groups.len()]))?;
        }
    }
    for (id, point) in baseline.demand.points.enumerate() {
        if walker.demand.of(id).is_empty() {
            let first = [id.0.to_string(), "demand".to_owned(), point.key.clone()];
            let persons = point.persons.iter().map(|&persons| super::table::persons(persons));
            table.row(first.into_iter().chain(persons))?;
        }
    }
    table.finish()
}

/// `offers.csv`: `facility,function`, one row for each function of each open facility, so that seeds can be
/// picked by function.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_offers_csv(out: &mut dyn Write, baseline: &Baseline) -> ExportResult {
    let functions = baseline.taxonomy.functions();
    let mut table = Table::new(out, &[names::FACILITY, "function"])?;
    for (id, facility) in baseline.facilities.facilities.enumerate() {
        if facility.status == FacilityStatus::Open {
            for function in facility.offers.iter().filter_map(|o| functions.get(o.function)) {
                table.row([id.0.to_string().as_str(), function.id.as_str()])?;
            }
        }
    }
    table.finish()
}

/// `README.txt`: what the columns mean and the exact rule to recompute every time.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_graph_readme(
    out: &mut dyn Write,
    provenance: &Provenance,
    walker: &LinkedWalker,
) -> ExportResult {
    let profile = &walker.profile;
    writeln!(
        out,
        "Street graph of the study {:?} (hash {})",
        provenance.study, provenance.study_hash
    )?;
    writeln!(out, "written by {} {}", provenance.program, provenance.version)?;
    writeln!(
        out,
        "Walk profile {}: {} m/s on streets, {} m/s off them ({})",
        profile.id, profile.walk_speed_m_s, profile.off_street_speed_m_s, profile.source
    )?;
    for line in &provenance.attribution {
        writeln!(out, "Data: {line}")?;
    }
    out.write_all(b"\n")?;
    out.write_all(README.as_bytes())?;
    out.flush()
}
