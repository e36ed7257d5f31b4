//! Whether there is memory for what is to be read. A program that runs out of it is ended by the system, with every study
//! and job in it; so a file that needs more than is free is refused before it is taken apart.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::ImportError;

/// What is left for everything else, in bytes.
const SPARE_BYTES: u64 = 96 << 20;

/// What those who read at this moment were promised and may not have taken yet.
static PROMISED: AtomicU64 = AtomicU64::new(0);

/// A promise of memory; given back when dropped.
#[derive(Debug)]
#[must_use]
pub struct Room(u64);

impl Drop for Room {
    fn drop(&mut self) {
        PROMISED.fetch_sub(self.0, Ordering::Relaxed);
    }
}

/// Asks for `bytes` of memory to read the file at `path`.
///
/// # Errors
/// When so much is not free.
pub fn room_for(path: &Path, bytes: u64) -> Result<Room, ImportError> {
    let promised = PROMISED.fetch_add(bytes, Ordering::Relaxed);
    let room = Room(bytes);
    match free_bytes() {
        Some(free) if promised.saturating_add(bytes) > free => {
            let reason = format!(
                "needs about {} MB of memory to be read, and {} MB are free; split the file, or give the program more memory",
                bytes.div_ceil(1 << 20),
                free.saturating_sub(promised) >> 20
            );
            Err(ImportError::malformed(path, reason))
        }
        _ => Ok(room),
    }
}

/// Whether `bytes` of memory are free; where the system does not tell, they are.
pub fn is_free(bytes: u64) -> bool {
    let promised = PROMISED.load(Ordering::Relaxed);
    free_bytes().is_none_or(|free| promised.saturating_add(bytes) <= free)
}

/// Memory that the program may still take, as far as the system tells: by the limit of its addresses, by that of its group,
/// by what the machine has.
fn free_bytes() -> Option<u64> {
    let free = [by_addresses(), by_group(), by_machine()].into_iter().flatten().min()?;
    Some(free.saturating_sub(SPARE_BYTES))
}

/// The number that follows `name` in a text of lines.
fn number_after(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

fn by_addresses() -> Option<u64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let limit = number_after(&limits, "Max address space")?;
    let status = fs::read_to_string("/proc/self/status").ok()?;
    Some(limit.saturating_sub(number_after(&status, "VmSize:")? << 10))
}

fn by_group() -> Option<u64> {
    let group = Path::new("/sys/fs/cgroup");
    let read = |name: &str| fs::read_to_string(group.join(name)).ok();
    let limit: u64 = read("memory.max")?.trim().parse().ok()?;
    let taken: u64 = read("memory.current")?.trim().parse().ok()?;
    // Files that were read stand in memory only until it is needed.
    let files = read("memory.stat").and_then(|stat| number_after(&stat, "file ")).unwrap_or(0);
    Some(limit.saturating_sub(taken.saturating_sub(files)))
}

fn by_machine() -> Option<u64> {
    let memory = fs::read_to_string("/proc/meminfo").ok()?;
    Some(number_after(&memory, "MemAvailable:")? << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_any_machine_has_is_refused_and_a_little_is_not() {
        let path = Path::new("t.csv");
        drop(room_for(path, 1).unwrap());
        if cfg!(target_os = "linux") {
            let told = room_for(path, 1 << 60).unwrap_err().to_string();
            assert!(told.contains("t.csv") && told.contains("split the file"), "{told}");
            assert!(!is_free(1 << 60));
        }
    }

    #[test]
    fn numbers_are_found_by_the_name_before_them() {
        let text =
            "Max data size  unlimited\nMax address space         3072000000  unlimited  bytes\n";
        assert_eq!(number_after(text, "Max address space"), Some(3_072_000_000));
        assert_eq!(number_after(text, "Max data size"), None);
    }
}
