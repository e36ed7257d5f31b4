//! Features written as a layer of a vector tile.

use fast_mvt::{MvtCoord, MvtGeomType, MvtLayerBuilder, MvtResult, MvtValueRef};

use super::canvas::{Pixel, RingRole};

/// A shape on the tile.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// A point.
    Point(Pixel),
    /// Lines.
    Lines(Vec<Vec<Pixel>>),
    /// Rings, outer ones before their holes.
    Rings(Vec<(Vec<Pixel>, RingRole)>),
}

impl Shape {
    fn is_empty(&self) -> bool {
        match self {
            Self::Point(_) => false,
            Self::Lines(lines) => lines.is_empty(),
            Self::Rings(rings) => rings.is_empty(),
        }
    }
}

/// What is said of a shape.
#[derive(Clone, Copy, Debug)]
pub(super) enum Said<'a> {
    /// A text.
    Text(&'a str),
    /// A number.
    Number(f64),
}

/// A layer being written.
#[derive(Debug)]
pub(super) struct Layer {
    builder: MvtLayerBuilder,
}

impl Layer {
    /// An empty layer.
    pub(super) fn new(name: &str) -> MvtResult<Self> {
        Ok(Self { builder: MvtLayerBuilder::new(name)? })
    }

    /// Adds a feature; a shape with nothing to see is left out.
    pub(super) fn add(self, shape: &Shape, properties: &[(&str, Said)]) -> MvtResult<Self> {
        if shape.is_empty() {
            return Ok(self);
        }
        let kind = match shape {
            Shape::Point(_) => MvtGeomType::Point,
            Shape::Lines(_) => MvtGeomType::LineString,
            Shape::Rings(_) => MvtGeomType::Polygon,
        };
        let coord = |&[x, y]: &Pixel| MvtCoord { x, y };
        let mut feature = self.builder.feature_of(kind);
        match shape {
            Shape::Point(point) => {
                feature.points([coord(point)])?;
            }
            Shape::Lines(lines) => {
                for line in lines {
                    feature.line(line.iter().map(coord))?;
                }
            }
            Shape::Rings(rings) => {
                for (ring, role) in rings {
                    feature.ring(ring.iter().map(coord), *role == RingRole::Outer)?;
                }
            }
        }
        for (key, said) in properties {
            let value = match said {
                Said::Text(text) => MvtValueRef::String(text),
                Said::Number(number) => MvtValueRef::Double(*number),
            };
            feature.tag_ref(key, value)?;
        }
        Ok(Self { builder: feature.end() })
    }

    /// The bytes of the layer; none when it has no feature.
    pub(super) fn encode(self) -> Vec<u8> {
        if self.builder.num_features() == 0 { Vec::new() } else { self.builder.encode() }
    }
}
