//! The map page and its data, served to this machine: check → ask the core → shape the answer.
//!
//! A [`Server`] has a library of studies. A study is loaded once; times are swept when first asked for and kept,
//! so that moving the cutoff costs only sums. Tiles are drawn when first asked for. Whatever takes longer is a
//! job. Every route is described where it is written, and `/api/v1/openapi.json` is made of these descriptions.

mod app;
mod ask;
mod cache;
mod changes;
mod connections;
pub mod content;
mod describe;
mod gains;
mod guard;
mod jobs;
mod lacking;
mod library;
mod names;
mod page;
mod places;
mod plans;
mod problem;
mod query;
mod routes;
mod scenarios;
mod scratch;
mod shape;
mod study;
mod taking;
mod tiles;
mod uploads;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

pub use app::{App, AppError, AppInput, DefaultSelection, StudyMeta};
pub use content::{KindArea, KindLine, MapContent, PlaceName};
pub use library::{Described, Opener, OpenerAs, Shelf};

use jobs::Jobs;
use library::Library;

/// Longest request body read, in bytes.
const BODY_BYTES_MAX: usize = 1 << 20;
/// Longest file that may be sent, in bytes.
const FILE_BYTES_MAX: usize = 64 << 20;
/// Longest time an answer may take.
const ANSWER_TIME_MAX: Duration = Duration::from_mins(1);
/// Answers worked out at once.
const ANSWERS_AT_ONCE: usize = 4;

/// Places among those that are worked out; more wait their turn.
static TURNS: Semaphore = Semaphore::const_new(ANSWERS_AT_ONCE);

/// Why the server stopped or did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The port cannot be had.
    #[error("cannot listen on {address}: {source}; choose another port with --port")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// A study cannot be served.
    #[error("study {id:?} cannot be served: {reason}")]
    Study {
        /// Its id.
        id: String,
        /// Why.
        reason: String,
    },
    /// The system failed while serving.
    #[error("the server stopped: {0}")]
    Io(#[from] std::io::Error),
}

/// Everything that is served.
#[derive(Debug, Default)]
pub struct Server {
    library: Library,
    jobs: Arc<Jobs>,
    access: Access,
}

/// Who may ask, and for what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// What everybody must show who asks; without one only this machine is answered.
    pub token: Option<String>,
    /// Whether every change is refused.
    pub read_only: bool,
}

impl Server {
    /// A server of the studies on `shelves`, all closed.
    pub fn new(shelves: Vec<Shelf>) -> Self {
        Self { library: Library::new(shelves), jobs: Arc::default(), access: Access::default() }
    }

    /// The same with another access.
    #[must_use]
    pub fn with_access(self, access: Access) -> Self {
        Self { access, ..self }
    }

    /// Ids of the studies, in order, as addresses name them.
    pub fn ids(&self) -> Vec<String> {
        self.library.entries().into_iter().map(|entry| entry.id).collect()
    }

    /// Puts a study that is loaded already in its place.
    ///
    /// # Errors
    /// When the library has no such study, or it has no profile, function or group.
    pub fn put(&self, id: &str, input: AppInput) -> Result<(), ServeError> {
        let refused = |reason: String| ServeError::Study { id: id.to_owned(), reason };
        let put = self.library.put(id, input).map_err(|problem| refused(problem.detail))?;
        put.map_err(|fault| refused(fault.to_string()))
    }
}

/// Every route, with its guards.
pub fn router(server: Arc<Server>) -> Router {
    let access = Arc::clone(&server);
    let files = routes::files_router()
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(FILE_BYTES_MAX));
    routes::router()
        .fallback(page::answer)
        .layer(RequestBodyLimitLayer::new(BODY_BYTES_MAX))
        .merge(files)
        .with_state(server)
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_TIME_MAX))
        .layer(from_fn(guard::refusals_as_problems))
        .layer(from_fn_with_state(access, guard::admitted))
        .layer(CompressionLayer::new())
        .layer(from_fn(guard::with_security_headers))
}

/// The description of all routes as `OpenAPI`, for people and for makers of clients.
pub fn openapi_json() -> String {
    let mut text = serde_json::to_string_pretty(&routes::description()).unwrap_or_default();
    text.push('\n');
    text
}

/// Takes an address of this machine; port 0 takes any free one.
///
/// # Errors
/// When the port is taken or not allowed, or the address is not one of this machine's.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| ServeError::Bind { address, source })
}

/// Serves until `shutdown` is over, then finishes the answers under way. Connections that stand still, or come in
/// greater number than there may be, are let go.
///
/// # Errors
/// When the system fails.
pub async fn serve(
    listener: TcpListener,
    server: Arc<Server>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    Ok(connections::take(listener, router(server), shutdown).await?)
}

/// Serves on a runtime of its own until the program is interrupted or told to end. `ready` is told the address
/// once requests are taken.
///
/// # Errors
/// When the address cannot be had or the system fails.
pub fn run(
    server: Arc<Server>,
    address: SocketAddr,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(async {
        let listener = bind(address).await?;
        ready(listener.local_addr()?);
        serve(listener, server, told_to_end()).await
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
    scratch::leave();
    served
}

/// Bytes as lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for half in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(half), 16));
        }
        text
    })
}

/// Over when the program is interrupted (Ctrl-C) or told to end.
async fn told_to_end() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let ended = async {
        let signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        match signal {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let ended = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = ended => {}
    }
}
