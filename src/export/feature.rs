//! Feature collections, streamed one feature a line.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use super::extent::Extent;
use super::json::Json;
use super::number::push_fixed;
use super::ordered::write_ordered;
use super::provenance::Provenance;

/// A feature collection being written.
pub(super) struct Collection<'a> {
    out: &'a mut dyn Write,
    is_empty: bool,
    /// The box around everything written. Boxes join alike in any order.
    extent: Mutex<Extent>,
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
        Ok(Self { out, is_empty: true, extent: Mutex::default() })
    }

    /// Writes `count` features; `fill` writes geometry and properties of one (see [`feature`]). They are made
    /// in parallel and written in order.
    pub(super) fn write_all(
        &mut self,
        count: usize,
        fill: impl Fn(usize, &mut Json) + Sync,
    ) -> io::Result<()> {
        let is_empty = self.is_empty;
        self.is_empty = is_empty && count == 0;
        let extent = &self.extent;
        write_ordered(self.out, count, |range| {
            let mut json = Json::default();
            for index in range {
                json.next_line();
                if index == 0 && is_empty {
                    json = Json::first_line();
                }
                fill(index, &mut json);
            }
            let (text, around) = json.into_parts();
            extent.lock().unwrap_or_else(PoisonError::into_inner).merge(around);
            text
        })
    }

    /// Writes one feature.
    pub(super) fn write_one(&mut self, fill: impl Fn(&mut Json) + Sync) -> io::Result<()> {
        self.write_all(1, |_, json| fill(json))
    }

    /// Closes the collection, with the box around it unless it shows nothing.
    pub(super) fn close(self) -> io::Result<()> {
        let mut end = b"\n]".to_vec();
        let extent = self.extent.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(bounds) = extent.bounds() {
            end.extend_from_slice(b",\n\"bbox\":[");
            for (index, bound) in bounds.into_iter().enumerate() {
                end.extend_from_slice(if index == 0 { b"" } else { b"," });
                push_fixed(&mut end, bound, 7);
            }
            end.push(b']');
        }
        end.extend_from_slice(b"}\n");
        self.out.write_all(&end)?;
        self.out.flush()
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
