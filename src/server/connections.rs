//! Connections: how many there may be at once, whose, and how long one may stand still.
//!
//! Whoever sends half a request, or reads an answer byte by byte, holds a connection. So there is a time in which a
//! request has to be sent, a time in which something has to move, and a number of connections, in all and for one
//! address. Where one more comes than there may be, the one makes room that has answered nothing yet and stood still
//! longest: a newcomer is always let in, and nobody is put out by the many of another address.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::Instant;

/// Connections open at once.
const OPEN_MAX: usize = 512;
/// Connections open at once for one address.
const OF_ONE_MAX: usize = 256;
/// Longest time in which the head of a request may be sent.
const HEAD_TIME_MAX: Duration = Duration::from_secs(10);
/// Longest time in which nothing is sent or read while no answer is being worked out.
const STILL_TIME_MAX: Duration = Duration::from_secs(40);
/// How often a connection is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long answers under way may take when the server is told to end.
const LEAVE_TIME_MAX: Duration = Duration::from_secs(5);
/// How long to wait when the system has no connection to give.
const RETRY_AFTER: Duration = Duration::from_millis(20);

/// Takes connections until `shutdown` is over, then waits for the answers under way.
pub(super) async fn take(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let open = Arc::new(Connections::new());
    let leaving = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let taken = tokio::select! {
            taken = listener.accept() => taken,
            () = &mut shutdown => break,
        };
        let Ok((stream, peer)) = taken else {
            // The system has no more of them to give: one that stands still is let go.
            open.make_room();
            tokio::time::sleep(RETRY_AFTER).await;
            continue;
        };
        let held = Held::new(&open, peer.ip());
        tokio::spawn(answer(stream, router.clone(), held, leaving.watcher()));
    }
    drop(listener);
    // Whoever still listens to the events of a job is let go.
    let _ = tokio::time::timeout(LEAVE_TIME_MAX, leaving.shutdown()).await;
    Ok(())
}

async fn answer(stream: TcpStream, router: Router, held: Held, watcher: Watcher) {
    let connection = Arc::clone(&held.connection);
    let io = TokioIo::new(Watched { stream, connection: Arc::clone(&connection) });
    let service = Tracked { inner: TowerToHyperService::new(router), connection };
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_MAX)
        .serve_connection(io, service);
    tokio::select! {
        // A peer that went away is no fault of ours.
        _ = watcher.watch(serving) => {}
        () = held.connection.over() => {}
    }
}

/// One connection, as far as it is watched.
#[derive(Debug)]
struct Connection {
    peer: IpAddr,
    since: Instant,
    /// When something was sent or read last, in milliseconds since `since`.
    moved_ms: AtomicU64,
    /// Answers being worked out.
    working: AtomicU32,
    /// Whether anything was answered yet.
    served: AtomicBool,
    /// Told when it has to make room.
    close: Notify,
}

impl Connection {
    fn moved(&self) {
        self.moved_ms.store(self.since.elapsed().as_millis() as u64, Ordering::Relaxed);
    }

    fn last_moved(&self) -> Instant {
        self.since + Duration::from_millis(self.moved_ms.load(Ordering::Relaxed))
    }

    fn is_working(&self) -> bool {
        self.working.load(Ordering::Relaxed) > 0
    }

    /// Over when the connection has to make room or has stood still for too long.
    async fn over(&self) {
        loop {
            let told = tokio::time::timeout(LOOK_EVERY, self.close.notified()).await;
            let is_still = !self.is_working() && self.last_moved().elapsed() > STILL_TIME_MAX;
            if told.is_ok() || is_still {
                return;
            }
        }
    }

    /// The least of these makes room first.
    fn rank(&self) -> (bool, bool, Instant) {
        (self.served.load(Ordering::Relaxed), self.is_working(), self.last_moved())
    }
}

/// The connections that are open.
#[derive(Debug)]
struct Connections {
    open: Mutex<(u64, BTreeMap<u64, Arc<Connection>>)>,
}

impl Connections {
    fn new() -> Self {
        Self { open: Mutex::default() }
    }

    fn open(&self) -> MutexGuard<'_, (u64, BTreeMap<u64, Arc<Connection>>)> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go the connection that stood still longest, of the address that has most.
    fn make_room(&self) {
        let mut open = self.open();
        if let Some(peer) = busiest(&open.1) {
            let_go(&mut open.1, peer);
        }
    }

    fn admit(&self, peer: IpAddr) -> (u64, Arc<Connection>) {
        let mut open = self.open();
        let of_peer = open.1.values().filter(|connection| connection.peer == peer).count();
        if of_peer >= OF_ONE_MAX {
            let_go(&mut open.1, peer);
        } else if open.1.len() >= OPEN_MAX
            && let Some(peer) = busiest(&open.1)
        {
            let_go(&mut open.1, peer);
        }
        let connection = Arc::new(Connection {
            peer,
            since: Instant::now(),
            moved_ms: AtomicU64::new(0),
            working: AtomicU32::new(0),
            served: AtomicBool::new(false),
            close: Notify::new(),
        });
        open.0 += 1;
        let id = open.0;
        open.1.insert(id, Arc::clone(&connection));
        (id, connection)
    }
}

/// The address with most connections.
fn busiest(open: &BTreeMap<u64, Arc<Connection>>) -> Option<IpAddr> {
    let mut counts: BTreeMap<IpAddr, usize> = BTreeMap::new();
    for connection in open.values() {
        *counts.entry(connection.peer).or_default() += 1;
    }
    counts.into_iter().max_by_key(|&(_, count)| count).map(|(peer, _)| peer)
}

fn let_go(open: &mut BTreeMap<u64, Arc<Connection>>, peer: IpAddr) {
    let of_peer = open.iter().filter(|(_, connection)| connection.peer == peer);
    let Some(id) = of_peer.min_by_key(|(_, connection)| connection.rank()).map(|(&id, _)| id)
    else {
        return;
    };
    if let Some(connection) = open.remove(&id) {
        connection.close.notify_one();
    }
}

/// A place among the open connections, given back at its end.
struct Held {
    id: u64,
    connection: Arc<Connection>,
    among: Arc<Connections>,
}

impl Held {
    fn new(among: &Arc<Connections>, peer: IpAddr) -> Self {
        let (id, connection) = among.admit(peer);
        Self { id, connection, among: Arc::clone(among) }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.among.open().1.remove(&self.id);
    }
}

/// A stream that notes when something moves.
struct Watched {
    stream: TcpStream,
    connection: Arc<Connection>,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.connection.moved();
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if written.is_ready() {
            self.connection.moved();
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// A service that notes when an answer is being worked out.
struct Tracked {
    inner: TowerToHyperService<Router>,
    connection: Arc<Connection>,
}

/// An answer under way.
struct Working(Arc<Connection>);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.moved();
        self.0.served.store(true, Ordering::Relaxed);
        self.0.working.fetch_sub(1, Ordering::Relaxed);
    }
}

impl hyper::service::Service<Request<Incoming>> for Tracked {
    type Response = Response;
    type Error = std::convert::Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Self::Error>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.connection.working.fetch_add(1, Ordering::Relaxed);
        let working = Working(Arc::clone(&self.connection));
        let answer = self.inner.call(request);
        Box::pin(async move {
            let answer = answer.await;
            drop(working);
            answer
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn of(last: u8) -> IpAddr {
        Ipv4Addr::new(192, 0, 2, last).into()
    }

    #[tokio::test]
    async fn a_newcomer_is_let_in_and_the_many_of_one_address_make_room_for_it() {
        let open = Arc::new(Connections::new());
        let planner = Held::new(&open, of(1));
        let many: Vec<Held> = (0..OPEN_MAX).map(|_| Held::new(&open, of(2))).collect();
        assert_eq!(open.open().1.len(), 1 + OF_ONE_MAX, "no address takes all places");
        let others: Vec<Held> =
            (0..OPEN_MAX).map(|at| Held::new(&open, of(3 + at as u8 % 8))).collect();
        assert_eq!(open.open().1.len(), OPEN_MAX);
        assert!(open.open().1.contains_key(&planner.id), "who has one keeps it");
        drop((many, others));
        assert_eq!(open.open().1.len(), 1);
    }

    #[tokio::test]
    async fn what_answered_nothing_yet_and_stood_still_longest_goes_first() {
        let open = Arc::new(Connections::new());
        let served = Held::new(&open, of(1));
        served.connection.served.store(true, Ordering::Relaxed);
        let still = Held::new(&open, of(1));
        tokio::time::sleep(Duration::from_millis(5)).await;
        let fresh = Held::new(&open, of(1));
        fresh.connection.moved();
        open.make_room();
        let left: Vec<u64> = open.open().1.keys().copied().collect();
        assert_eq!(left, [served.id, fresh.id]);
        tokio::time::timeout(Duration::from_secs(5), still.connection.over()).await.unwrap();
    }
}
