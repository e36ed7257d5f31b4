//! Text made in parallel and written in order.

use std::io::{self, Write};
use std::ops::Range;

use rayon::prelude::*;

/// Items made by one thread in one go.
const CHUNK: usize = 128;
/// Chunks made before they are written: bounds what is held in memory.
const WAVE: usize = 32;

/// Writes what `make` gives for consecutive ranges of `0..count`, in their order. How the items are divided
/// does not depend on the number of threads.
pub(super) fn write_ordered(
    out: &mut dyn Write,
    count: usize,
    make: impl Fn(Range<usize>) -> Vec<u8> + Sync,
) -> io::Result<()> {
    let chunks: Vec<usize> = (0..count).step_by(CHUNK).collect();
    for wave in chunks.chunks(WAVE) {
        let texts: Vec<Vec<u8>> =
            wave.par_iter().map(|&first| make(first..(first + CHUNK).min(count))).collect();
        for text in texts {
            out.write_all(&text)?;
        }
    }
    Ok(())
}
