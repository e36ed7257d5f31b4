//! What "covered" means and who is: standards as data, assessment, gaps, summaries.

pub mod standard;

pub use standard::{Composite, CutoffError, Rule, Standard};
