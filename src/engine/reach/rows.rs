//! Things by row: lists of many rows in two arrays.

use rayon::prelude::*;

/// Rows that a thread works out in one go.
const ROWS_AT_ONCE: usize = 1 << 12;

/// Where every row begins, and the things, row by row.
#[derive(Clone, Debug)]
pub(super) struct Rows<T> {
    first: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { first: vec![0], items: Vec::new() }
    }
}

impl<T: Copy + Send + Sync> Rows<T> {
    /// `rows` rows from things that each know theirs; within a row they keep their order.
    pub(super) fn gather(rows: usize, items: impl Iterator<Item = (u32, T)> + Clone) -> Self {
        let mut first = vec![0_u32; rows + 1];
        for (row, _) in items.clone() {
            first[row as usize + 1] += 1;
        }
        for row in 0..rows {
            first[row + 1] += first[row];
        }
        let mut next = first.clone();
        let Some((_, filler)) = items.clone().next() else {
            return Self { first, items: Vec::new() };
        };
        let mut sorted = vec![filler; first[rows] as usize];
        for (row, item) in items {
            let free = &mut next[row as usize];
            sorted[*free as usize] = item;
            *free += 1;
        }
        Self { first, items: sorted }
    }

    /// `rows` rows, each appended by `fill`, with working memory of its thread; in parallel.
    pub(super) fn build<S>(
        rows: usize,
        scratch: impl Fn() -> S + Sync,
        fill: impl Fn(&mut S, u32, &mut Vec<T>) + Sync,
    ) -> Self {
        let starts: Vec<usize> = (0..rows).step_by(ROWS_AT_ONCE).collect();
        let pieces: Vec<(Vec<u32>, Vec<T>)> = starts
            .into_par_iter()
            .map_init(&scratch, |scratch, start| {
                let (mut ends, mut items) = (Vec::with_capacity(ROWS_AT_ONCE), Vec::new());
                for row in start..rows.min(start + ROWS_AT_ONCE) {
                    fill(scratch, row as u32, &mut items);
                    ends.push(items.len() as u32);
                }
                (ends, items)
            })
            .collect();
        let mut first = Vec::with_capacity(rows + 1);
        let mut items = Vec::with_capacity(pieces.iter().map(|piece| piece.1.len()).sum());
        first.push(0);
        for (ends, piece) in pieces {
            let before = items.len() as u32;
            first.extend(ends.into_iter().map(|end| before + end));
            items.extend(piece);
        }
        Self { first, items }
    }

    /// `rows` rows from things that stand in the order of their rows already, each with its row.
    pub(super) fn laid(rows: usize, items: Vec<T>, row_of: impl Fn(&T) -> u32) -> Self {
        let mut first = vec![0_u32; rows + 1];
        for item in &items {
            first[row_of(item) as usize + 1] += 1;
        }
        for row in 0..rows {
            first[row + 1] += first[row];
        }
        Self { first, items }
    }

    /// The same rows, each in the order of `key`; in parallel.
    #[must_use]
    pub(super) fn sorted_by_key<K: Ord>(mut self, key: impl Fn(&T) -> K + Sync) -> Self {
        sort_rows(&self.first, &mut self.items, &key);
        self
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.first.len() - 1
    }

    /// The things of a row.
    #[inline]
    pub(super) fn of(&self, row: u32) -> &[T] {
        &self.items[self.range(row)]
    }

    /// Where the things of a row stand among all.
    #[inline]
    pub(super) fn range(&self, row: u32) -> std::ops::Range<usize> {
        let row = row as usize;
        self.first[row] as usize..self.first[row + 1] as usize
    }

    /// All things, row by row.
    pub(super) fn all(&self) -> &[T] {
        &self.items
    }
}

/// Sorts every row of `items`, which begin and end where `first` says.
fn sort_rows<T: Send, K: Ord>(first: &[u32], items: &mut [T], key: &(impl Fn(&T) -> K + Sync)) {
    let rows = first.len() - 1;
    if rows > ROWS_AT_ONCE {
        let middle = rows / 2;
        let (left, right) = items.split_at_mut((first[middle] - first[0]) as usize);
        rayon::join(
            || sort_rows(&first[..=middle], left, key),
            || sort_rows(&first[middle..], right, key),
        );
        return;
    }
    let mut rest = items;
    for ends in first.windows(2) {
        let (row, after) = rest.split_at_mut((ends[1] - ends[0]) as usize);
        row.sort_unstable_by_key(key);
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_come_to_their_rows_in_order() {
        let things = [(2, 'a'), (0, 'b'), (2, 'c'), (4, 'd'), (2, 'b')];
        let rows = Rows::gather(5, things.into_iter());
        let of = |rows: &Rows<char>, row| rows.of(row).iter().collect::<String>();
        assert_eq!((0..5).map(|row| of(&rows, row)).collect::<Vec<_>>(), ["b", "", "acb", "", "d"]);
        let sorted = rows.sorted_by_key(|&thing| thing);
        assert_eq!(of(&sorted, 2), "abc");
        assert_eq!(sorted.range(4), 4..5);
        let laid = Rows::laid(3, vec!['b', 'b', 'c'], |&thing| u32::from(thing) - u32::from('a'));
        assert_eq!((0..3).map(|row| of(&laid, row)).collect::<Vec<_>>(), ["", "bb", "c"]);
        assert_eq!(Rows::<char>::gather(3, std::iter::empty()).len(), 3);
    }

    #[test]
    fn rows_built_in_pieces_join() {
        let rows = Rows::build(
            3 * ROWS_AT_ONCE + 7,
            || (),
            |(), row, out| out.extend((0..row % 5).map(|n| row + n)),
        );
        assert_eq!(rows.len(), 3 * ROWS_AT_ONCE + 7);
        for row in 0..rows.len() as u32 {
            assert!(rows.of(row).iter().copied().eq((0..row % 5).map(|n| row + n)));
        }
        let things: usize = (0..rows.len()).map(|row| row % 5).sum();
        assert_eq!(rows.all().len(), things);
        let turned = rows.clone().sorted_by_key(|&thing| std::cmp::Reverse(thing));
        for row in 0..rows.len() as u32 {
            assert!(turned.of(row).iter().eq(rows.of(row).iter().rev()));
        }
    }
}
