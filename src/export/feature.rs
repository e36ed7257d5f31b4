//! Feature collections, streamed one feature a line.

use std::io::{self, Write};

use rayon::prelude::*;

use super::json::Json;
use super::provenance::Provenance;

/// Features made by one thread in one go.
const CHUNK: usize = 128;
/// Chunks made before they are written: bounds what is held in memory.
const WAVE: usize = 32;

/// A feature collection being written.
pub(super) struct Collection<'a> {
    out: &'a mut dyn Write,
    is_empty: bool,
}

impl<'a> Collection<'a> {
    /// Opens a collection called `name`, with its foreign members.
    pub(super) fn open(
        out: &'a mut dyn Write,
        name: &str,
        provenance: &Provenance,
    ) -> io::Result<Self> {
        let mut json = Json::default();
        json.key("name").string(name);
        json.key("provenance").value(provenance);
        json.key("attribution").string(&provenance.attribution_line());
        out.write_all(b"{\"type\":\"FeatureCollection\",\n")?;
        out.write_all(json.text())?;
        out.write_all(b",\n\"features\":[")?;
        Ok(Self { out, is_empty: true })
    }

    /// Writes `count` features; `fill` writes geometry and properties of one (see [`feature`]). They are made
    /// in parallel and written in order.
    pub(super) fn write_all(
        &mut self,
        count: usize,
        fill: impl Fn(usize, &mut Json) + Sync,
    ) -> io::Result<()> {
        let mut start = 0;
        while start < count {
            let end = (start + CHUNK * WAVE).min(count);
            let chunks: Vec<usize> = (start..end).step_by(CHUNK).collect();
            let texts: Vec<Json> = chunks
                .par_iter()
                .map(|&first| {
                    let mut json = Json::default();
                    for index in first..(first + CHUNK).min(end) {
                        if index > first {
                            json.next_line();
                        }
                        fill(index, &mut json);
                    }
                    json
                })
                .collect();
            for text in texts {
                self.separate()?;
                self.out.write_all(text.text())?;
            }
            start = end;
        }
        Ok(())
    }

    /// Writes one feature.
    pub(super) fn write_one(&mut self, fill: impl FnOnce(&mut Json)) -> io::Result<()> {
        let mut json = Json::default();
        fill(&mut json);
        self.separate()?;
        self.out.write_all(json.text())
    }

    /// Closes the collection.
    pub(super) fn close(self) -> io::Result<()> {
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()
    }

    fn separate(&mut self) -> io::Result<()> {
        let mark: &[u8] = if self.is_empty { b"\n" } else { b",\n" };
        self.is_empty = false;
        self.out.write_all(mark)
    }
}

/// One feature: `geometry` writes exactly one value, `properties` writes members.
pub(super) fn feature(
    json: &mut Json,
    geometry: impl FnOnce(&mut Json),
    properties: impl FnOnce(&mut Json),
) {
    json.object(|json| {
        json.key("type").string("Feature");
        json.key("properties").object(properties);
        geometry(json.key("geometry"));
    });
}
