//! Zip archives (PKWARE APPNOTE 6.3.10): deflated, names in UTF-8, no time of day, so the same files give the same bytes.

use std::io::{self, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// 1 January 1980, the first day the format knows.
const NO_DATE: u16 = 0x0021;
/// Names are UTF-8.
const UTF_8: u16 = 1 << 11;
/// Deflate.
const DEFLATED: u16 = 8;
/// Version needed to extract: 2.0.
const VERSION: u16 = 20;

struct Entry {
    name: String,
    crc: u32,
    packed: u32,
    size: u32,
    offset: u32,
}

/// An archive being written.
pub struct Archive<'a> {
    out: &'a mut dyn Write,
    at: u64,
    entries: Vec<Entry>,
}

impl<'a> Archive<'a> {
    /// An empty archive.
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self { out, at: 0, entries: Vec::new() }
    }

    /// Adds a file; `name` may hold `/`.
    ///
    /// # Errors
    /// When the stream cannot be written to, or the archive would exceed the 4 GiB of the format.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut crc = Crc::new();
        crc.update(bytes);
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
        encoder.write_all(bytes)?;
        let packed = encoder.finish()?;
        let entry = Entry {
            name: name.to_owned(),
            crc: crc.sum(),
            packed: small(packed.len() as u64)?,
            size: small(bytes.len() as u64)?,
            offset: small(self.at)?,
        };
        let mut head = Vec::with_capacity(30 + name.len());
        head.extend_from_slice(b"PK\x03\x04");
        entry.push_common(&mut head);
        head.extend_from_slice(name.as_bytes());
        self.write(&head)?;
        self.write(&packed)?;
        self.entries.push(entry);
        Ok(())
    }

    /// Writes the list of files, which ends the archive.
    ///
    /// # Errors
    /// As [`Archive::add`].
    pub fn finish(mut self) -> io::Result<()> {
        let start = small(self.at)?;
        let mut list = Vec::new();
        for entry in &self.entries {
            list.extend_from_slice(b"PK\x01\x02");
            push(&mut list, VERSION);
            entry.push_common(&mut list);
            // Comment, disk, internal and external attributes: none.
            list.extend_from_slice(&[0; 10]);
            list.extend_from_slice(&entry.offset.to_le_bytes());
            list.extend_from_slice(entry.name.as_bytes());
        }
        let count = u16::try_from(self.entries.len()).map_err(io::Error::other)?;
        let size = small(list.len() as u64)?;
        list.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        push(&mut list, count);
        push(&mut list, count);
        list.extend_from_slice(&size.to_le_bytes());
        list.extend_from_slice(&start.to_le_bytes());
        push(&mut list, 0);
        self.write(&list)?;
        self.out.flush()
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len() as u64;
        self.out.write_all(bytes)
    }
}

impl Entry {
    /// What a file's own header and the list say alike, from the version to the lengths.
    fn push_common(&self, head: &mut Vec<u8>) {
        for field in [VERSION, UTF_8, DEFLATED, 0, NO_DATE] {
            push(head, field);
        }
        for field in [self.crc, self.packed, self.size] {
            head.extend_from_slice(&field.to_le_bytes());
        }
        push(head, self.name.len() as u16);
        push(head, 0);
    }
}

fn push(bytes: &mut Vec<u8>, field: u16) {
    bytes.extend_from_slice(&field.to_le_bytes());
}

fn small(length: u64) -> io::Result<u32> {
    let message = "results beyond 4 GiB do not fit into a zip archive; take the files one by one";
    u32::try_from(length).ok().ok_or_else(|| io::Error::other(message))
}
