//! `walkshed reach`: what is within reach of a place, and the way to the nearest facility.

use anyhow::{Context, bail};

use crate::export::{ReachExport, ReachedArea, RouteLine, persons_within, write_reach};
use crate::import::load::{LoadedStudy, MapDetail, load_study};
use crate::reach::isochrone::Scene;
use crate::reach::{
    Direction, Ground, Isochrone, IsochroneOptions, LinkedWalker, NearestField, Route, Seeds,
    ServiceArea,
};
use crate::spatial::frame::ground_distance;
use crate::street::Snapped;
use crate::units::{Meters, WalkTime};

use super::Ending;
use super::args::{ReachArgs, ReachKind};
use super::console::Console;
use super::export::{serving_of, walker_of};
use super::results::provenance_of;

/// Answers as GeoJSON on standard output.
pub(super) fn run(args: &ReachArgs, console: &Console) -> anyhow::Result<Ending> {
    let loaded = load_study(&args.study, console.wants(MapDetail::Obstacles), console)?;
    let walker = walker_of(&loaded, args.profile.as_deref())?;
    let snapped = snap(&loaded, walker, args)?;
    let cutoffs: Option<Vec<WalkTime>> =
        args.cutoff_min.iter().map(|&minutes| WalkTime::from_minutes(minutes)).collect();
    let mut cutoffs = cutoffs.context("a cutoff is too long")?;
    cutoffs.sort_unstable();
    cutoffs.dedup();
    let (areas, routes) = match args.what {
        ReachKind::Route => (Vec::new(), vec![route(&loaded, walker, args, &snapped)?]),
        ReachKind::Isochrone | ReachKind::Streets => {
            (areas(&loaded, walker, args, (&snapped, &cutoffs)), Vec::new())
        }
    };
    let answer = ReachExport {
        baseline: &loaded.baseline,
        provenance: &provenance_of(&loaded),
        profile: &walker.profile.id,
        origin: args.at,
        areas: &areas,
        routes: &routes,
    };
    let mut text = Vec::new();
    write_reach(&mut text, &answer)?;
    console.print(&String::from_utf8(text)?)?;
    Ok(Ending::Fine)
}

fn snap(
    loaded: &LoadedStudy,
    walker: &LinkedWalker,
    args: &ReachArgs,
) -> anyhow::Result<Vec<Snapped>> {
    let ties = loaded.baseline.ties(walker, args.at);
    if ties.is_empty() {
        let Meters(limit) = loaded.baseline.limits.snap_distance;
        bail!(
            "no street that {} may walk within {limit} m of {}; is it written as LON,LAT?",
            walker.profile.id,
            args.at
        );
    }
    Ok(ties)
}

fn areas(
    loaded: &LoadedStudy,
    walker: &LinkedWalker,
    args: &ReachArgs,
    (ties, cutoffs): (&[Snapped], &[WalkTime]),
) -> Vec<ReachedArea> {
    let baseline = &loaded.baseline;
    let direction = if args.outward { Direction::From } else { Direction::Toward };
    let ground = Ground { graph: &baseline.graph, impedance: &walker.impedance, direction };
    let seeds =
        Seeds::of_snaps(&baseline.graph, &walker.impedance, ties.iter().map(|tie| (0, tie)));
    let largest = cutoffs.last().copied().unwrap_or(WalkTime::ZERO);
    let field = NearestField::sweep(&ground, &seeds, largest);
    let times = walker.read(&ground, &seeds, &field);
    let reached: Vec<(WalkTime, ServiceArea)> = cutoffs
        .iter()
        .map(|&cutoff| (cutoff, ServiceArea::find(&ground, &seeds, &field, cutoff)))
        .collect();
    let scene = Scene { graph: &baseline.graph, seeds: &seeds, origin: args.at };
    let drawn = match args.what {
        ReachKind::Isochrone => {
            let reached: Vec<_> = reached.iter().map(|(cutoff, area)| (*cutoff, area)).collect();
            Isochrone::draw(&scene, &baseline.obstacles, &reached, IsochroneOptions::default())
        }
        _ => reached.last().map(|&(cutoff, _)| Isochrone::blank(cutoff)).into_iter().collect(),
    };
    let skipped = reached.len() - drawn.len();
    drawn
        .into_iter()
        .zip(reached.into_iter().skip(skipped))
        .map(|(isochrone, (_, service_area))| ReachedArea {
            street: service_area.length(&baseline.graph),
            persons: persons_within(&baseline.demand, &times, isochrone.cutoff),
            service_area: (args.what == ReachKind::Streets).then_some(service_area),
            isochrone,
        })
        .collect()
}

fn route(
    loaded: &LoadedStudy,
    walker: &LinkedWalker,
    args: &ReachArgs,
    ties: &[Snapped],
) -> anyhow::Result<RouteLine> {
    let baseline = &loaded.baseline;
    let to = args.to.as_deref().context("a route needs --to FUNCTION")?;
    let serving = serving_of(loaded, to)?;
    let ends = walker.seeds(&baseline.graph, &walker.impedance, &serving);
    let ground = Ground::from(&baseline.graph, &walker.impedance);
    let starts = Seeds::of_leaving(&walker.impedance, ties);
    let Some(route) = Route::find(&ground, &starts, &ends, WalkTime::LONGEST) else {
        bail!(
            "nothing that offers {to} can be reached on foot from {} as {}",
            args.at,
            walker.profile.id
        );
    };
    let facility = crate::ids::FacilityId(route.end.owner);
    let foot = baseline.graph.place_at(route.end.position.edge, route.end.position.offset_mm);
    let ties = walker.facilities.of(facility).iter();
    let taken = ties.filter(|tie| tie.position.offset_mm == route.end.position.offset_mm);
    let taken = taken.min_by_key(|tie| ground_distance(tie.place, foot).as_mm());
    Ok(RouteLine {
        route,
        from: args.at,
        to: taken.map_or(foot, |tie| tie.door),
        facility: Some(facility),
    })
}
