//! Elements → blocks of the PBF format in memory, so that XML goes the same way as PBF.

use std::collections::HashMap;

use super::block::MemberType;

/// Elements a block.
const ELEMENTS_MAX: usize = 8_000;
/// Bytes of text after which a block is ended early.
const TEXT_MAX: usize = 4 << 20;

/// An element as XML tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Element {
    pub(super) id: i64,
    /// Longitude and latitude of a node, in 1e-7 degrees.
    pub(super) place: (i64, i64),
    pub(super) tags: Vec<(String, String)>,
    /// Nodes of a way.
    pub(super) refs: Vec<i64>,
    /// Members of a relation: type, id, role.
    pub(super) members: Vec<(MemberType, i64, String)>,
}

/// Collects elements into blocks, each of one kind.
#[derive(Default)]
pub(super) struct Encoder {
    blocks: Vec<Vec<u8>>,
    kind: Option<MemberType>,
    group: Vec<u8>,
    count: usize,
    text: usize,
    strings: Vec<String>,
    known: HashMap<String, u64>,
}

impl Encoder {
    /// Adds an element.
    pub(super) fn push(&mut self, kind: MemberType, element: &Element) {
        if self.kind != Some(kind) || self.count >= ELEMENTS_MAX || self.text > TEXT_MAX {
            self.end_block();
            self.kind = Some(kind);
        }
        self.count += 1;
        let mut message = Vec::new();
        let keys: Vec<u64> = element.tags.iter().map(|tag| self.string(&tag.0)).collect();
        let values: Vec<u64> = element.tags.iter().map(|tag| self.string(&tag.1)).collect();
        put_number(
            &mut message,
            1,
            if kind == MemberType::Node { zigzag(element.id) } else { element.id as u64 },
        );
        put_packed(&mut message, 2, keys);
        put_packed(&mut message, 3, values);
        match kind {
            MemberType::Node => {
                put_number(&mut message, 8, zigzag(element.place.1));
                put_number(&mut message, 9, zigzag(element.place.0));
            }
            MemberType::Way => put_packed(&mut message, 8, deltas(element.refs.iter().copied())),
            MemberType::Relation => {
                let roles = element.members.iter().map(|member| self.string(&member.2)).collect();
                put_packed(&mut message, 8, roles);
                put_packed(&mut message, 9, deltas(element.members.iter().map(|m| m.1)));
                put_packed(&mut message, 10, element.members.iter().map(|m| m.0 as u64).collect());
            }
        }
        let field = match kind {
            MemberType::Node => 1,
            MemberType::Way => 3,
            MemberType::Relation => 4,
        };
        put_bytes(&mut self.group, field, &message);
    }

    /// The blocks of all elements.
    pub(super) fn finish(mut self) -> Vec<Vec<u8>> {
        self.end_block();
        self.blocks
    }

    fn string(&mut self, text: &str) -> u64 {
        if let Some(&at) = self.known.get(text) {
            return at;
        }
        // The first string of a table is empty by convention.
        if self.strings.is_empty() {
            self.strings.push(String::new());
        }
        let at = self.strings.len() as u64;
        self.strings.push(text.to_owned());
        self.known.insert(text.to_owned(), at);
        self.text += text.len();
        at
    }

    fn end_block(&mut self) {
        let group = std::mem::take(&mut self.group);
        let strings = std::mem::take(&mut self.strings);
        self.known.clear();
        (self.count, self.text) = (0, 0);
        if group.is_empty() {
            return;
        }
        let mut table = Vec::new();
        for text in &strings {
            put_bytes(&mut table, 1, text.as_bytes());
        }
        let mut block = Vec::new();
        put_bytes(&mut block, 1, &table);
        put_bytes(&mut block, 2, &group);
        self.blocks.push(block);
    }
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

fn deltas(ids: impl Iterator<Item = i64>) -> Vec<u64> {
    let mut last = 0_i64;
    ids.map(|id| zigzag(id.wrapping_sub(std::mem::replace(&mut last, id)))).collect()
}

fn put_varint(into: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        into.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

fn put_number(into: &mut Vec<u8>, field: u64, number: u64) {
    put_varint(into, field << 3);
    put_varint(into, number);
}

fn put_bytes(into: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    put_varint(into, field << 3 | 2);
    put_varint(into, bytes.len() as u64);
    into.extend_from_slice(bytes);
}

fn put_packed(into: &mut Vec<u8>, field: u64, numbers: Vec<u64>) {
    let mut packed = Vec::with_capacity(numbers.len());
    for number in numbers {
        put_varint(&mut packed, number);
    }
    if !packed.is_empty() {
        put_bytes(into, field, &packed);
    }
}

#[cfg(test)]
mod tests {
    use super::super::block::{Block, Kinds, Scratch};
    use super::*;

    #[test]
    fn what_is_put_into_blocks_comes_out_again() {
        let mut encoder = Encoder::default();
        let node = Element {
            id: -7,
            place: (-44_821_234, 541_509_876),
            tags: vec![("barrier".into(), "gate".into())],
            ..Element::default()
        };
        encoder.push(MemberType::Node, &node);
        let way = Element { id: 9, refs: vec![5, -7, 12_000_000_000], ..Element::default() };
        encoder.push(MemberType::Way, &way);
        let blocks = encoder.finish();
        assert_eq!(blocks.len(), 2);
        let block = Block::parse(&blocks[0], Kinds::NODES).unwrap();
        let mut seen = Vec::new();
        block
            .nodes(&mut Scratch::default(), &mut |node| {
                let place = node.place.unwrap();
                seen.push((node.id, place.lon_e7(), place.lat_e7(), node.tags.len()));
            })
            .unwrap();
        assert_eq!(seen, [(-7, -44_821_234, 541_509_876, 2)]);
        let block = Block::parse(&blocks[1], Kinds::WAYS).unwrap();
        let mut refs = Vec::new();
        block
            .ways(&mut Scratch::default(), &|_, _| true, &mut |id, scratch| {
                refs.push((id, scratch.refs.clone()));
            })
            .unwrap();
        assert_eq!(refs, [(9, vec![5, -7, 12_000_000_000])]);
    }
}
