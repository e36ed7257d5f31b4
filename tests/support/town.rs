//! Towns drawn in characters.
//!
//! One character is 100 m (to 3 mm) both ways, on the equator. Letters and `+` are places where ways meet;
//! between them run public streets `-` `|`, private streets `=` `!` and steps `~` `:`. Each run between two
//! places is a way of its own.

use std::collections::BTreeMap;

use walkshed::ids::EdgeId;
use walkshed::reach::{Ground, NearestField, Seeds};
use walkshed::spatial::LonLat;
use walkshed::street::{
    BarrierKind, EdgePosition, Impedance, NodeBarrier, Snapped, StreetClass, StreetGraph,
    StreetIngredients, StreetTraits, StreetWay, WalkProfile,
};
use walkshed::units::WalkTime;

/// Whole 1e-7 degrees of longitude and latitude that span a character: 99.998 m and 100.003 m.
const PITCH_E7: (i32, i32) = (8_983, 9_044);

/// A drawn town: its ingredients and where its letters stand.
#[derive(Clone, Debug)]
pub(crate) struct Town {
    pub(crate) ingredients: StreetIngredients,
    letters: BTreeMap<char, u32>,
}

/// A place by column and row (south is down), in characters.
pub(crate) fn spot(column: f64, row: f64) -> LonLat {
    let (dx, dy) = (f64::from(PITCH_E7.0), f64::from(PITCH_E7.1));
    LonLat::from_e7(100_000_000 + (column * dx).round() as i32, -((row * dy).round() as i32))
        .expect("drawings are small")
}

fn is_place(mark: char) -> bool {
    mark == '+' || mark.is_ascii_alphabetic()
}

/// What a street character stands for, and whether it runs down.
fn street_of(mark: char) -> Option<(StreetClass, StreetTraits, bool)> {
    Some(match mark {
        '-' => (StreetClass::Residential, StreetTraits::empty(), false),
        '|' => (StreetClass::Residential, StreetTraits::empty(), true),
        '=' => (StreetClass::Service, StreetTraits::PRIVATE, false),
        '!' => (StreetClass::Service, StreetTraits::PRIVATE, true),
        '~' => (StreetClass::Steps, StreetTraits::empty(), false),
        ':' => (StreetClass::Steps, StreetTraits::empty(), true),
        _ => return None,
    })
}

impl Town {
    /// Reads a drawing; empty lines at its beginning are left out.
    pub(crate) fn draw(drawing: &str) -> Self {
        let rows: Vec<Vec<char>> = drawing
            .lines()
            .skip_while(|l| l.trim().is_empty())
            .map(|l| l.chars().collect())
            .collect();
        let mark = |column: usize, row: usize| -> char {
            rows.get(row).and_then(|line| line.get(column)).copied().unwrap_or(' ')
        };
        let names = vec![String::new()];
        let mut town = Self {
            ingredients: StreetIngredients { names, ..StreetIngredients::default() },
            letters: BTreeMap::new(),
        };
        let mut place_of = BTreeMap::new();
        for (row, line) in rows.iter().enumerate() {
            for (column, &letter) in line.iter().enumerate().filter(|(_, m)| is_place(**m)) {
                let place = town.ingredients.places.len() as u32;
                town.ingredients.places.push(spot(column as f64, row as f64));
                place_of.insert((column, row), place);
                if letter != '+' {
                    assert!(town.letters.insert(letter, place).is_none(), "{letter} stands twice");
                }
            }
        }
        for (&(column, row), &place) in &place_of {
            for (dx, dy) in [(1, 0), (0, 1)] {
                let first = mark(column + dx, row + dy);
                let Some((class, traits, down)) = street_of(first) else { continue };
                if down != (dy == 1) {
                    continue;
                }
                let mut at = (column + dx, row + dy);
                while mark(at.0, at.1) == first {
                    at = (at.0 + dx, at.1 + dy);
                }
                let end = place_of.get(&at).expect("a street ends at a letter or a plus");
                town.push_way(&[place, *end], class, traits);
            }
        }
        town
    }

    /// Adds a way over `places`.
    pub(crate) fn push_way(&mut self, places: &[u32], class: StreetClass, traits: StreetTraits) {
        let start = self.ingredients.way_places.len();
        self.ingredients.way_places.extend_from_slice(places);
        self.ingredients.ways.push(StreetWay {
            source_id: self.ingredients.ways.len() as i64 + 1,
            class,
            traits,
            name: 0,
            places: start..start + places.len(),
        });
    }

    /// The town with a street straight from one letter to another.
    pub(crate) fn with_street(mut self, from: char, to: char, traits: StreetTraits) -> Self {
        let places = [self.letters[&from], self.letters[&to]];
        self.push_way(&places, StreetClass::Footway, traits);
        self
    }

    /// The town with a barrier on a letter.
    pub(crate) fn with_barrier(mut self, letter: char, kind: BarrierKind) -> Self {
        let barrier = NodeBarrier::new(self.letters[&letter], 7_000, kind);
        self.ingredients.barriers.push(barrier);
        self.ingredients.barriers.sort_by_key(|barrier| barrier.place);
        self
    }

    /// The town with what the barrier on a letter means to wheels.
    pub(crate) fn with_wheels(mut self, letter: char, traits: StreetTraits) -> Self {
        let place = self.letters[&letter];
        let here = self.ingredients.barriers.iter_mut().filter(|barrier| barrier.place == place);
        here.for_each(|barrier| barrier.traits = traits);
        self
    }

    /// The position of a letter among the places.
    pub(crate) fn index(&self, letter: char) -> u32 {
        self.letters[&letter]
    }

    /// Where a letter stands.
    pub(crate) fn place(&self, letter: char) -> LonLat {
        self.ingredients.places[self.letters[&letter] as usize]
    }

    /// The town as `profile` walks it.
    pub(crate) fn walked_by(&self, profile: &WalkProfile) -> Walked {
        let graph = StreetGraph::build(&self.ingredients);
        let impedance = Impedance::new(&graph, profile);
        Walked { town: self.clone(), graph, impedance }
    }
}

/// A town as one walker sees it.
#[derive(Debug)]
pub(crate) struct Walked {
    pub(crate) town: Town,
    pub(crate) graph: StreetGraph,
    pub(crate) impedance: Impedance,
}

impl Walked {
    /// The street between two letters: the side that homes lie on.
    pub(crate) fn street(&self, a: char, b: char) -> EdgeId {
        let ends = [self.town.place(a), self.town.place(b)];
        let found = self.graph.edges().enumerate().find(|&(id, edge)| {
            let shape = self.graph.shape(id);
            let (first, last) = (shape[0], shape[shape.len() - 1]);
            edge.class != StreetClass::Gate
                && !self.graph.is_entering_side(id)
                && ([first, last] == ends || [last, first] == ends)
        });
        found.map(|(id, _)| id).expect("the drawing has the street")
    }

    /// The position `meters` from letter `a` on the street to letter `b`.
    pub(crate) fn at(&self, a: char, b: char, meters: u32) -> EdgePosition {
        let edge = self.street(a, b);
        let length = self.graph.edges()[edge].length_mm;
        let from_start = self.graph.shape(edge)[0] == self.town.place(a);
        let mm = (meters * 1_000).min(length);
        EdgePosition { edge, offset_mm: if from_start { mm } else { length - mm } }
    }

    /// Seeds of facilities at `positions`, numbered from 0, without access legs.
    pub(crate) fn seeds(&self, positions: &[EdgePosition]) -> Seeds {
        let snaps: Vec<Snapped> = positions.iter().map(|&p| snapped(&self.graph, p)).collect();
        Seeds::of_snaps(&self.graph, &self.impedance, (0..).zip(&snaps))
    }

    /// Seconds on foot from `home` to the nearest of `facilities`, rounded.
    pub(crate) fn seconds(&self, home: EdgePosition, facilities: &[EdgePosition]) -> Option<u32> {
        let ground = Ground::toward(&self.graph, &self.impedance);
        let seeds = self.seeds(facilities);
        let field = NearestField::sweep(&ground, &seeds, WalkTime::LONGEST);
        field.at(&ground, &seeds, home).map(|(time, _)| time.as_seconds().round() as u32)
    }
}

/// A point that stands on the street.
pub(crate) fn snapped(graph: &StreetGraph, position: EdgePosition) -> Snapped {
    let place = graph.place_at(position.edge, position.offset_mm);
    Snapped::on_street(position, place)
}
