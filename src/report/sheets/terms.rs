//! What a plan had to keep: numbers of sites by zone, and the homes that leave it no choice.

use super::super::sheet::{Both, Cell, Sheet};
use super::{NAME, SITE, column, text};

/// A zone with the number of sites that it is to have and has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneCount {
    /// What it is called.
    pub zone: String,
    /// At least so many sites; `None` when nothing is asked.
    pub least: Option<u32>,
    /// At most so many sites; `None` when nothing is asked.
    pub most: Option<u32>,
    /// What is open there today, when that counts.
    pub open: u32,
    /// New sites there.
    pub chosen: u32,
    /// Candidates there.
    pub candidates: u32,
}

/// The rules on zones, and how the plan keeps them.
pub fn zone_rules_sheet(counts: &[ZoneCount]) -> Sheet {
    let limit = |limit: Option<u32>| limit.map_or_else(|| text("–"), |n| text(&n.to_string()));
    let rows = counts.iter().map(|count| {
        vec![
            text(&count.zone),
            limit(count.least),
            limit(count.most),
            Cell::Count(i64::from(count.open)),
            Cell::Count(i64::from(count.chosen)),
            Cell::Count(i64::from(count.candidates)),
        ]
    });
    Sheet {
        name: "zone_rules",
        title: Both::new("Numbers by zone that were asked for", "按片区的点位数要求"),
        text: Both::new(
            "--zone-min and --zone-max; what is open today is counted with --zone-counts-open only.",
            "由 --zone-min 与 --zone-max 给出；现有设施仅在 --zone-counts-open 时计入。",
        ),
        columns: vec![
            column("zone", "zone", "片区"),
            column("least", "at least", "至少"),
            column("most", "at most", "至多"),
            column("open", "open today", "现有计入"),
            column("new", "new", "新增"),
            column("candidates", "candidates", "候选点"),
        ],
        rows: rows.collect(),
    }
}

/// A site without which some homes reach nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForcedSite {
    /// Its id.
    pub site: String,
    /// What it is called; may be empty.
    pub name: String,
    /// Ids of the homes that reach no other candidate and nothing open.
    pub homes: Vec<String>,
    /// Their people, in millionths.
    pub persons: i64,
}

/// Homes that are named for each site.
const HOMES_NAMED: usize = 5;

/// Sites that are in the plan because somebody reaches no other, those forced by fewest people first.
pub fn forced_sheet(mut forced: Vec<ForcedSite>) -> Sheet {
    forced.sort_by(|a, b| a.persons.cmp(&b.persons).then_with(|| a.site.cmp(&b.site)));
    let named = |homes: &[String]| {
        let more = if homes.len() > HOMES_NAMED { " …" } else { "" };
        text(&format!("{}{more}", homes[..homes.len().min(HOMES_NAMED)].join(" ")))
    };
    let rows = forced.iter().map(|one| {
        vec![
            text(&one.site),
            text(&one.name),
            Cell::Count(one.homes.len() as i64),
            Cell::People(one.persons),
            named(&one.homes),
        ]
    });
    Sheet {
        name: "forced",
        title: Both::new("Sites that somebody leaves no choice about", "别无选择的点位"),
        text: Both::new(
            "These homes reach no other candidate and nothing open today: whoever is to be reached, the site must \
             be in the plan.",
            "这些住所到不了其他候选点，也到不了现有设施：要覆盖到他们，该点位必须入选。",
        ),
        columns: vec![
            SITE,
            NAME,
            column("homes", "homes", "住所"),
            column("persons", "people", "人数"),
            column("named", "which", "哪些"),
        ],
        rows: rows.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_site_that_fewest_people_force_comes_first_and_homes_are_named() {
        let homes = |count: usize| (1..=count).map(|n| format!("h{n}")).collect::<Vec<_>>();
        let forced = |site: &str, count, persons| ForcedSite {
            site: site.to_owned(),
            name: String::new(),
            homes: homes(count),
            persons,
        };
        let sheet = forced_sheet(vec![forced("b", 6, 9_000_000), forced("a", 1, 600_000)]);
        assert_eq!(
            sheet.csv(),
            "site,name,homes,persons,named\na,,1,0.6,h1\nb,,6,9,h1 h2 h3 h4 h5 …\n"
        );
    }
}
