//! The most people that open sites can serve.

/// A maximum flow from classes of people to open sites.
///
/// Shortest augmenting paths (J. Edmonds and R. M. Karp, "Theoretical improvements in algorithmic efficiency for
/// network flow problems", J. ACM 19, 1972), found backwards from sites with room.
pub(super) struct Flow {
    /// People of each class sent to each of its sites.
    pub(super) sent: Vec<Vec<i64>>,
    pub(super) served: i64,
}

impl Flow {
    pub(super) fn most(classes: &[(Vec<u32>, i64)], serves: &[i64], open: &[bool]) -> Self {
        let mut sent: Vec<Vec<i64>> = classes.iter().map(|class| vec![0; class.0.len()]).collect();
        let mut room: Vec<i64> =
            serves.iter().zip(open).map(|(&most, &open)| if open { most } else { 0 }).collect();
        let mut left: Vec<i64> = classes.iter().map(|class| class.1).collect();
        let mut guests: Vec<Vec<(usize, usize)>> = vec![Vec::new(); serves.len()];
        for (class, (sites, _)) in classes.iter().enumerate() {
            for (place, &site) in sites.iter().enumerate() {
                if open[site as usize] {
                    guests[site as usize].push((class, place));
                }
            }
        }
        for (class, (sites, _)) in classes.iter().enumerate() {
            for (place, &site) in sites.iter().enumerate() {
                let taken = left[class].min(room[site as usize]);
                sent[class][place] += taken;
                left[class] -= taken;
                room[site as usize] -= taken;
            }
        }
        while let Some((class, path)) = path(classes, &guests, (&sent, &left, &room)) {
            let mut amount = left[class];
            for &(_, _, back) in &path {
                if let Some((class, place)) = back {
                    amount = amount.min(sent[class][place]);
                }
            }
            let Some(&(_, last, _)) = path.last() else { break };
            amount = amount.min(room[last]);
            for &((class, place), _, back) in &path {
                if let Some((class, place)) = back {
                    sent[class][place] -= amount;
                }
                sent[class][place] += amount;
            }
            left[class] -= amount;
            room[last] -= amount;
        }
        let total = sent.iter().flatten().sum();
        Self { sent, served: total }
    }
}

/// How a site was come to: the pair of class and place that would bring people, and the pair that gave them up.
type Came = (usize, usize, Option<(usize, usize)>);

/// A step of an augmenting path: the pair that gets people, its site, and the pair that gives the people up.
type Step = ((usize, usize), usize, Option<(usize, usize)>);

/// A shortest path from a class with people left to a site with room, over sites that pass people on.
fn path(
    classes: &[(Vec<u32>, i64)],
    guests: &[Vec<(usize, usize)>],
    (sent, left, room): (&[Vec<i64>], &[i64], &[i64]),
) -> Option<(usize, Vec<Step>)> {
    const UNSEEN: usize = usize::MAX;
    // How a site was come to: the pair that would bring people, and the pair that gave them up.
    let mut came: Vec<Came> = vec![(UNSEEN, 0, None); guests.len()];
    let mut class_seen = vec![false; classes.len()];
    let mut open = vec![false; guests.len()];
    for (site, guests) in guests.iter().enumerate() {
        open[site] = !guests.is_empty();
    }
    let mut queue: std::collections::VecDeque<(usize, Option<(usize, usize)>)> =
        (0..classes.len()).filter(|&class| left[class] > 0).map(|class| (class, None)).collect();
    for &(class, _) in &queue {
        class_seen[class] = true;
    }
    while let Some((class, gave)) = queue.pop_front() {
        for (place, &site) in classes[class].0.iter().enumerate() {
            let site = site as usize;
            if !open[site] || came[site].0 != UNSEEN {
                continue;
            }
            came[site] = (class, place, gave);
            if room[site] > 0 {
                return Some(trace(&came, classes, site));
            }
            for &(guest, place) in &guests[site] {
                if sent[guest][place] > 0 && !class_seen[guest] {
                    class_seen[guest] = true;
                    queue.push_back((guest, Some((guest, place))));
                }
            }
        }
    }
    None
}

fn trace(came: &[Came], classes: &[(Vec<u32>, i64)], last: usize) -> (usize, Vec<Step>) {
    let mut steps = Vec::new();
    let mut site = last;
    loop {
        let (class, place, gave) = came[site];
        steps.push(((class, place), site, gave));
        let Some((_, from)) = gave else {
            steps.reverse();
            return (class, steps);
        };
        site = classes[class].0[from] as usize;
    }
}
