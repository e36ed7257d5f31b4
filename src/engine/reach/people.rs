//! Who is where: people at points, drawn together where they share a place.

use super::landing::Placed;

/// People at points, by group, in whole millionths of a person.
#[derive(Clone, Copy, Debug)]
pub struct People<'a> {
    /// Counts, point by point, group by group within a point.
    pub micro: &'a [i64],
    /// How many groups there are; at least 1.
    pub groups: usize,
}

/// Places that people are at: points of one position and access leg are one spot.
#[derive(Debug)]
pub(super) struct Spots {
    /// Their positions; the points are spots.
    pub(super) placed: Placed,
    /// Whole millionths of a person, spot by spot, group by group within a spot.
    micro: Vec<i64>,
    /// How many groups there are.
    pub(super) groups: usize,
}

impl Spots {
    /// The spots of the points that anybody is at.
    pub(super) fn gather(edges: usize, placed: &Placed, people: &People) -> Self {
        let groups = people.groups.max(1);
        let of = |point: u32| {
            let first = (point as usize * groups).min(people.micro.len());
            &people.micro[first..(first + groups).min(people.micro.len())]
        };
        let mut positions = vec![0_u8; placed.points()];
        for item in placed.all() {
            let count = &mut positions[item.2 as usize];
            *count = count.saturating_add(1);
        }
        let mut spot_of = vec![u32::MAX; placed.points()];
        let (mut items, mut micro) = (Vec::with_capacity(placed.all().len()), Vec::new());
        let mut last = None;
        for &(position, access, point) in placed.all() {
            let own = of(point);
            if own.iter().all(|&count| count == 0) {
                continue;
            }
            let is_single = positions[point as usize] == 1;
            if is_single && last == Some((position, access)) {
                let first = micro.len() - groups;
                micro[first..]
                    .iter_mut()
                    .zip(own)
                    .for_each(|(sum, &count): (&mut i64, _)| *sum += count);
                continue;
            }
            let spot = &mut spot_of[point as usize];
            if *spot == u32::MAX {
                *spot = (micro.len() / groups) as u32;
                micro.extend_from_slice(own);
                micro.resize((*spot as usize + 1) * groups, 0);
                last = is_single.then_some((position, access));
            }
            items.push((position, access, *spot));
        }
        let placed = Placed::laid(edges, micro.len() / groups, items);
        Self { placed, micro, groups }
    }

    /// The people of one group at a spot.
    #[inline]
    pub(super) fn weight(&self, spot: u32, group: usize) -> i64 {
        self.micro[spot as usize * self.groups + group]
    }
}
