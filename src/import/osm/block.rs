//! A primitive block of the PBF format, walked in place
//! (<https://wiki.openstreetmap.org/wiki/PBF_Format#Definition_of_OSMData_fileblock>).

use super::wire::{Fault, Wire};
use crate::spatial::LonLat;

/// More strings than any writer puts into a block (16,000 elements at most).
const STRINGS_MAX: usize = 1 << 20;
/// More members or nodes than OpenStreetMap ever allowed on one element, with room to spare.
const REFS_MAX: usize = 1 << 18;

bitflags::bitflags! {
    /// Kinds of elements.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(super) struct Kinds: u8 {
        const NODES = 1;
        const WAYS = 2;
        const RELATIONS = 4;
    }
}

/// A block: its strings and its groups of elements.
pub(super) struct Block<'a> {
    /// What it holds.
    pub(super) kinds: Kinds,
    strings: Vec<&'a str>,
    groups: Vec<&'a [u8]>,
    granularity: i64,
    lat_offset: i64,
    lon_offset: i64,
    /// How many strings are not UTF-8; they read as empty.
    pub(super) bad_strings: usize,
}

/// What an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MemberType {
    Node,
    Way,
    Relation,
}

/// The tags of an element as positions in the string table, key after value.
#[derive(Default)]
pub(super) struct Scratch {
    /// Key, value, key, value …
    pub(super) tags: Vec<u32>,
    /// Nodes of a way.
    pub(super) refs: Vec<i64>,
    /// Members of a relation: type, id, role.
    pub(super) members: Vec<(MemberType, i64, u32)>,
}

/// A node with its tags in the scratch.
pub(super) struct RawNode<'s> {
    pub(super) id: i64,
    /// `None` when the coordinates are not on earth.
    pub(super) place: Option<LonLat>,
    pub(super) tags: &'s [u32],
}

impl<'a> Block<'a> {
    /// Reads the frame of a block; its strings only when it holds any of `needs`.
    pub(super) fn parse(bytes: &'a [u8], needs: Kinds) -> Result<Self, Fault> {
        let mut table: &[u8] = &[];
        let mut block = Self {
            kinds: Kinds::empty(),
            strings: Vec::new(),
            groups: Vec::new(),
            granularity: 100,
            lat_offset: 0,
            lon_offset: 0,
            bad_strings: 0,
        };
        let mut wire = Wire::new(bytes);
        while let Some((field, value)) = wire.field()? {
            match field {
                1 => table = value.bytes()?,
                2 => block.groups.push(value.bytes()?),
                17 => block.granularity = value.number()? as i64,
                19 => block.lat_offset = value.number()? as i64,
                20 => block.lon_offset = value.number()? as i64,
                _ => {}
            }
        }
        if block.granularity <= 0 || block.granularity > 1_000_000_000 {
            return Err(Fault("the granularity of the coordinates is not a sensible number"));
        }
        for group in &block.groups {
            let mut wire = Wire::new(group);
            while let Some((field, _)) = wire.field()? {
                block.kinds |= match field {
                    1 | 2 => Kinds::NODES,
                    3 => Kinds::WAYS,
                    4 => Kinds::RELATIONS,
                    _ => Kinds::empty(),
                };
            }
        }
        if block.kinds.intersects(needs) {
            block.parse_strings(table)?;
        }
        Ok(block)
    }

    fn parse_strings(&mut self, bytes: &'a [u8]) -> Result<(), Fault> {
        let mut wire = Wire::new(bytes);
        while let Some((field, value)) = wire.field()? {
            if field != 1 {
                continue;
            }
            if self.strings.len() >= STRINGS_MAX {
                return Err(Fault("a block has more than a million strings"));
            }
            let text = std::str::from_utf8(value.bytes()?);
            self.bad_strings += usize::from(text.is_err());
            self.strings.push(text.unwrap_or(""));
        }
        Ok(())
    }

    /// The string table.
    pub(super) fn strings(&self) -> &[&'a str] {
        &self.strings
    }

    fn check_tags(&self, tags: &[u32]) -> Result<(), Fault> {
        let count = self.strings.len();
        if tags.iter().all(|&tag| (tag as usize) < count) {
            Ok(())
        } else {
            Err(Fault("a tag points beyond the string table"))
        }
    }

    /// Calls `see` for each node.
    pub(super) fn nodes(
        &self,
        scratch: &mut Scratch,
        see: &mut impl FnMut(RawNode<'_>),
    ) -> Result<(), Fault> {
        for group in &self.groups {
            let mut wire = Wire::new(group);
            while let Some((field, value)) = wire.field()? {
                match field {
                    1 => self.plain_node(value.bytes()?, scratch, see)?,
                    2 => self.dense_nodes(value.bytes()?, scratch, see)?,
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn place(&self, lon: i64, lat: i64) -> Option<LonLat> {
        let to_e7 = |value: i64, offset: i64| -> Option<i32> {
            let nano = value.checked_mul(self.granularity)?.checked_add(offset)?;
            i32::try_from(nano.checked_add(50)?.div_euclid(100)).ok()
        };
        LonLat::from_e7(to_e7(lon, self.lon_offset)?, to_e7(lat, self.lat_offset)?)
    }

    fn plain_node(
        &self,
        bytes: &[u8],
        scratch: &mut Scratch,
        see: &mut impl FnMut(RawNode<'_>),
    ) -> Result<(), Fault> {
        let (mut id, mut lat, mut lon) = (0, 0, 0);
        let (mut keys, mut values) = (Wire::default(), Wire::default());
        let mut wire = Wire::new(bytes);
        while let Some((field, value)) = wire.field()? {
            match field {
                1 => id = zigzag(value.number()?),
                2 => keys = Wire::new(value.bytes()?),
                3 => values = Wire::new(value.bytes()?),
                8 => lat = zigzag(value.number()?),
                9 => lon = zigzag(value.number()?),
                _ => {}
            }
        }
        self.pair_tags(keys, values, &mut scratch.tags)?;
        see(RawNode { id, place: self.place(lon, lat), tags: &scratch.tags });
        Ok(())
    }

    fn dense_nodes(
        &self,
        bytes: &[u8],
        scratch: &mut Scratch,
        see: &mut impl FnMut(RawNode<'_>),
    ) -> Result<(), Fault> {
        let [mut ids, mut lats, mut lons, mut tags] = [Wire::default(); 4];
        let mut wire = Wire::new(bytes);
        while let Some((field, value)) = wire.field()? {
            match field {
                1 => ids = Wire::new(value.bytes()?),
                8 => lats = Wire::new(value.bytes()?),
                9 => lons = Wire::new(value.bytes()?),
                10 => tags = Wire::new(value.bytes()?),
                _ => {}
            }
        }
        let (mut id, mut lat, mut lon) = (0_i64, 0_i64, 0_i64);
        while !ids.is_empty() {
            id = id.wrapping_add(ids.zigzag()?);
            lat = lat.wrapping_add(lats.zigzag()?);
            lon = lon.wrapping_add(lons.zigzag()?);
            scratch.tags.clear();
            if !tags.is_empty() {
                self.dense_tags(&mut tags, &mut scratch.tags)?;
            }
            see(RawNode { id, place: self.place(lon, lat), tags: &scratch.tags });
        }
        Ok(())
    }

    /// The tags of one dense node: pairs up to a zero.
    fn dense_tags(&self, tags: &mut Wire<'_>, into: &mut Vec<u32>) -> Result<(), Fault> {
        while !tags.is_empty() {
            let key = tags.varint()?;
            if key == 0 {
                break;
            }
            let value = tags.varint()?;
            into.extend([narrow(key)?, narrow(value)?]);
        }
        self.check_tags(into)
    }

    fn pair_tags(
        &self,
        mut keys: Wire<'_>,
        mut values: Wire<'_>,
        into: &mut Vec<u32>,
    ) -> Result<(), Fault> {
        into.clear();
        while !keys.is_empty() {
            into.extend([narrow(keys.varint()?)?, narrow(values.varint()?)?]);
        }
        self.check_tags(into)
    }

    /// Calls `see` with the id of each way; its tags and nodes are in the scratch. Nodes are read only when
    /// `wants` says so of the id and tags.
    pub(super) fn ways(
        &self,
        scratch: &mut Scratch,
        wants: &impl Fn(i64, &[u32]) -> bool,
        see: &mut impl FnMut(i64, &Scratch),
    ) -> Result<usize, Fault> {
        let mut count = 0;
        for group in &self.groups {
            let mut wire = Wire::new(group);
            while let Some((field, value)) = wire.field()? {
                if field != 3 {
                    continue;
                }
                count += 1;
                let (id, refs) = self.way_head(value.bytes()?, scratch)?;
                if wants(id, &scratch.tags) {
                    read_refs(refs, &mut scratch.refs)?;
                    see(id, scratch);
                }
            }
        }
        Ok(count)
    }

    fn way_head<'w>(
        &self,
        bytes: &'w [u8],
        scratch: &mut Scratch,
    ) -> Result<(i64, Wire<'w>), Fault> {
        let mut id = 0;
        let [mut keys, mut values, mut refs] = [Wire::default(); 3];
        let mut wire = Wire::new(bytes);
        while let Some((field, value)) = wire.field()? {
            match field {
                1 => id = value.number()? as i64,
                2 => keys = Wire::new(value.bytes()?),
                3 => values = Wire::new(value.bytes()?),
                8 => refs = Wire::new(value.bytes()?),
                _ => {}
            }
        }
        self.pair_tags(keys, values, &mut scratch.tags)?;
        Ok((id, refs))
    }

    /// Calls `see` with the id of each relation that `wants` takes by its tags; its tags and members are in
    /// the scratch.
    pub(super) fn relations(
        &self,
        scratch: &mut Scratch,
        wants: &impl Fn(&[u32]) -> bool,
        see: &mut impl FnMut(i64, &Scratch),
    ) -> Result<usize, Fault> {
        let mut count = 0;
        for group in &self.groups {
            let mut wire = Wire::new(group);
            while let Some((field, value)) = wire.field()? {
                if field != 4 {
                    continue;
                }
                count += 1;
                if let Some(id) = self.relation(value.bytes()?, scratch, wants)? {
                    see(id, scratch);
                }
            }
        }
        Ok(count)
    }

    fn relation(
        &self,
        bytes: &[u8],
        scratch: &mut Scratch,
        wants: &impl Fn(&[u32]) -> bool,
    ) -> Result<Option<i64>, Fault> {
        let mut id = 0;
        let [mut keys, mut values, mut roles, mut ids, mut types] = [Wire::default(); 5];
        let mut wire = Wire::new(bytes);
        while let Some((field, value)) = wire.field()? {
            match field {
                1 => id = value.number()? as i64,
                2 => keys = Wire::new(value.bytes()?),
                3 => values = Wire::new(value.bytes()?),
                8 => roles = Wire::new(value.bytes()?),
                9 => ids = Wire::new(value.bytes()?),
                10 => types = Wire::new(value.bytes()?),
                _ => {}
            }
        }
        self.pair_tags(keys, values, &mut scratch.tags)?;
        if !wants(&scratch.tags) {
            return Ok(None);
        }
        scratch.members.clear();
        let mut member = 0_i64;
        while !ids.is_empty() && scratch.members.len() < REFS_MAX {
            member = member.wrapping_add(ids.zigzag()?);
            let kind = match types.varint()? {
                0 => MemberType::Node,
                1 => MemberType::Way,
                2 => MemberType::Relation,
                _ => return Err(Fault("a relation member has an unknown type")),
            };
            let role = narrow(roles.varint()?)?;
            self.check_tags(&[role])?;
            scratch.members.push((kind, member, role));
        }
        Ok(Some(id))
    }
}

fn read_refs(mut refs: Wire<'_>, into: &mut Vec<i64>) -> Result<(), Fault> {
    into.clear();
    let mut id = 0_i64;
    while !refs.is_empty() {
        if into.len() >= REFS_MAX {
            return Err(Fault("a way has more than 262,144 nodes"));
        }
        id = id.wrapping_add(refs.zigzag()?);
        into.push(id);
    }
    Ok(())
}

fn zigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

fn narrow(number: u64) -> Result<u32, Fault> {
    u32::try_from(number).or(Err(Fault("a position in the string table is too large")))
}
