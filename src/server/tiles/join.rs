//! Street parts that continue each other, as one line.

use super::grid::Unit;

/// A line between two nodes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    /// Node at its beginning.
    pub(super) from: u32,
    /// Node at its end.
    pub(super) to: u32,
    /// Its points.
    pub(super) line: Vec<Unit>,
}

/// Joins pieces where exactly two of them meet.
pub(super) fn join(pieces: Vec<Piece>) -> Vec<Vec<Unit>> {
    let mut ends: Vec<(u32, u32)> = (0_u32..)
        .zip(&pieces)
        .flat_map(|(index, piece)| [(piece.from, index), (piece.to, index)])
        .collect();
    ends.sort_unstable();
    let mut left: Vec<Option<Piece>> = pieces.into_iter().map(Some).collect();
    let mut lines = Vec::new();
    for index in 0..left.len() {
        let Some(piece) = left[index].take() else { continue };
        let mut chain = extend(piece, &ends, &mut left);
        std::mem::swap(&mut chain.from, &mut chain.to);
        chain.line.reverse();
        lines.push(extend(chain, &ends, &mut left).line);
    }
    lines
}

/// Carries a line on from its end as far as there is no choice.
fn extend(mut chain: Piece, ends: &[(u32, u32)], left: &mut [Option<Piece>]) -> Piece {
    while let Some(next) = follower(chain.to, ends).and_then(|meet| {
        let index = meet.into_iter().find(|&index| left[index as usize].is_some())?;
        left[index as usize].take()
    }) {
        let Piece { from, to, mut line } = next;
        let to = if from == chain.to {
            to
        } else {
            line.reverse();
            from
        };
        chain.line.extend(line.into_iter().skip(1));
        chain.to = to;
    }
    chain
}

/// The two pieces that meet at `node`; `None` when it is an end or a fork.
fn follower(node: u32, ends: &[(u32, u32)]) -> Option<[u32; 2]> {
    let first = ends.partition_point(|end| end.0 < node);
    let meeting = ends[first..].iter().take(3).take_while(|end| end.0 == node);
    let meeting: Vec<u32> = meeting.map(|end| end.1).collect();
    meeting.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(from: u32, to: u32) -> Piece {
        Piece { from, to, line: vec![[f64::from(from), 0.0], [f64::from(to), 0.0]] }
    }

    #[test]
    fn parts_are_joined_through_and_forks_are_not() {
        // 1–2–3–4 is one line although 2–3 is drawn the other way; 4 forks to 5 and 6.
        let lines = join(vec![piece(2, 1), piece(3, 2), piece(3, 4), piece(4, 5), piece(4, 6)]);
        let nodes: Vec<Vec<f64>> =
            lines.iter().map(|line| line.iter().map(|point| point[0]).collect()).collect();
        assert_eq!(nodes, [vec![1.0, 2.0, 3.0, 4.0], vec![5.0, 4.0], vec![6.0, 4.0]]);
    }

    #[test]
    fn a_loop_is_one_closed_line() {
        let lines = join(vec![piece(1, 2), piece(2, 3), piece(3, 1)]);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last());
        assert_eq!(lines[0].len(), 4);
    }
}
