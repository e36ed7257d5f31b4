//! Multipliers in whole numbers, and what they prove.

use rayon::prelude::*;

use super::super::certificate::Multipliers;
use super::super::model::Kind;
use super::super::side_rows::budget_price;
use super::{Dual, Look, Primary, Proven};

impl Dual<'_> {
    /// What no multipliers at all prove: every row left is covered. `None` unless weight is gained.
    pub(in crate::placement) fn plain(&self) -> Option<Proven> {
        if self.model.kind != Kind::Gain {
            return None;
        }
        let scale = i128::from(self.scale);
        let reduced: Vec<i128> =
            self.model.price.iter().map(|price| i128::from(*price) * scale).collect();
        let whole: i128 = self.model.weight.iter().map(|weight| i128::from(*weight)).sum();
        let low = (i128::from(self.model.base) - whole) * scale + reduced.iter().sum::<i128>();
        let rows = vec![0; self.model.class_count()];
        Some(Proven {
            set: Multipliers { objective: 1, rows, ..Multipliers::default() },
            low,
            reduced,
        })
    }

    /// The multipliers in whole numbers and what they prove.
    pub(in crate::placement) fn proven(&mut self) -> Proven {
        self.work += self.model.rows_of.pairs() as u64 * 2;
        let scale = self.scale as f64;
        let is_target = matches!(self.primary, Primary::Target(_));
        let theta =
            if is_target { self.relaxed(&self.share, &self.prices, Look::All).theta } else { 1.0 };
        let whole_theta = (theta * scale).floor().clamp(0.0, 1e18) as i64;
        let row = |class: usize| {
            let weight = self.model.weight[class];
            let value =
                (self.share[class] * weight as f64 * theta * scale).floor().clamp(0.0, 1e18) as i64;
            match self.model.kind {
                Kind::All => value,
                Kind::Gain => value.min(weight.saturating_mul(self.scale)),
                Kind::Target => value.min(weight.saturating_mul(whole_theta)),
            }
        };
        let mut set = Multipliers {
            objective: 1,
            rows: (0..self.model.class_count()).map(row).collect(),
            target: if is_target { whole_theta } else { 0 },
            ..Multipliers::default()
        };
        let rows = set.rows.iter().zip(&self.model.weight);
        let mut low = i128::from(self.model.base) * i128::from(self.scale);
        low += match self.model.kind {
            Kind::All => rows.map(|(row, _)| i128::from(*row)).sum::<i128>(),
            Kind::Gain => rows
                .map(|(row, weight)| {
                    i128::from(*row) - i128::from(*weight) * i128::from(self.scale)
                })
                .sum(),
            Kind::Target => rows
                .map(|(row, weight)| {
                    i128::from(*row) - i128::from(*weight) * i128::from(whole_theta)
                })
                .sum(),
        };
        if let Primary::Target(target) = self.primary {
            low += i128::from(whole_theta) * i128::from(target);
        }
        let mut reduced: Vec<i128> = (0..self.model.site_count())
            .into_par_iter()
            .with_min_len(256)
            .map(|site| {
                let classes = self.model.rows_of.get(site as u32).iter();
                let worth: i128 = classes.map(|&class| i128::from(set.rows[class as usize])).sum();
                i128::from(self.model.price[site]) * i128::from(self.scale) - worth
            })
            .collect();
        for (side, price) in self.sides.iter().zip(&self.prices) {
            let price = (price * scale).round().clamp(0.0, 1e18) as i64;
            if price > 0 {
                low -= i128::from(price) * i128::from(side.most);
                side.terms.iter().for_each(|(site, a)| {
                    reduced[*site as usize] += i128::from(price) * i128::from(*a);
                });
                side.rule.note(&mut set, price);
            }
        }
        low -= self.price_primary(&mut set, &mut reduced);
        low += reduced.iter().map(|reduced| (*reduced).min(0)).sum::<i128>();
        Proven { set, low, reduced }
    }

    /// Sets the multiplier of the count or budget; returns what it takes from the constant.
    fn price_primary(&self, set: &mut Multipliers, reduced: &mut [i128]) -> i128 {
        match self.primary {
            Primary::Count(places) => {
                let places = places.max(0) as usize;
                let mut order: Vec<i128> =
                    reduced.iter().copied().filter(|reduced| *reduced < 0).collect();
                if order.len() <= places {
                    return 0;
                }
                let price = -*order.select_nth_unstable(places).1;
                set.count = price as i64;
                for reduced in reduced.iter_mut() {
                    *reduced += price;
                }
                price * places as i128
            }
            Primary::Budget(most) => {
                let plain: Vec<f64> = reduced.iter().map(|reduced| *reduced as f64).collect();
                let price = budget_price(most, &plain, &self.model.cost).clamp(0.0, 1e18) as i64;
                set.budget = price;
                for (reduced, cost) in reduced.iter_mut().zip(&self.model.cost) {
                    *reduced += i128::from(price) * i128::from(*cost);
                }
                i128::from(price) * i128::from(most)
            }
            Primary::None | Primary::Target(_) => 0,
        }
    }
}
