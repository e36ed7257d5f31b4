//! Vector tiles, drawn when asked for: web-mercator tiles of 4096 units, clipped with a margin, simplified by
//! zoom (<https://github.com/mapbox/vector-tile-spec/tree/master/2.1>).
//!
//! Up close every street part is a line of its own with its times in tenths of minutes. Farther out
//! ([`DETAIL_ZOOM`]) times are whole minutes, rounded up so that "within the cutoff" stays true, and streets
//! that would fill one pixel twice are drawn once.

mod atlas;
mod base;
mod canvas;
mod clip;
mod composite;
mod gain;
mod grid;
mod join;
mod pen;
mod simplify;
mod street;
mod thin;
mod time;

use std::io::{Read, Write};

use axum::body::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::ids::FunctionId;

use super::app::{App, Needed, SelectionKey, WalkerId};
use super::hex;
use crate::units::WalkTime;
pub(super) use atlas::Atlas;
pub(super) use grid::TileId;

/// From this zoom on nothing is left out and times are exact to a tenth of a minute.
const DETAIL_ZOOM: u8 = 14;

/// What is drawn.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TileSet {
    /// The base map.
    Base,
    /// Walking times to the nearest facility of a function.
    Time(FunctionId, WalkerId),
    /// What one more site would gain.
    Gain(SelectionKey),
    /// Which of several functions homes lack.
    Composite(Needed, WalkerId, WalkTime),
}

/// Which tile of what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TileKey {
    pub(super) set: TileSet,
    pub(super) id: TileId,
}

/// How the bytes of a tile are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// As they are.
    Plain,
    /// Compressed by gzip.
    Gzip,
}

/// A drawn tile with something on it.
#[derive(Clone, Debug)]
pub(super) struct Tile {
    hash: String,
    packed: Bytes,
}

/// Why a tile could not be drawn: more than the format can number.
#[derive(Debug, thiserror::Error)]
pub(super) enum TileError {
    /// The format's limits.
    #[error("the tile cannot be written: {0}")]
    Format(#[from] fast_mvt::MvtError),
    /// The selection cannot be placed for.
    #[error("{0}")]
    Gain(String),
    /// Compressing failed.
    #[error("the tile cannot be compressed: {0}")]
    Packing(#[from] std::io::Error),
}

impl Tile {
    /// Draws a tile; `None` when nothing is on it.
    pub(super) fn draw(app: &App, key: &TileKey) -> Result<Option<Self>, TileError> {
        let bytes = match &key.set {
            TileSet::Base => base::draw(app, key.id)?,
            TileSet::Time(function, walker) => time::draw(app, (*function, *walker), key.id)?,
            TileSet::Gain(selection) => {
                let gains = app.gains(selection).map_err(|fault| TileError::Gain(fault.detail))?;
                gain::draw(app, &gains, key.id)?
            }
            TileSet::Composite(needed, walker, cutoff) => {
                let lacking = app.lacking(&(needed.clone(), *walker, *cutoff));
                composite::draw(app, (&lacking, &needed.ids(app)), key.id)?
            }
        };
        if bytes.is_empty() {
            return Ok(None);
        }
        let hash = hex(&Sha256::digest(&bytes)[..16]);
        let mut packer = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::new(4));
        packer.write_all(&bytes)?;
        Ok(Some(Self { hash, packed: packer.finish()?.into() }))
    }

    /// The strong entity tag of the bytes as sent.
    pub(super) fn tag(&self, coding: Coding) -> String {
        match coding {
            Coding::Plain => format!("\"{}\"", self.hash),
            Coding::Gzip => format!("\"{}-gzip\"", self.hash),
        }
    }

    /// The bytes as sent.
    ///
    /// # Errors
    /// When they cannot be unpacked.
    pub(super) fn bytes(&self, coding: Coding) -> std::io::Result<Bytes> {
        match coding {
            Coding::Gzip => Ok(self.packed.clone()),
            Coding::Plain => {
                let mut plain = Vec::new();
                GzDecoder::new(&self.packed[..]).read_to_end(&mut plain)?;
                Ok(plain.into())
            }
        }
    }
}
