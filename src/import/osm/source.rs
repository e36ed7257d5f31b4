//! Blocks, from a PBF file or from memory, handed out in parallel and given back in file order.
//!
//! The limits are those of the format (<https://wiki.openstreetmap.org/wiki/PBF_Format#File_format>): a blob
//! header has at most 64 KiB, a blob 32 MiB packed and unpacked. Nothing larger is ever allocated, whatever a
//! file declares.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::block::{Block, Kinds};
use super::wire::{Fault, Wire};
use crate::import::ImportError;
use crate::import::plain::open_plain;
use crate::progress::{Progress, Stage};

const BLOB_HEADER_MAX: u32 = 64 << 10;
const BLOB_MAX: u64 = 32 << 20;
/// Bytes of packed blobs held at once.
const BATCH_BYTES: u64 = 32 << 20;
/// Blobs worked on between two looks at whether to stop.
const BATCH_BLOBS: usize = 64;
/// A file may unpack to this much …
const UNPACKED_FREE: u64 = 256 << 20;
/// … plus this many times its own size; real extracts stay below 10.
const UNPACKED_RATIO: u64 = 32;

/// Where a blob lies in its file.
#[derive(Clone, Copy, Debug)]
struct Blob {
    /// Start of the length word, for messages.
    offset: u64,
    /// Start of the data.
    data: u64,
    /// Bytes of data.
    length: u64,
}

/// Where blocks come from.
pub(super) struct Source {
    path: PathBuf,
    blocks: Blocks,
}

enum Blocks {
    /// Packed blobs in a file, read batch by batch.
    Packed { blobs: Vec<Blob>, file_bytes: u64 },
    /// Unpacked blocks in memory.
    Memory(Vec<Vec<u8>>),
}

/// How far a pass over a source is in the whole read.
#[derive(Clone, Copy)]
pub(super) struct Pass<'a> {
    /// Who is told.
    pub(super) progress: &'a dyn Progress,
    /// What is looked at; blocks without are handed out empty.
    pub(super) needs: Kinds,
    /// Number of this pass, from 0.
    pub(super) number: u64,
    /// How many passes there will be.
    pub(super) of: u64,
}

impl Source {
    /// Finds the blobs of a PBF file and checks its header.
    pub(super) fn open_pbf(path: &Path) -> Result<Self, ImportError> {
        let mut file = open_plain(path).map_err(|error| ImportError::read(path, error))?;
        let file_bytes = file.metadata().map_err(|error| ImportError::read(path, error))?.len();
        let blobs = index_blobs(&mut file, path, file_bytes)?;
        Ok(Self { path: path.to_owned(), blocks: Blocks::Packed { blobs, file_bytes } })
    }

    /// Blocks that are in memory already.
    pub(super) fn from_memory(path: &Path, blocks: Vec<Vec<u8>>) -> Self {
        Self { path: path.to_owned(), blocks: Blocks::Memory(blocks) }
    }

    /// How many blocks there are.
    pub(super) fn len(&self) -> usize {
        match &self.blocks {
            Blocks::Packed { blobs, .. } => blobs.len(),
            Blocks::Memory(blocks) => blocks.len(),
        }
    }

    /// Runs `work` on the blocks at `wanted` (ascending) in parallel, and gives `sink` the answers in order.
    pub(super) fn each<T: Send>(
        &self,
        wanted: &[usize],
        pass: Pass<'_>,
        work: impl Fn(&Block<'_>) -> Result<T, Fault> + Sync,
        mut sink: impl FnMut(usize, T),
    ) -> Result<(), ImportError> {
        let unpacked = AtomicU64::new(0);
        let mut done = 0;
        while done < wanted.len() {
            let batch = self.batch(&wanted[done..]);
            let answers = self.run_batch(batch, pass.needs, &unpacked, &work)?;
            for (&block, answer) in batch.iter().zip(answers) {
                sink(block, answer?);
            }
            done += batch.len();
            let total = wanted.len().max(1) as u64;
            let thousandths = pass.number * 1000 + done as u64 * 1000 / total;
            pass.progress.step(Stage::Reading, thousandths, pass.of * 1000)?;
        }
        Ok(())
    }

    /// As many of the next blocks as are worked on at once.
    fn batch<'w>(&self, wanted: &'w [usize]) -> &'w [usize] {
        let Blocks::Packed { blobs, .. } = &self.blocks else {
            return &wanted[..wanted.len().min(BATCH_BLOBS)];
        };
        let start = blobs[wanted[0]].data;
        let fits = wanted
            .iter()
            .take(BATCH_BLOBS)
            .take_while(|&&block| blobs[block].data + blobs[block].length - start <= BATCH_BYTES)
            .count();
        &wanted[..fits.max(1)]
    }

    fn run_batch<T: Send>(
        &self,
        batch: &[usize],
        needs: Kinds,
        unpacked: &AtomicU64,
        work: &(impl Fn(&Block<'_>) -> Result<T, Fault> + Sync),
    ) -> Result<Vec<Result<T, ImportError>>, ImportError> {
        match &self.blocks {
            Blocks::Memory(blocks) => Ok(batch
                .par_iter()
                .with_max_len(1)
                .map(|&block| {
                    let answer = Block::parse(&blocks[block], needs).and_then(|block| work(&block));
                    answer.map_err(|fault| ImportError::malformed(&self.path, fault.0))
                })
                .collect()),
            Blocks::Packed { blobs, file_bytes } => {
                let bytes = self.read_batch(batch, blobs)?;
                let start = blobs[batch[0]].data;
                let budget = UNPACKED_FREE + UNPACKED_RATIO * file_bytes;
                Ok(batch
                    .par_iter()
                    .with_max_len(1)
                    .map_init(Vec::new, |buffer, &block| {
                        let blob = blobs[block];
                        let from = (blob.data - start) as usize;
                        let packed = &bytes[from..from + blob.length as usize];
                        let raw = unpack(packed, buffer)?;
                        let total = unpacked.fetch_add(raw.len() as u64, Ordering::Relaxed);
                        if total > budget {
                            return Err(Fault(
                                "the file unpacks to more than 32 times its size; it is not an extract",
                            ));
                        }
                        work(&Block::parse(raw, needs)?)
                    })
                    .zip(batch.par_iter())
                    .map(|(answer, &block)| {
                        answer.map_err(|fault| damaged(&self.path, blobs[block].offset, fault.0))
                    })
                    .collect())
            }
        }
    }

    fn read_batch(&self, batch: &[usize], blobs: &[Blob]) -> Result<Vec<u8>, ImportError> {
        let (first, last) = (blobs[batch[0]], blobs[batch[batch.len() - 1]]);
        let mut bytes = vec![0; (last.data + last.length - first.data) as usize];
        let read = |bytes: &mut [u8]| -> std::io::Result<()> {
            let mut file = open_plain(&self.path)?;
            file.seek(SeekFrom::Start(first.data))?;
            file.read_exact(bytes)
        };
        read(&mut bytes).map_err(|error| ImportError::read(&self.path, error))?;
        Ok(bytes)
    }
}

/// An error that names the byte where the damaged blob starts.
fn damaged(path: &Path, offset: u64, what: &str) -> ImportError {
    ImportError::malformed(
        path,
        format!("the blob at byte {offset} is damaged: {what}; fetch or export the file again"),
    )
}

/// Walks over the blob headers; reads no data but that of the file header.
fn index_blobs(file: &mut File, path: &Path, file_bytes: u64) -> Result<Vec<Blob>, ImportError> {
    let mut blobs = Vec::new();
    let mut offset = 0;
    let mut header_seen = false;
    let mut buffer = Vec::new();
    while offset < file_bytes {
        let (kind, blob) = read_blob_header(file, path, offset, file_bytes)?;
        offset = blob.data + blob.length;
        match kind {
            BlobKind::Data if header_seen => blobs.push(blob),
            BlobKind::Data => {
                return Err(damaged(path, blob.offset, "data comes before the file header"));
            }
            BlobKind::Header => {
                header_seen = true;
                buffer.resize(blob.length as usize, 0);
                file.seek(SeekFrom::Start(blob.data))
                    .and_then(|_| file.read_exact(&mut buffer))
                    .map_err(|error| ImportError::read(path, error))?;
                check_header(&buffer, path, blob.offset)?;
            }
            BlobKind::Other => {}
        }
    }
    if header_seen {
        Ok(blobs)
    } else {
        Err(ImportError::malformed(path, "the file is empty; give an OpenStreetMap extract"))
    }
}

enum BlobKind {
    Header,
    Data,
    Other,
}

fn read_blob_header(
    file: &mut File,
    path: &Path,
    offset: u64,
    file_bytes: u64,
) -> Result<(BlobKind, Blob), ImportError> {
    let cut = |_| damaged(path, offset, "the file ends inside it (a download that broke off?)");
    let mut word = [0; 4];
    file.seek(SeekFrom::Start(offset)).map_err(|error| ImportError::read(path, error))?;
    file.read_exact(&mut word).map_err(cut)?;
    let length = u32::from_be_bytes(word);
    if length == 0 || length > BLOB_HEADER_MAX {
        let what = format!("it declares a header of {length} bytes, the format allows 65,536");
        return Err(damaged(path, offset, &what));
    }
    let mut header = vec![0; length as usize];
    file.read_exact(&mut header).map_err(cut)?;
    let (kind, size) =
        parse_blob_header(&header).map_err(|fault| damaged(path, offset, fault.0))?;
    if size > BLOB_MAX {
        let what = format!("it declares {size} bytes, the format allows 33,554,432");
        return Err(damaged(path, offset, &what));
    }
    let data = offset + 4 + u64::from(length);
    if data + size > file_bytes {
        return Err(damaged(path, offset, "the file ends inside it (a download that broke off?)"));
    }
    Ok((kind, Blob { offset, data, length: size }))
}

fn parse_blob_header(bytes: &[u8]) -> Result<(BlobKind, u64), Fault> {
    let (mut kind, mut size) = (None, None);
    let mut wire = Wire::new(bytes);
    while let Some((field, value)) = wire.field()? {
        match field {
            1 => {
                kind = Some(match value.bytes()? {
                    b"OSMHeader" => BlobKind::Header,
                    b"OSMData" => BlobKind::Data,
                    _ => BlobKind::Other,
                });
            }
            3 => size = Some(value.number()?),
            _ => {}
        }
    }
    match (kind, size) {
        (Some(kind), Some(size)) => Ok((kind, size)),
        _ => Err(Fault("it has no type or no size; this is not an OpenStreetMap PBF file")),
    }
}

fn check_header(blob: &[u8], path: &Path, offset: u64) -> Result<(), ImportError> {
    let mut buffer = Vec::new();
    let unknown = unpack(blob, &mut buffer)
        .and_then(find_unknown_feature)
        .map_err(|fault| damaged(path, offset, fault.0))?;
    match unknown {
        None => Ok(()),
        Some(feature) if feature == "HistoricalInformation" => Err(ImportError::malformed(
            path,
            "the file holds the history of the map; make an extract of one day first \
             (osmium time-filter)",
        )),
        Some(feature) => Err(ImportError::malformed(
            path,
            format!("the file needs the feature {feature:?}, which is not known; export it again"),
        )),
    }
}

fn find_unknown_feature(header: &[u8]) -> Result<Option<String>, Fault> {
    let mut wire = Wire::new(header);
    while let Some((field, value)) = wire.field()? {
        if field == 4 {
            let feature = String::from_utf8_lossy(value.bytes()?);
            if feature != "OsmSchema-V0.6" && feature != "DenseNodes" {
                return Ok(Some(feature.into_owned()));
            }
        }
    }
    Ok(None)
}

/// The content of a blob, in `buffer` when it was packed.
fn unpack<'b>(blob: &'b [u8], buffer: &'b mut Vec<u8>) -> Result<&'b [u8], Fault> {
    let (mut raw, mut packed, mut size) = (None, None, 0);
    let mut wire = Wire::new(blob);
    while let Some((field, value)) = wire.field()? {
        match field {
            1 => raw = Some(value.bytes()?),
            2 => size = value.number()?,
            3 => packed = Some(value.bytes()?),
            4..=7 => {
                return Err(Fault(
                    "it is packed with lzma, bzip2, lz4 or zstd; convert the file with zlib \
                     (osmium cat -f pbf)",
                ));
            }
            _ => {}
        }
    }
    match (raw, packed) {
        (Some(raw), _) => Ok(raw),
        (None, Some(packed)) => inflate(packed, size, buffer),
        (None, None) => Err(Fault("it is empty")),
    }
}

fn inflate<'b>(packed: &[u8], size: u64, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], Fault> {
    if size > BLOB_MAX {
        return Err(Fault("it declares more than 32 MiB of content"));
    }
    buffer.clear();
    // One byte of room more than declared, so that content which is longer is found out.
    buffer.reserve_exact(size as usize + 1);
    let mut inflater = flate2::Decompress::new(true);
    let status = inflater.decompress_vec(packed, buffer, flate2::FlushDecompress::Finish);
    match status {
        Ok(flate2::Status::StreamEnd) if buffer.len() as u64 == size => Ok(buffer),
        Ok(_) => Err(Fault("its content is not as long as it declares")),
        Err(_) => Err(Fault("its content cannot be unpacked")),
    }
}
