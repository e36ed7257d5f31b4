//! OSM XML (<https://wiki.openstreetmap.org/wiki/OSM_XML>), plain or packed with gzip or bzip2.
//!
//! The text is read once, as a stream, and put into the same blocks that PBF files have. A packed file may
//! unpack to [`TEXT_UNPACKED_MAX`] bytes and one tag of it to [`EVENT_MAX`]; beyond, reading stops with an error.

use std::cell::Cell;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::block::MemberType;
use super::encode::{Element, Encoder};
use crate::import::ImportError;
use crate::import::plain::open_plain;
use crate::limits::TEXT_BYTES_MAX;
use crate::progress::{Progress, Stage};

/// Most bytes of text read from one file, unpacked.
const TEXT_UNPACKED_MAX: u64 = 4 * TEXT_BYTES_MAX;
/// Most bytes between two tags, and of one tag.
const EVENT_MAX: u64 = 1 << 20;
/// Most nodes or members of one element.
const REFS_MAX: usize = 1 << 18;
/// Most tags of one element.
const TAGS_MAX: usize = 1 << 14;
/// Elements between two looks at whether to stop.
const LOOK_EVERY: u64 = 50_000;

/// How the text is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    None,
    Gzip,
    Bzip2,
}

/// Reads a file into blocks.
pub(super) fn read_blocks(
    path: &Path,
    packing: Packing,
    progress: &dyn Progress,
) -> Result<Vec<Vec<u8>>, ImportError> {
    let file = open_plain(path).map_err(|error| ImportError::read(path, error))?;
    let budget = Rc::new(Budget::default());
    let reader: Box<dyn BufRead> = match packing {
        Packing::None => Box::new(BufReader::new(file)),
        Packing::Gzip => Box::new(BufReader::new(flate2::read::MultiGzDecoder::new(file))),
        Packing::Bzip2 => Box::new(BufReader::new(bzip2::read::MultiBzDecoder::new(file))),
    };
    let mut xml = Reader::from_reader(Counted { inner: reader, budget: Rc::clone(&budget) });
    xml.config_mut().check_end_names = true;
    let mut text =
        XmlFile { path, budget: &budget, progress, encoder: Encoder::default(), seen: 0 };
    text.read(&mut xml)?;
    Ok(text.encoder.finish())
}

/// How much has been read in all and since the last tag.
#[derive(Default)]
struct Budget {
    total: Cell<u64>,
    event: Cell<u64>,
}

/// A reader that refuses to go beyond its budget.
struct Counted {
    inner: Box<dyn BufRead>,
    budget: Rc<Budget>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.count(count);
        Ok(count)
    }
}

impl Counted {
    fn count(&self, bytes: usize) {
        self.budget.total.set(self.budget.total.get() + bytes as u64);
        self.budget.event.set(self.budget.event.get() + bytes as u64);
    }
}

impl BufRead for Counted {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.budget.event.get() > EVENT_MAX {
            return Err(std::io::Error::other("a tag or text is longer than 1 MiB"));
        }
        if self.budget.total.get() > TEXT_UNPACKED_MAX {
            return Err(std::io::Error::other("it unpacks to more than 4 GiB; give a PBF extract"));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.count(count);
        self.inner.consume(count);
    }
}

struct XmlFile<'a> {
    path: &'a Path,
    budget: &'a Budget,
    progress: &'a dyn Progress,
    encoder: Encoder,
    seen: u64,
}

impl XmlFile<'_> {
    fn fault(&self, what: impl std::fmt::Display) -> ImportError {
        let at = self.budget.total.get();
        ImportError::malformed(
            self.path,
            format!("the XML is damaged near byte {at}: {what}; fetch or export the file again"),
        )
    }

    fn read(&mut self, xml: &mut Reader<Counted>) -> Result<(), ImportError> {
        let mut buffer = Vec::new();
        let mut open: Option<(MemberType, Element)> = None;
        let (mut depth, mut is_osm) = (0_usize, false);
        loop {
            buffer.clear();
            self.budget.event.set(0);
            let event = xml.read_event_into(&mut buffer).map_err(|error| self.fault(error))?;
            match event {
                Event::Start(tag) => {
                    depth += 1;
                    if !is_osm {
                        self.check_root(&tag)?;
                        is_osm = true;
                    }
                    self.start(&tag, &mut open)?;
                }
                Event::Empty(tag) => {
                    if !is_osm {
                        self.check_root(&tag)?;
                        is_osm = true;
                    }
                    let kind = kind_of(&tag);
                    self.start(&tag, &mut open)?;
                    if kind.is_some() {
                        self.end(&mut open)?;
                    }
                }
                Event::End(tag) => {
                    depth = depth.saturating_sub(1);
                    if matches!(tag.name().as_ref(), b"node" | b"way" | b"relation") {
                        self.end(&mut open)?;
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        if !is_osm {
            return Err(self.fault("there is no <osm> in it; give an OpenStreetMap extract"));
        }
        if depth > 0 {
            return Err(self.fault("it ends before its last tag is closed"));
        }
        Ok(())
    }

    /// The first tag must be `<osm>`; a change file (`<osmChange>`) is not an extract.
    fn check_root(&self, tag: &BytesStart<'_>) -> Result<(), ImportError> {
        if tag.name().as_ref() == b"osm" {
            return Ok(());
        }
        let name = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
        let name: String = name.chars().take(40).collect();
        Err(self.fault(format!("it starts with <{name}>, not with <osm>")))
    }

    fn start(
        &self,
        tag: &BytesStart<'_>,
        open: &mut Option<(MemberType, Element)>,
    ) -> Result<(), ImportError> {
        if let Some(kind) = kind_of(tag) {
            if open.is_some() {
                return Err(self.fault("an element lies inside another"));
            }
            *open = self.element(tag, kind)?.map(|element| (kind, element));
            return Ok(());
        }
        let Some((_, element)) = open.as_mut() else { return Ok(()) };
        match tag.name().as_ref() {
            b"tag" => {
                let key = self.attribute(tag, b"k")?.unwrap_or_default();
                let value = self.attribute(tag, b"v")?.unwrap_or_default();
                if element.tags.len() < TAGS_MAX {
                    element.tags.push((key, value));
                }
            }
            b"nd" => {
                if element.refs.len() >= REFS_MAX {
                    return Err(self.fault("a way has more than 262,144 nodes"));
                }
                element.refs.push(self.number(tag, b"ref")?);
            }
            b"member" => {
                let kind = match self.attribute(tag, b"type")?.as_deref() {
                    Some("node") => MemberType::Node,
                    Some("way") => MemberType::Way,
                    Some("relation") => MemberType::Relation,
                    _ => return Err(self.fault("a member has no type that is known")),
                };
                let role = self.attribute(tag, b"role")?.unwrap_or_default();
                if element.members.len() < REFS_MAX {
                    element.members.push((kind, self.number(tag, b"ref")?, role));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A new element; `None` when it is deleted (`visible="false"`, `action="delete"`).
    fn element(
        &self,
        tag: &BytesStart<'_>,
        kind: MemberType,
    ) -> Result<Option<Element>, ImportError> {
        let id = self.number(tag, b"id")?;
        let gone = self.attribute(tag, b"visible")?.as_deref() == Some("false")
            || self.attribute(tag, b"action")?.as_deref() == Some("delete");
        if gone {
            return Ok(None);
        }
        let mut element = Element { id, ..Element::default() };
        if kind == MemberType::Node {
            element.place = (self.degrees(tag, b"lon")?, self.degrees(tag, b"lat")?);
        }
        Ok(Some(element))
    }

    fn end(&mut self, open: &mut Option<(MemberType, Element)>) -> Result<(), ImportError> {
        if let Some((kind, element)) = open.take() {
            self.encoder.push(kind, &element);
            self.seen += 1;
            if self.seen.is_multiple_of(LOOK_EVERY) {
                self.progress.step(Stage::Reading, 0, 3000)?;
            }
        }
        Ok(())
    }

    fn attribute(&self, tag: &BytesStart<'_>, name: &[u8]) -> Result<Option<String>, ImportError> {
        let found = tag.try_get_attribute(name).map_err(|error| self.fault(error))?;
        let Some(attribute) = found else { return Ok(None) };
        let text = attribute.unescape_value().map_err(|error| self.fault(error))?;
        Ok(Some(text.into_owned()))
    }

    fn number(&self, tag: &BytesStart<'_>, name: &[u8]) -> Result<i64, ImportError> {
        let text = self.attribute(tag, name)?.unwrap_or_default();
        text.parse().map_err(|error| self.fault(format!("{text:?} is not an id ({error})")))
    }

    /// Degrees in 1e-7; what is no number lies far off the earth, so that it is left out with an issue.
    fn degrees(&self, tag: &BytesStart<'_>, name: &[u8]) -> Result<i64, ImportError> {
        const OFF_EARTH: i64 = 4_000_000_000;
        let text = self.attribute(tag, name)?.unwrap_or_default();
        let degrees: f64 = text.parse().unwrap_or(f64::NAN);
        let known = degrees.abs() <= 360.0;
        Ok(if known { (degrees * 1e7).round() as i64 } else { OFF_EARTH })
    }
}

fn kind_of(tag: &BytesStart<'_>) -> Option<MemberType> {
    match tag.name().as_ref() {
        b"node" => Some(MemberType::Node),
        b"way" => Some(MemberType::Way),
        b"relation" => Some(MemberType::Relation),
        _ => None,
    }
}
