//! The members of relations: edges of areas, and what a site is made of.

use std::collections::BTreeSet;

use super::block::MemberType;

/// What a member is to its relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Outer,
    Inner,
}

/// Member nodes of a site, in `Kept::refs`: first those where one enters, then the others
/// (<https://wiki.openstreetmap.org/wiki/Relation:site>).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SiteNodes {
    pub(super) start: usize,
    pub(super) doors: u32,
    pub(super) others: u32,
}

/// Member ways, each once; the empty role is outer
/// (<https://wiki.openstreetmap.org/wiki/Relation:multipolygon>).
pub(super) fn members_of(members: &[(MemberType, i64, u32)], strings: &[&str]) -> Vec<(i64, Role)> {
    let mut seen = BTreeSet::new();
    members
        .iter()
        .filter(|(kind, id, _)| *kind == MemberType::Way && seen.insert(*id))
        .filter_map(|&(_, id, role)| match strings[role as usize] {
            "inner" | "enclave" => Some((id, Role::Inner)),
            "outer" | "" | "exclave" | "outline" => Some((id, Role::Outer)),
            _ => None,
        })
        .collect()
}

/// The ground of a site: the ways of its perimeter, else all its ways; and its nodes, laid down among `refs`.
pub(super) fn site_members(
    members: &[(MemberType, i64, u32)],
    strings: &[&str],
    refs: &mut Vec<i64>,
) -> (Vec<(i64, Role)>, SiteNodes) {
    let role_of = |role: u32| strings[role as usize];
    let is_rim = |role: u32| matches!(role_of(role), "perimeter" | "outline" | "outer");
    let ways = || members.iter().filter(|member| member.0 == MemberType::Way);
    let has_rim = ways().any(|member| is_rim(member.2));
    let mut seen = BTreeSet::new();
    let ground = ways()
        .filter(|member| (!has_rim || is_rim(member.2)) && seen.insert(member.1))
        .map(|member| (member.1, Role::Outer))
        .collect();
    let start = refs.len();
    let is_door =
        |role: u32| matches!(role_of(role), "entrance" | "main_entrance" | "gate" | "door");
    let mut lay = |doors: bool| {
        let before = refs.len();
        let nodes = members.iter().filter(|member| member.0 == MemberType::Node);
        refs.extend(nodes.filter(|member| is_door(member.2) == doors).map(|member| member.1));
        (refs.len() - before) as u32
    };
    let nodes = SiteNodes { start, doors: lay(true), others: lay(false) };
    (ground, nodes)
}
