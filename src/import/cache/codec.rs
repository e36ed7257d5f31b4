//! Values as bytes and back: little-endian on every machine, lists with their length in front.
//!
//! Reading never trusts a length: nothing is set aside that the bytes left could not fill.

use crate::spatial::LonLat;

/// Bytes that are not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Damaged(pub(super) &'static str);

/// Bytes being read.
#[derive(Debug)]
pub(super) struct Source<'a> {
    left: &'a [u8],
}

impl<'a> Source<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes }
    }

    /// The next `count` bytes.
    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], Damaged> {
        let (taken, left) =
            self.left.split_at_checked(count).ok_or(Damaged("it ends too early"))?;
        self.left = left;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        let (taken, left) = self.left.split_first_chunk().ok_or(Damaged("it ends too early"))?;
        self.left = left;
        Ok(*taken)
    }

    /// The next value.
    pub(super) fn take<T: Stored>(&mut self) -> Result<T, Damaged> {
        T::take(self)
    }

    /// That nothing is left.
    pub(super) fn end(&self) -> Result<(), Damaged> {
        if self.left.is_empty() { Ok(()) } else { Err(Damaged("it goes on after its end")) }
    }
}

/// What can be written as bytes and read back.
pub(super) trait Stored: Sized {
    /// Appends the bytes of the value.
    fn put(&self, out: &mut Vec<u8>);

    /// Reads a value.
    fn take(from: &mut Source<'_>) -> Result<Self, Damaged>;

    /// Appends the bytes of many values.
    fn put_all(items: &[Self], out: &mut Vec<u8>) {
        for item in items {
            item.put(out);
        }
    }

    /// Reads `count` values.
    fn take_all(count: usize, from: &mut Source<'_>) -> Result<Vec<Self>, Damaged> {
        // Every value is a byte at least, but may be much larger in memory: what is set aside stays in
        // proportion to what is there.
        let mut items = Vec::with_capacity(count.min(from.left.len() / size_of::<Self>().max(1)));
        for _ in 0..count {
            items.push(Self::take(from)?);
        }
        Ok(items)
    }
}

macro_rules! numbers {
    ($($number:ty),+) => {$(
        impl Stored for $number {
            fn put(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }

            fn take(from: &mut Source<'_>) -> Result<Self, Damaged> {
                Ok(Self::from_le_bytes(from.array()?))
            }

            fn take_all(count: usize, from: &mut Source<'_>) -> Result<Vec<Self>, Damaged> {
                let size = count.checked_mul(size_of::<Self>()).ok_or(Damaged("it ends too early"))?;
                let (items, _) = from.bytes(size)?.as_chunks();
                Ok(items.iter().map(|&bytes| Self::from_le_bytes(bytes)).collect())
            }
        }
    )+};
}

numbers!(u8, u16, u32, u64, i32, i64, f64);

impl<T: Stored> Stored for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u64).put(out);
        T::put_all(self, out);
    }

    fn take(from: &mut Source<'_>) -> Result<Self, Damaged> {
        let count = usize::try_from(from.take::<u64>()?).unwrap_or(usize::MAX);
        if count > from.left.len() {
            return Err(Damaged("it ends too early"));
        }
        T::take_all(count, from)
    }
}

impl Stored for bool {
    fn put(&self, out: &mut Vec<u8>) {
        u8::from(*self).put(out);
    }

    fn take(from: &mut Source<'_>) -> Result<Self, Damaged> {
        match from.take::<u8>()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Damaged("an answer is neither yes nor no")),
        }
    }
}

impl Stored for String {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u32).put(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn take(from: &mut Source<'_>) -> Result<Self, Damaged> {
        let length = from.take::<u32>()? as usize;
        let text = std::str::from_utf8(from.bytes(length)?);
        text.map(str::to_owned).or(Err(Damaged("a text is not UTF-8")))
    }
}

impl<T: Stored> Stored for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        u8::from(self.is_some()).put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn take(from: &mut Source<'_>) -> Result<Self, Damaged> {
        match from.take::<u8>()? {
            0 => Ok(None),
            1 => Ok(Some(from.take()?)),
            _ => Err(Damaged("neither something nor nothing")),
        }
    }
}

impl<A: Stored, B: Stored> Stored for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(from: &mut Source<'_>) -> Result<Self, Damaged> {
        Ok((from.take()?, from.take()?))
    }
}

/// Stands for a place that is none, until that is said.
const ORIGIN: LonLat = match LonLat::from_e7(0, 0) {
    Some(origin) => origin,
    None => unreachable!(),
};
const NO_PLACE: Damaged = Damaged("a place that is not on earth");

impl Stored for LonLat {
    fn put(&self, out: &mut Vec<u8>) {
        self.lon_e7().put(out);
        self.lat_e7().put(out);
    }

    fn take(from: &mut Source<'_>) -> Result<Self, Damaged> {
        Self::from_e7(from.take()?, from.take()?).ok_or(NO_PLACE)
    }

    fn take_all(count: usize, from: &mut Source<'_>) -> Result<Vec<Self>, Damaged> {
        let size = count.checked_mul(8).ok_or(Damaged("it ends too early"))?;
        let (places, _) = from.bytes(size)?.as_chunks::<8>();
        // Collected into the room it needs; an iterator of results would have to grow it.
        let mut all_real = true;
        let place = |&[a, b, c, d, e, f, g, h]: &[u8; 8]| {
            let (lon, lat) = (i32::from_le_bytes([a, b, c, d]), i32::from_le_bytes([e, f, g, h]));
            let place = Self::from_e7(lon, lat);
            all_real &= place.is_some();
            place.unwrap_or(ORIGIN)
        };
        let places = places.iter().map(place).collect();
        if all_real { Ok(places) } else { Err(NO_PLACE) }
    }
}

/// Structs as their fields in the order given.
macro_rules! stored_struct {
    ($($name:ident { $($field:ident),+ $(,)? })+) => {$(
        impl Stored for $name {
            fn put(&self, out: &mut Vec<u8>) {
                $(self.$field.put(out);)+
            }

            fn take(from: &mut Source<'_>) -> Result<Self, Damaged> {
                Ok(Self { $($field: from.take()?),+ })
            }
        }
    )+};
}

/// Words as their position in the list given.
macro_rules! stored_enum {
    ($($name:ident { $($word:ident),+ $(,)? })+) => {$(
        impl Stored for $name {
            fn put(&self, out: &mut Vec<u8>) {
                let words = [$(Self::$word),+];
                let position = match self { $(Self::$word => Self::$word),+ };
                let position = words.iter().position(|word| *word == position).unwrap_or(words.len());
                (position as u8).put(out);
            }

            fn take(from: &mut Source<'_>) -> Result<Self, Damaged> {
                let words = [$(Self::$word),+];
                let position = usize::from(from.take::<u8>()?);
                words.get(position).copied().ok_or(Damaged("a word that is not known"))
            }
        }
    )+};
}

pub(super) use {stored_enum, stored_struct};
