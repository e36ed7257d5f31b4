//! What centers with several functions bring, promise by promise.

use crate::placement::multi_function::{MultiFunctionInstance, MultiFunctionPlan};
use crate::placement::several::Promised;

use super::super::sheet::{Both, Cell, Sheet};
use super::{column, share};

/// One row a promise, then one for those who have all of them.
pub fn functions_sheet(
    promises: &[Promised],
    instance: &MultiFunctionInstance,
    plan: &MultiFunctionPlan,
) -> Sheet {
    let mut rows = Vec::new();
    for (function, (promised, &reached)) in (0_u32..).zip(promises.iter().zip(&plan.reached)) {
        let need = &promised.need;
        let (total, before) = (need.total.as_micro(), need.covered.as_micro());
        let housed = plan.modules.iter().filter(|module| module.function == function).count();
        rows.push(vec![
            Cell::Words(Both::new(&need.rule.en, &need.rule.zh)),
            Cell::Count(housed as i64),
            Cell::People(total),
            share(before, total),
            share(before + reached, total),
            Cell::People(reached),
        ]);
    }
    let need = &promises[0].need;
    let total = need.total.as_micro();
    // Whoever is in no row has everything already.
    let lacking: i64 = (0..instance.persons.len())
        .filter(|&row| !instance.functions.iter().all(|function| function.is_settled(row)))
        .map(|row| instance.persons[row])
        .sum();
    rows.push(vec![
        Cell::Words(Both::new("all of them", "全部功能")),
        Cell::Count(plan.chosen.len() as i64),
        Cell::People(total),
        share(total - lacking, total),
        share(total - lacking + plan.completed, total),
        Cell::People(plan.completed),
    ]);
    Sheet {
        name: "functions",
        title: Both::new("Promise by promise", "按各项承诺"),
        text: Both::new(
            "Covered today and with the plan. The last row: people within reach of all functions at once.",
            "现状与规划后的覆盖率。最后一行为同时可达全部功能的人。",
        ),
        columns: vec![
            column("promise", "promise", "承诺"),
            column("sites", "housed in", "设置点位数"),
            column("persons", "people", "人数"),
            column("share_before", "today", "现状"),
            column("share_after", "with the plan", "规划后"),
            column("gain_persons", "newly covered", "新增覆盖"),
        ],
        rows,
    }
}
