//! A clustered city, seeded: 20 km by 20 km, 900 m reach in a straight line. Dense overlap is what makes it hard.

use std::f64::consts::TAU;

use walkshed::placement::{CoverInstance, SiteFacts};

const SIDE: f64 = 20_000.0;
const REACH: f64 = 900.0;
const CELLS: usize = 23;

/// Seeded numbers in `[0, 1)` (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A place in the city: four in five around one of the centers.
    fn place(&mut self, centers: &[(f64, f64, f64)]) -> (f64, f64) {
        loop {
            let (x, y) = if self.roll() < 0.8 {
                let center = centers[(self.roll() * centers.len() as f64) as usize];
                let far = (-2.0 * (1.0 - self.roll()).ln()).sqrt() * center.2;
                let angle = self.roll() * TAU;
                (center.0 + far * angle.cos(), center.1 + far * angle.sin())
            } else {
                (self.roll() * SIDE, self.roll() * SIDE)
            };
            if (0.0..SIDE).contains(&x) && (0.0..SIDE).contains(&y) {
                return (x, y);
            }
        }
    }
}

/// `sites` candidates and `rows` places with people, covered within [`REACH`] in a straight line.
pub(super) fn city(sites: usize, rows: usize, seed: u64) -> CoverInstance {
    let mut dice = Dice(seed);
    let centers: Vec<_> = (0..40)
        .map(|_| (dice.roll() * SIDE, dice.roll() * SIDE, 400.0 + dice.roll() * 1600.0))
        .collect();
    let mut grid = vec![Vec::new(); CELLS * CELLS];
    let mut weights = Vec::with_capacity(rows);
    for row in 0..rows {
        let (x, y) = dice.place(&centers);
        weights.push((1 + (dice.roll() * dice.roll() * 40.0) as i64) * 1_000_000);
        grid[(x / REACH) as usize * CELLS + (y / REACH) as usize].push((row as u32, x, y));
    }
    let mut builder = CoverInstance::builder(weights).expect("weights are small");
    for _ in 0..sites {
        let (x, y) = dice.place(&centers);
        let (column, line) = ((x / REACH) as usize, (y / REACH) as usize);
        let mut covered = Vec::new();
        for near in column.saturating_sub(1)..=(column + 1).min(CELLS - 1) {
            for cell in line.saturating_sub(1)..=(line + 1).min(CELLS - 1) {
                let inside = grid[near * CELLS + cell]
                    .iter()
                    .filter(|(_, a, b)| (a - x).powi(2) + (b - y).powi(2) <= REACH * REACH);
                covered.extend(inside.map(|(row, _, _)| *row));
            }
        }
        builder.add_site(&covered, SiteFacts::default()).expect("rows are in range");
    }
    builder.build()
}
