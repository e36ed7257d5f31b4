//! Accumulations, streamed cost matrices and sweeps of many batches against slow oracles.

use crate::support;

use proptest::prelude::*;
use support::city::GridCity;
use support::oracle::{Oracle, nearest};
use support::random::{self, Dice, Mix};
use support::walkers::adult;
use walkshed::ids::NodeId;
use walkshed::reach::{
    Accumulation, CostMatrix, Decay, Direction, Ground, NearestField, People, Placed, Search, Seed,
    Seeds, StreamError,
};
use walkshed::street::{EdgePosition, Impedance, StreetGraph};
use walkshed::units::WalkTime;

const DIRECTIONS: [Direction; 2] = [Direction::Toward, Direction::From];
const POINTS: u32 = 7;

type Item = (EdgePosition, WalkTime, u32);

/// People at positions where homes may lie; a point may have several.
fn homes(graph: &StreetGraph, dice: &mut Dice) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for _ in 0..14 {
        let at = random::position(graph, dice);
        // Points share places now and then.
        let again = items.first().filter(|_| dice.once_in(4)).map(|item| (item.0, item.1));
        let access = if dice.once_in(2) { 0 } else { dice.below(60_000) };
        let (at, access) = again.unwrap_or((at, WalkTime::from_ms(access)));
        if !graph.is_entering_side(at.edge) {
            items.push((at, access, dice.below(POINTS)));
        }
    }
    items
}

/// The oracle's time of a label from a start to a point.
fn time_to_point(
    ground: &Ground,
    items: &[Item],
    point: u32,
    walk: impl Fn(EdgePosition) -> Option<u64>,
) -> Option<u64> {
    let own = items.iter().filter(|item| item.2 == point);
    let ways = own.flat_map(|&(at, access, _)| {
        ground.sides(at).map(move |side| (side, u64::from(access.as_ms())))
    });
    ways.filter_map(|(side, access)| Some(walk(side)? + access)).min()
}

/// People by their share, rounded half up once.
fn sum_of(
    time: impl Fn(u32) -> Option<u64>,
    decay: Option<&Decay>,
    weight: impl Fn(u32) -> i64,
) -> i64 {
    let counted = (0..POINTS).filter_map(|point| {
        let time = WalkTime::from_ms(time(point)? as u32);
        let share = decay.map_or(1 << 16, |decay| decay.share(time));
        Some(i128::from(weight(point)) * i128::from(share))
    });
    ((counted.sum::<i128>() + (1 << 15)) >> 16) as i64
}

fn check(seed: u64, mix: Mix) -> Result<(), TestCaseError> {
    let random::Network { ingredients, mut dice } = random::network(seed, mix);
    let graph = StreetGraph::build(&ingredients);
    if graph.edge_count() == 0 {
        return Ok(());
    }
    let impedance = Impedance::new(&graph, &adult());
    let oracle = Oracle::new(&graph, &impedance);
    let items = homes(&graph, &mut dice);
    let placed = Placed::new(graph.edge_count(), POINTS as usize, items.clone());
    let groups = 1 + dice.below(2) as usize;
    let micro: Vec<i64> =
        (0..POINTS as usize * groups).map(|_| i64::from(dice.below(3) * 1_500_000)).collect();
    let sites: Vec<Seeds> = (0..5)
        .map(|_| Seeds::new((0..dice.below(3)).map(|_| random::start(&graph, &mut dice)).collect()))
        .collect();
    for direction in DIRECTIONS {
        let ground = Ground { graph: &graph, impedance: &impedance, direction };
        let from_node = |node: NodeId, point: u32| {
            time_to_point(&ground, &items, point, |at| match direction {
                Direction::Toward => oracle.walk_to_node(at, node),
                Direction::From => oracle.walk_from_node(node, at),
            })
        };
        let from_site = |site: &Seeds, point: u32| {
            time_to_point(&ground, &items, point, |at| {
                let walk = |seed: &Seed| match direction {
                    Direction::Toward => oracle.walk(at, seed.position),
                    Direction::From => oracle.walk(seed.position, at),
                };
                nearest(site, walk).map(|(time, _)| time)
            })
        };
        let nodes = graph.places().ids();
        let times = nodes.flat_map(|node| (0..POINTS).filter_map(move |p| from_node(node, p)));
        let times: Vec<u64> = times.collect();
        let Some(&exact) = times.get(dice.below(times.len() as u32) as usize) else { continue };
        // The cutoff is one of the times itself, then one millisecond less.
        for cutoff in [exact, exact.saturating_sub(1)] {
            let limit = WalkTime::from_ms(cutoff as u32);
            let decay = Decay::linear(WalkTime::from_ms(1_000), limit);
            for decay in [None, Some(&decay)] {
                let sum = |time: &dyn Fn(u32) -> Option<u64>, group: usize| {
                    let within = |point| time(point).filter(|&time| time <= cutoff);
                    sum_of(within, decay, |point| micro[point as usize * groups + group])
                };
                let people = People { micro: &micro, groups };
                let asked = Accumulation::new(&ground, &placed, people, (limit, decay));
                let found = asked.at_nodes();
                for node in graph.places().ids() {
                    for group in 0..groups {
                        let expected = sum(&|point| from_node(node, point), group);
                        let found = found[node.0 as usize * groups + group];
                        prop_assert_eq!(found, expected, "{:?} {:?} {}", direction, node, cutoff);
                    }
                }
                let found = asked.at_sites(&sites);
                for (index, site) in sites.iter().enumerate() {
                    for group in 0..groups {
                        let expected = sum(&|point| from_site(site, point), group);
                        let found = found[index * groups + group];
                        prop_assert_eq!(found, expected, "{:?} site {}", direction, index);
                    }
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(support::cases(400))]

    #[test]
    fn people_within_the_cutoff_equal_the_oracle_at_every_node_and_site(seed in random::seeds()) {
        check(seed, Mix::Public)?;
    }

    #[test]
    fn people_on_private_ground_count_once_on_whichever_side(seed in random::seeds()) {
        check(seed, Mix::WithPrivate)?;
    }
}

/// A city of blocks with people, sites and facilities in it.
struct Town {
    graph: StreetGraph,
    impedance: Impedance,
    placed: Placed,
    micro: Vec<i64>,
    sites: Vec<Seeds>,
}

fn town() -> Town {
    let graph = StreetGraph::build(&GridCity::new(40, 30).ingredients);
    let impedance = Impedance::new(&graph, &adult());
    let mut dice = Dice::new(5);
    let items = (0..900)
        .map(|point| {
            let access = WalkTime::from_ms(dice.below(40_000));
            (random::position(&graph, &mut dice), access, point)
        })
        .collect();
    let placed = Placed::new(graph.edge_count(), 900, items);
    let micro = (0..900).map(|_| i64::from(dice.below(9_000_000))).collect();
    let sites = (0..150).map(|_| Seeds::new(vec![random::start(&graph, &mut dice)])).collect();
    Town { graph, impedance, placed, micro, sites }
}

fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool").install(work)
}

#[test]
fn an_accumulation_is_a_cost_matrix_summed_up_for_any_number_of_threads() {
    let town = town();
    let cutoff = WalkTime::from_ms(500_000);
    for direction in DIRECTIONS {
        let ground = Ground { graph: &town.graph, impedance: &town.impedance, direction };
        let matrix = CostMatrix::within(&ground, &town.sites, &town.placed, cutoff);
        let row = |row| matrix.row(row).iter().map(|&(p, _)| town.micro[p as usize]).sum::<i64>();
        let expected: Vec<i64> = (0..matrix.rows()).map(row).collect();
        assert!(expected.iter().sum::<i64>() > 0);
        let people = People { micro: &town.micro, groups: 1 };
        for threads in [1, 2, 5] {
            let sums = with_threads(threads, || {
                let asked = Accumulation::new(&ground, &town.placed, people, (cutoff, None));
                asked.at_sites(&town.sites)
            });
            assert_eq!(sums, expected);
        }
    }
}

#[test]
fn a_matrix_larger_than_the_limit_streams_in_order_and_stays_below_it() {
    let town = town();
    let ground = Ground::toward(&town.graph, &town.impedance);
    let cutoff = WalkTime::from_ms(500_000);
    let whole = CostMatrix::within(&ground, &town.sites, &town.placed, cutoff);
    let longest = (0..whole.rows()).map(|row| whole.row(row).len() * 8).max().unwrap();
    for (limit, threads) in [(longest, 3), (3 * longest + 7, 2), (1 << 30, 4)] {
        let mut rows = 0;
        let report = with_threads(threads, || {
            CostMatrix::stream(&ground, &town.sites, &town.placed, (cutoff, limit), |row, pairs| {
                assert_eq!((row, pairs), (rows, whole.row(row)));
                rows += 1;
                Ok::<(), ()>(())
            })
        });
        let report = report.unwrap();
        assert_eq!((report.rows, report.pairs), (whole.rows(), whole.len() as u64));
        assert!(report.peak_bytes <= limit && report.peak_bytes >= longest);
        assert!(limit > whole.len() * 8 || report.peak_bytes < whole.len() * 8);
    }
    let refused =
        CostMatrix::stream(&ground, &town.sites, &town.placed, (cutoff, longest - 1), |_, _| {
            Ok::<(), ()>(())
        });
    assert!(matches!(
        refused,
        Err(StreamError::RowTooLarge { bytes, limit, .. }) if bytes == longest && limit == longest - 1
    ));
    let stopped =
        CostMatrix::stream(&ground, &town.sites, &town.placed, (cutoff, 1 << 20), |row, _| {
            if row == 3 { Err("enough") } else { Ok(()) }
        });
    assert_eq!(stopped, Err(StreamError::Sink("enough")));
}

#[test]
fn a_search_used_again_remembers_nothing() {
    let town = town();
    let ground = Ground::from(&town.graph, &town.impedance);
    let mut search = Search::new(town.graph.node_count());
    for (index, seeds) in town.sites.iter().enumerate() {
        let bound = WalkTime::from_ms(index as u32 * 7_000);
        search.run(&ground, seeds, bound);
        let field = NearestField::sweep(&ground, seeds, bound);
        let reached = town.graph.places().ids().filter(|&node| field.time(node).is_reachable());
        assert_eq!(reached.count(), search.touched().count());
        for node in town.graph.places().ids() {
            assert_eq!(search.time(node), field.time(node));
        }
    }
}
