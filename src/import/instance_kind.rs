//! Which layout a published instance has, told by its first lines.

/// The layouts that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstanceKind {
    /// `x y demand` a line, or `F` and `C` lines.
    Plane,
    /// `vertices edges p`, then `vertex vertex cost` an edge.
    Pmed,
    /// The same with the demand of the i-th vertex behind the i-th edge.
    Graph,
    /// A table with a header, one row a pair of site and customer.
    Distances,
}

/// The layout of `text`.
///
/// # Errors
/// A sentence that says what is known, when it is none of them.
pub fn kind_of(text: &str) -> Result<InstanceKind, String> {
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let Some(head) = lines.next() else { return Err("the file is empty".to_owned()) };
    let counts: Vec<u64> = head.split_whitespace().map_while(|word| word.parse().ok()).collect();
    let Some(&first) = counts.first() else {
        return if head.contains([',', ';', '\t']) {
            Ok(InstanceKind::Distances)
        } else {
            Err(format!("its first line is neither counts nor the header of a table: {head:?}"))
        };
    };
    let body: Vec<&str> = lines.collect();
    let words: Vec<&str> =
        body.first().map_or(Vec::new(), |line| line.split_whitespace().collect());
    match (words.first(), counts.get(1)) {
        (Some(&("F" | "C")), _) => Ok(InstanceKind::Plane),
        (_, Some(&edges)) if edges == body.len() as u64 && words.len() == 4 => {
            Ok(InstanceKind::Graph)
        }
        (_, Some(&edges)) if edges == body.len() as u64 && are_edges(&body, &counts) => {
            Ok(InstanceKind::Pmed)
        }
        // As many lines as points, and no more edges: a list of points.
        _ if first == body.len() as u64 && words.len() == 3 => Ok(InstanceKind::Plane),
        (_, Some(&edges))
            if words.len() == 3 && (edges == body.len() as u64 || counts.len() == 3) =>
        {
            Ok(InstanceKind::Pmed)
        }
        _ => Err(format!(
            "its first line counts {head:?}, but {} lines of {} numbers follow",
            body.len(),
            words.len()
        )),
    }
}

/// Whether every line joins two different vertices, and the first line asks for some sites.
fn are_edges(body: &[&str], counts: &[u64]) -> bool {
    let &[vertices, _, sites] = counts else { return false };
    let vertex = |word: Option<&str>| {
        let number = word?.parse::<u64>().ok()?;
        (1..=vertices).contains(&number).then_some(number)
    };
    sites > 0
        && body.iter().all(|line| {
            let mut words = line.split_whitespace();
            let (from, to) = (vertex(words.next()), vertex(words.next()));
            words.count() == 1 && from.is_some() && to.is_some() && from != to
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_are_told_by_their_first_lines() {
        for (text, kind) in [
            ("2\t9999\tp\tS\r\n409154\t435528\t50\t\r\n1\t2\t4\t\r\n", InstanceKind::Plane),
            ("3 3 0\n1 2 86\n2 3 5\n3 3 1\n", InstanceKind::Plane),
            ("1\t2\t\nF\t0\t25.2\t11.8\t1\nC\t1\t4.4\t18.8\t2\n", InstanceKind::Plane),
            (" 4 3 2\n1 2 9\n2 3 5\n2 1 3\n", InstanceKind::Pmed),
            ("3 3 1\n1 2 9\n2 3 5\n3 1 3\n", InstanceKind::Pmed),
            ("100\t2\t0\t0\n1\t9\t51\t29.8\n1\t11\t43\t22.3\n", InstanceKind::Graph),
            ("2 3 10 N(80,15)\n1 2 3 4\n1 2 3 4\n1 2 3 \r\n", InstanceKind::Graph),
            ("distance,name,DestinationName,demand\n1,a,b,2\n", InstanceKind::Distances),
        ] {
            assert_eq!(kind_of(text), Ok(kind), "{text:?}");
        }
        for text in ["", "\n \n", "hello\n", "5\n1 2 3\n"] {
            assert!(kind_of(text).is_err(), "{text:?}");
        }
    }
}
