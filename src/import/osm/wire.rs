//! The protocol-buffer wire format, read in place: no copy, no allocation, no trust.

/// What is wrong with the bytes; the caller knows where they lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault(pub(super) &'static str);

/// A value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// A varint, or a fixed number that no field of the format uses.
    Number(u64),
    /// Text, bytes, a message or packed numbers.
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    pub(super) fn bytes(self) -> Result<&'a [u8], Fault> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Number(_) => Err(Fault("a number stands where bytes belong")),
        }
    }

    pub(super) fn number(self) -> Result<u64, Fault> {
        match self {
            Self::Number(number) => Ok(number),
            Self::Bytes(_) => Err(Fault("bytes stand where a number belongs")),
        }
    }
}

/// A message being read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wire<'a> {
    rest: &'a [u8],
}

impl<'a> Wire<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next varint; a packed field is a row of them.
    #[inline]
    pub(super) fn varint(&mut self) -> Result<u64, Fault> {
        let mut number = 0_u64;
        for (position, &byte) in self.rest.iter().take(10).enumerate() {
            number |= u64::from(byte & 0x7f) << (7 * position);
            if byte < 0x80 {
                self.rest = &self.rest[position + 1..];
                return Ok(number);
            }
        }
        Err(Fault("a number is cut off or too long"))
    }

    /// The next varint of a packed field of signed numbers.
    #[inline]
    pub(super) fn zigzag(&mut self) -> Result<i64, Fault> {
        let number = self.varint()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// The next field: its number and value; `None` at the end of the message.
    #[inline]
    pub(super) fn field(&mut self) -> Result<Option<(u64, Value<'a>)>, Fault> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Number(self.varint()?),
            1 => Value::Bytes(self.take(8)?),
            2 => {
                let length = self.varint()?;
                Value::Bytes(self.take(length)?)
            }
            5 => Value::Bytes(self.take(4)?),
            _ => return Err(Fault("a field has an unknown wire type")),
        };
        Ok(Some((key >> 3, value)))
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], Fault> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let Some((taken, rest)) = self.rest.split_at_checked(length) else {
            return Err(Fault("a field is longer than the message around it"));
        };
        self.rest = rest;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_gives_its_fields_in_order() {
        let mut wire = Wire::new(&[0x08, 0x96, 0x01, 0x12, 0x02, b'h', b'i']);
        assert_eq!(wire.field(), Ok(Some((1, Value::Number(150)))));
        assert_eq!(wire.field(), Ok(Some((2, Value::Bytes(b"hi")))));
        assert_eq!(wire.field(), Ok(None));
    }

    #[test]
    fn signed_numbers_are_zigzag() {
        let mut wire = Wire::new(&[0, 1, 2, 3]);
        let numbers: Vec<i64> = std::iter::from_fn(|| wire.zigzag().ok()).collect();
        assert_eq!(numbers, [0, -1, 1, -2]);
    }

    #[test]
    fn a_length_beyond_the_end_is_a_fault_not_a_panic() {
        for bytes in [&[0x12, 0x7f, 1][..], &[0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]]
        {
            assert!(Wire::new(bytes).field().is_err());
        }
        assert!(Wire::new(&[0xff; 12]).varint().is_err());
        assert!(Wire::new(&[0x80]).varint().is_err());
    }
}
