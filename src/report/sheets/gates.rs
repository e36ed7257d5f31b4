//! Gates to open, and what each candidate gate is worth by itself.

use crate::ids::{Id, SiteId};
use crate::placement::gates::GateRank;
use crate::placement::openings::{Openings, Taken};

use super::super::sheet::{Both, Cell, Column, Sheet};
use super::{column, degree, text};

const GATE: Column = column("gate", "gate", "开口");
const GAP: Column = column("gap_m", "gap, m", "间隔（米）");
const WALK: Column = column("walk_m", "walk today, m", "现绕行（米）");

/// The name of a gate in files.
pub(super) fn gate_key(choice: usize) -> String {
    format!("gate-{}", choice + 1)
}

fn spot(openings: &Openings, choice: SiteId) -> Vec<Cell> {
    let gate = &openings.found[choice.index()];
    let graph = openings.need.site.graph;
    let streets = [gate.from, gate.to].map(|side| graph.name(side.edge)).join(" | ");
    let streets = if streets == " | " { String::new() } else { streets };
    vec![
        text(&gate_key(choice.index())),
        text(&streets),
        degree(gate.places.0.lon()),
        degree(gate.places.0.lat()),
        Cell::Meters(Some(gate.gap.0)),
        Cell::Meters(gate.walk.map(|walk| walk.0)),
    ]
}

fn columns(last: [Column; 2]) -> Vec<Column> {
    let streets = column("streets", "between", "两侧街道");
    let place = [column("lon", "lon", "经度"), column("lat", "lat", "纬度")];
    [GATE, streets].into_iter().chain(place).chain([GAP, WALK]).chain(last).collect()
}

/// The gates of the plan in the order in which they bring most, sites among them counted but not listed.
pub fn gates_sheet(openings: &Openings, order: &[Taken]) -> Sheet {
    let mut cumulative = 0;
    let mut rows = Vec::new();
    for taken in order {
        cumulative += taken.gain;
        if taken.choice.index() < openings.found.len() {
            let mut cells = spot(openings, taken.choice);
            cells.extend([Cell::People(taken.gain), Cell::People(cumulative)]);
            rows.push(cells);
        }
    }
    Sheet {
        name: "gates",
        title: Both::new("Gates to open", "拟开设的出入口"),
        text: Both::new(
            "A gate joins two street parts that lie close but walk far apart; no building and no water lies \
             between them. Whether it can be built is to be seen on the spot. A dash: today there is no walk of \
             less than three times what was asked.",
            "出入口连接相距很近但步行绕远的两处道路，其间没有建筑和水面；能否实施须现场核实。“–”表示现状绕行超过所设值的三倍。",
        ),
        columns: columns([
            column("gain_persons", "newly covered", "新增覆盖"),
            column("cumulative_persons", "in all", "累计"),
        ]),
        rows,
    }
}

/// The candidate gates by the people that each alone would newly cover.
pub fn gate_rank_sheet(openings: &Openings, ranks: &[GateRank]) -> Sheet {
    let gates = ranks.iter().filter(|rank| rank.choice.index() < openings.found.len());
    let useful = gates.filter(|rank| rank.alone > 0 || rank.last > 0);
    let rows = useful.map(|rank| {
        let mut cells = spot(openings, rank.choice);
        cells.extend([Cell::People(rank.alone), Cell::People(rank.last)]);
        cells
    });
    Sheet {
        name: "gate_ranks",
        title: Both::new("What each gate alone is worth", "各出入口单独的作用"),
        text: Both::new(
            "People newly covered when only this gate opens, and people lost when all open but this one: a gate \
             that only helps together with others has 0 in the first column.",
            "仅开此口时的新增覆盖人数，以及其余全部开放、唯独不开此口时减少的人数；须与其他口配合才有用的口，第一列为 0。",
        ),
        columns: columns([
            column("alone_persons", "alone", "单独新增"),
            column("last_persons", "lost without it", "缺失损失"),
        ]),
        rows: rows.collect(),
    }
}
