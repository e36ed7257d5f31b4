//! Whether anything stands between two points.

use crate::spatial::PlanarPoint;

/// How much short of a street a look ends: a street that runs on a wall is seen from both sides of it.
const SHORT_M: f32 = 0.05;
/// No piece.
const NONE: u32 = u32::MAX;

/// Pieces of obstacles in and around a tile, kept by the square they pass; metres from the tile's corner.
#[derive(Debug, Default)]
pub(super) struct Sight {
    pieces: Vec<[f32; 4]>,
    /// Squares to a side, and how many of them lie before the tile's corner.
    side: usize,
    margin: f32,
    pitch: [f32; 2],
    /// First link of each square.
    heads: Vec<u32>,
    /// A piece and the next link.
    links: Vec<(u32, u32)>,
}

impl Sight {
    /// An empty view over `side` squares of `pitch` metres, of which `margin` lie before the corner.
    pub(super) fn clear(&mut self, side: usize, margin: usize, pitch: [f32; 2]) {
        (self.side, self.margin, self.pitch) = (side, margin as f32, pitch);
        self.pieces.clear();
        self.links.clear();
        self.heads.clear();
        self.heads.resize(side * side, NONE);
    }

    /// Whether nothing is in the way anywhere.
    pub(super) fn is_open(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Adds a piece of an obstacle.
    pub(super) fn add(&mut self, from: PlanarPoint, to: PlanarPoint) {
        let piece = [from.x as f32, from.y as f32, to.x as f32, to.y as f32];
        let [columns, rows] = self.squares(piece);
        let number = self.pieces.len() as u32;
        self.pieces.push(piece);
        for row in rows[0]..=rows[1] {
            for column in columns[0]..=columns[1] {
                let head = &mut self.heads[row * self.side + column];
                self.links.push((number, *head));
                *head = self.links.len() as u32 - 1;
            }
        }
    }

    /// Columns and rows of the squares around a piece.
    fn squares(&self, [ax, ay, bx, by]: [f32; 4]) -> [[usize; 2]; 2] {
        let square = |meters: f32, pitch: f32| {
            ((meters / pitch + self.margin).max(0.0) as usize).min(self.side - 1)
        };
        let span = |a: f32, b: f32, axis: usize| {
            [square(a.min(b), self.pitch[axis]), square(a.max(b), self.pitch[axis])]
        };
        [span(ax, bx, 0), span(ay, by, 1)]
    }

    /// Whether the street at `foot` can be seen from `eye`; touching an obstacle hides nothing.
    pub(super) fn sees(&self, eye: [f32; 2], foot: [f32; 2]) -> bool {
        let (dx, dy) = (foot[0] - eye[0], foot[1] - eye[1]);
        let length = dx.hypot(dy);
        if length <= SHORT_M {
            return true;
        }
        let kept = 1.0 - SHORT_M / length;
        let look = [eye[0], eye[1], eye[0] + dx * kept, eye[1] + dy * kept];
        let [columns, rows] = self.squares(look);
        for row in rows[0]..=rows[1] {
            for column in columns[0]..=columns[1] {
                let mut link = self.heads[row * self.side + column];
                while link != NONE {
                    let (piece, next) = self.links[link as usize];
                    if hides(self.pieces[piece as usize], look) {
                        return false;
                    }
                    link = next;
                }
            }
        }
        true
    }
}

/// Whether a piece crosses a look. A look through the corner of two pieces crosses one of them.
fn hides([ax, ay, bx, by]: [f32; 4], [px, py, qx, qy]: [f32; 4]) -> bool {
    let (ux, uy) = (qx - px, qy - py);
    let side = |x: f32, y: f32| ux * (y - py) - uy * (x - px);
    if (side(ax, ay) >= 0.0) == (side(bx, by) >= 0.0) {
        return false;
    }
    let (vx, vy) = (bx - ax, by - ay);
    let of = |x: f32, y: f32| vx * (y - ay) - vy * (x - ax);
    let (eye, foot) = (of(px, py), of(qx, qy));
    (eye > 0.0 && foot < 0.0) || (eye < 0.0 && foot > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(pieces: &[[f64; 4]]) -> Sight {
        let mut sight = Sight::default();
        sight.clear(8, 2, [20.0, 20.0]);
        for &[ax, ay, bx, by] in pieces {
            sight.add(PlanarPoint { x: ax, y: ay }, PlanarPoint { x: bx, y: by });
        }
        sight
    }

    #[test]
    fn a_wall_hides_what_is_behind_it_and_nothing_beside_it() {
        let sight = wall(&[[10.0, -15.0, 10.0, 15.0]]);
        assert!(!sight.sees([0.0, 0.0], [20.0, 0.0]));
        assert!(sight.sees([0.0, 0.0], [9.0, 0.0]));
        assert!(sight.sees([0.0, 16.0], [20.0, 16.0]));
    }

    #[test]
    fn a_street_on_a_wall_is_seen_from_both_sides() {
        let sight = wall(&[[10.0, -15.0, 10.0, 15.0]]);
        assert!(sight.sees([0.0, 0.0], [10.0, 0.0]));
        assert!(sight.sees([20.0, 0.0], [10.0, 0.0]));
    }

    #[test]
    fn nobody_looks_through_the_corner_of_a_wall() {
        let sight = wall(&[[10.0, -15.0, 10.0, 0.0], [10.0, 0.0, 10.0, 15.0]]);
        assert!(!sight.sees([0.0, 0.0], [20.0, 0.0]));
    }
}
