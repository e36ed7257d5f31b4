//! Sentences of the shell, in the words of the API.

/// The sentence with options (`--yearly-sites`) as members (`yearly_sites`).
pub(super) fn in_members(text: &str) -> String {
    let mut parts = text.split("--");
    let mut said = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if !part.starts_with(|c: char| c.is_ascii_lowercase()) {
            said.push_str("--");
            said.push_str(part);
            continue;
        }
        let end =
            part.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(part.len());
        let (option, rest) = part.split_at(end);
        said.push_str(&option.replace('-', "_"));
        said.push_str(rest);
    }
    said
}

#[cfg(test)]
mod tests {
    use super::in_members;

    #[test]
    fn options_become_members() {
        let said = "give a wider --gate-gap-m or `--candidates junctions`; a -- b";
        assert_eq!(in_members(said), "give a wider gate_gap_m or `candidates junctions`; a -- b");
        assert_eq!(in_members("no option"), "no option");
    }
}
