//! A city of square blocks: every time in it follows from arithmetic.

use walkshed::ids::NodeId;
use walkshed::spatial::LonLat;
use walkshed::street::{StreetClass, StreetGraph, StreetIngredients, StreetTraits, StreetWay};

/// A city of `columns` × `rows` crossings on the equator, 90 m apart one way and 110 m the other.
#[derive(Debug)]
pub(crate) struct GridCity {
    pub(crate) ingredients: StreetIngredients,
    pub(crate) columns: i32,
    pub(crate) rows: i32,
}

impl GridCity {
    /// One way a row and one a column.
    pub(crate) fn new(columns: i32, rows: i32) -> Self {
        let place = |column: i32, row: i32| (row * columns + column) as u32;
        let mut ingredients =
            StreetIngredients { names: vec![String::new()], ..StreetIngredients::default() };
        for row in 0..rows {
            for column in 0..columns {
                ingredients.places.push(crossing(column, row));
            }
        }
        let along = (0..rows).map(|row| (0..columns).map(|c| place(c, row)).collect::<Vec<_>>());
        let across = (0..columns).map(|column| (0..rows).map(|r| place(column, r)).collect());
        for (line, source_id) in along.chain(across).zip(1..) {
            let start = ingredients.way_places.len();
            ingredients.way_places.extend(line);
            ingredients.ways.push(StreetWay {
                source_id,
                class: StreetClass::Residential,
                traits: StreetTraits::empty(),
                name: 0,
                places: start..ingredients.way_places.len(),
            });
        }
        Self { ingredients, columns, rows }
    }

    /// The node at a crossing.
    pub(crate) fn node(graph: &StreetGraph, column: i32, row: i32) -> NodeId {
        let place = crossing(column, row);
        graph.places().enumerate().find(|(_, p)| **p == place).expect("the crossing exists").0
    }
}

fn crossing(column: i32, row: i32) -> LonLat {
    LonLat::from_e7(column * 8_085, row * 9_948).expect("the city is small")
}
