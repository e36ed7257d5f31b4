//! The page, out of the binary.

use std::borrow::Cow;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::hex;
use super::problem::{Problem, ProblemKind};

/// The built page; empty when it was not built before the program.
#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Dist;

/// Said instead of a page that was not built.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>walkshed</title>\
     <h1>The map page was not built</h1><p>Run <code>make web</code> in the project folder, build walkshed \
     again and reload. The data is there already: <a href=\"/api/v1/study\">/api/v1/study</a>.</p></html>";

/// A year: files under `assets/` have a hash of their content in the name.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// A file of the page.
pub(super) async fn answer(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        path => path,
    };
    match Dist::get(path) {
        Some(file) => send(path, file, &headers),
        None if path == "index.html" => {
            (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response()
        }
        None => Problem::new(
            ProblemKind::NotFound,
            "nothing at this address; the page is at / and the data under /api/v1",
        )
        .into_response(),
    }
}

/// Whether the browser takes gzip.
fn takes_gzip(asked: &HeaderMap) -> bool {
    let told = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    told.unwrap_or("").split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"))
            && !parts.any(|part| part == "q=0")
    })
}

/// The file as it was compressed when the page was built, where it was and the browser takes that.
fn compressed(path: &str, asked: &HeaderMap) -> Option<EmbeddedFile> {
    takes_gzip(asked).then(|| Dist::get(&format!("{path}.gz")))?
}

fn send(path: &str, file: EmbeddedFile, asked: &HeaderMap) -> Response {
    // Weak: the same file may go out compressed.
    let tag = format!("W/\"{}\"", hex(&file.metadata.sha256_hash()[..16]));
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let known = known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
    let caching = if path.starts_with("assets/") { FOREVER } else { "no-cache" };
    let packed = (!known).then(|| compressed(path, asked)).flatten();
    let is_packed = packed.is_some();
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let data = packed.map_or(file.data, |packed| packed.data);
        let bytes = match data {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        };
        Body::from(bytes).into_response()
    };
    if is_packed {
        let packed = [(header::CONTENT_ENCODING, "gzip"), (header::VARY, "accept-encoding")];
        for (name, value) in packed {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, value);
    }
    if let (false, Ok(value)) = (known, HeaderValue::from_str(&media_type(path, &file.metadata))) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    response
}

/// Media type by file name, with the encoding of text.
fn media_type(path: &str, metadata: &rust_embed::Metadata) -> String {
    let guessed = metadata.mimetype();
    let is_text = guessed.starts_with("text/") || guessed == "application/javascript";
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("webmanifest") => "application/manifest+json".to_owned(),
        Some("mjs" | "js") => "text/javascript; charset=utf-8".to_owned(),
        _ if is_text => format!("{guessed}; charset=utf-8"),
        _ => guessed.to_owned(),
    }
}
