//! A report as PDF: the page of the HTML report, set on A4 with its figures as drawings and its fonts embedded.
//!
//! What is read is our own page, so both say the same; what is understood of HTML, SVG and CSS is what our own pages use.
//! No clock, no chance: the same page and fonts give the same bytes.

mod document;
mod figure;
mod flow;
mod fonts;
mod fragment;
mod inline;
mod markup;
mod style;
mod table;
mod typeface;

use document::{About, WIDTH};
use figure::Artist;
use flow::Setter;
use fonts::{FontUse, Quotes};
use markup::Element;

pub use fonts::FontBook;

/// Why a page cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// There is no font.
    #[error(
        "no font for the PDF: build the page (`make web`) and the program again, which brings one along, or install \
         a font package such as fonts-noto-cjk; the HTML report needs neither"
    )]
    NoFont,
    /// No font has Chinese characters.
    #[error(
        "no font with the Chinese character {0} for the PDF: build the page (`make web`) and the program again, which \
         brings one along, or install a font package such as fonts-noto-cjk; the HTML report needs neither"
    )]
    NoChinese(char),
    /// A font cannot be embedded.
    #[error("the font {name} cannot be embedded: {reason}")]
    Font {
        /// Its name.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The page is none of ours.
    #[error("the page cannot be read: {0}")]
    Page(String),
}

/// What a font must have for a report, in English and in Chinese.
pub const PDF_SAMPLES: (&str, &str) = ("Aa", "步行");

/// Sets a page of [`super::render_html`] or [`super::render_plan_html`] on A4.
///
/// # Errors
/// When no font has what the text needs.
pub fn set_pdf(page: &str, fonts: &FontBook) -> Result<Vec<u8>, PdfError> {
    let tree = markup::parse(page)?;
    let missing = || PdfError::Page("it has no body".to_owned());
    let body = tree.find("main").ok_or_else(missing)?;
    let title = tree.find("title").map(Element::text).unwrap_or_default();
    fonts.check(&format!("{title}{}", body.text()))?;
    let css = tree.find("style").map(Element::raw_text).unwrap_or_default();
    let language = tree.find("html").map_or("", |html| html.attribute("lang"));
    let quotes = if language.starts_with("zh") { Quotes::Wide } else { Quotes::Narrow };
    let used = FontUse::new(fonts, quotes);
    let artist = Artist::new(&tree, &css, &used);
    let fragments = Setter::new(&artist).children(body, WIDTH);
    document::write(fragments, &artist, &About { title: &title, language, foot: &title })
}
