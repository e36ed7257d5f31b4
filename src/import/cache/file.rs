//! The file a network is kept in: a header that says what it was made from, and the network.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::checksum::checksum;
use super::codec::{Damaged, Source, Stored};
use super::secret::Secret;

const MAGIC: [u8; 8] = *b"walkshed";
/// Version of the layout; raised whenever it changes.
const FORMAT: u32 = 4;
/// Magic, format, rules, two hashes, length and sum of the payload, sum of the header.
const HEAD_BYTES: usize = 8 + 4 + 8 + 32 + 32 + 8 + 8 + 8;
/// The seal over all of that and the payload.
const SEAL_BYTES: usize = 32;
const HEADER_BYTES: usize = HEAD_BYTES + SEAL_BYTES;
/// What marks the folder as one that backups may leave out (<https://bford.info/cachedir/>).
const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
                   # Made by walkshed from the inputs of the study; may be removed at any time.\n";

/// What a network was made from. Only the same three things make the same network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) struct Key {
    /// The rules of the program: a hash over the sources that decide what is read.
    pub(in crate::import) rules: u64,
    /// SHA-256 over the settings.
    pub(in crate::import) settings: [u8; 32],
    /// SHA-256 over the hashes of the contents of the inputs.
    pub(in crate::import) inputs: [u8; 32],
}

/// Why a file was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::import) enum Unfit {
    /// No such file.
    #[error("there is none yet")]
    Absent,
    /// It cannot be read.
    #[error("it cannot be read")]
    Unreadable,
    /// It is something else.
    #[error("it is not a walkshed cache")]
    Foreign,
    /// Another program version, or one with other rules, wrote it.
    #[error("another version of the program made it")]
    OtherRules,
    /// The study asked for something else then.
    #[error("it was made for other settings")]
    OtherSettings,
    /// The inputs were others.
    #[error("the inputs have changed since")]
    OtherInputs,
    /// Whole, but sealed by somebody else.
    #[error("it was made by another user or on another machine")]
    OtherHand,
    /// Not what was written.
    #[error("it is damaged: {0}")]
    Damaged(&'static str),
}

impl From<Damaged> for Unfit {
    fn from(damaged: Damaged) -> Self {
        Self::Damaged(damaged.0)
    }
}

impl Key {
    /// Whether a file made from `self` serves for `wanted`.
    pub(in crate::import) fn check(self, wanted: Self) -> Result<(), Unfit> {
        if self.rules != wanted.rules {
            Err(Unfit::OtherRules)
        } else if self.settings != wanted.settings {
            Err(Unfit::OtherSettings)
        } else if self.inputs == wanted.inputs {
            Ok(())
        } else {
            Err(Unfit::OtherInputs)
        }
    }
}

/// What only who has the secret can make of a head and a payload.
fn seal(head: &[u8], payload: &[u8], secret: &Secret) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new_keyed(secret);
    hasher.update(head);
    hasher.update(payload);
    hasher.finalize()
}

/// The header of the file for `payload` made from `key`.
pub(super) fn wrap(key: Key, payload: &[u8], secret: &Secret) -> [u8; HEADER_BYTES] {
    let mut header = Vec::with_capacity(HEADER_BYTES);
    header.extend_from_slice(&MAGIC);
    FORMAT.put(&mut header);
    key.rules.put(&mut header);
    header.extend_from_slice(&key.settings);
    header.extend_from_slice(&key.inputs);
    (payload.len() as u64).put(&mut header);
    checksum(payload).put(&mut header);
    checksum(&header).put(&mut header);
    let seal = seal(&header, payload, secret);
    header.extend_from_slice(seal.as_bytes());
    let mut whole = [0; HEADER_BYTES];
    whole.copy_from_slice(&header);
    whole
}

/// The key and payload of a whole file made by a program with `rules` and by who has the secret.
pub(super) fn unwrap<'b>(
    bytes: &'b [u8],
    rules: u64,
    secret: &Secret,
) -> Result<(Key, &'b [u8]), Unfit> {
    let Some((header, payload)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
        let torn = bytes.starts_with(&MAGIC);
        return Err(if torn { Unfit::Damaged("it ends too early") } else { Unfit::Foreign });
    };
    let mut from = Source::new(header);
    if from.bytes(MAGIC.len())? != MAGIC {
        return Err(Unfit::Foreign);
    }
    if from.take::<u32>()? != FORMAT {
        return Err(Unfit::OtherRules);
    }
    let mut key = Key { rules: from.take()?, settings: [0; 32], inputs: [0; 32] };
    key.settings.copy_from_slice(from.bytes(32)?);
    key.inputs.copy_from_slice(from.bytes(32)?);
    let (length, sum) = (from.take::<u64>()?, from.take::<u64>()?);
    let (head, sealed) = header.split_at(HEAD_BYTES);
    if from.take::<u64>()? != checksum(&head[..HEAD_BYTES - 8]) {
        return Err(Unfit::Damaged("its head does not add up"));
    }
    if key.rules != rules {
        return Err(Unfit::OtherRules);
    }
    if length != payload.len() as u64 {
        return Err(Unfit::Damaged("it is shorter or longer than it says"));
    }
    if sum != checksum(payload) {
        return Err(Unfit::Damaged("its contents do not add up"));
    }
    // The comparison takes as long however much is right.
    if !blake3::Hash::from_slice(sealed).is_ok_and(|told| told == seal(head, payload, secret)) {
        return Err(Unfit::OtherHand);
    }
    Ok((key, payload))
}

/// The bytes of the file at `path`.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Unfit> {
    fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Unfit::Absent,
        _ => Unfit::Unreadable,
    })
}

/// Writes the file at `path` wholly or not at all; whoever reads or writes it at the same time sees one whole
/// file or the other. It is not waited for until it is on the disk: what a power failure leaves is found out.
pub(super) fn write(path: &Path, header: &[u8], payload: &[u8]) -> io::Result<()> {
    let folder = path.parent().map_or_else(|| PathBuf::from("."), Path::to_owned);
    fs::create_dir_all(&folder)?;
    for (name, text) in [("CACHEDIR.TAG", TAG), (".gitignore", "*\n")] {
        let note = folder.join(name);
        if !note.exists() {
            fs::write(note, text)?;
        }
    }
    // A file in a folder of its own gets the usual permissions, unlike a temporary file.
    let staging = tempfile::Builder::new().prefix(".part-").tempdir_in(&folder)?;
    let part = staging.path().join("cache");
    let mut file = fs::File::create(&part)?;
    file.write_all(header)?;
    file.write_all(payload)?;
    drop(file);
    fs::rename(&part, path)
}
