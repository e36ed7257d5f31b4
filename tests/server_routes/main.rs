//! The router, asked as the page asks it: numbers, refusals, headers, tiles.

mod api;
mod guard;
mod tiles;
mod town;
