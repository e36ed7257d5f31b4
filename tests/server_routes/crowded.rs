//! The server behind a real socket, amid connections that stand still.

use std::net::SocketAddr;
use std::time::Duration;

use super::town::app;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const HALF: &[u8] = b"GET /api/v1/studies HTTP/1.1\r\nHost: local";
/// More than one address may have open.
const MANY: usize = 300;

async fn served() -> SocketAddr {
    let listener = walkshed::server::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(walkshed::server::serve(listener, app(), std::future::pending()));
    address
}

async fn asked(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = "GET /api/v1/studies HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// Whether the server has let a connection go.
async fn is_over(stream: &mut TcpStream) -> bool {
    let mut byte = [0_u8; 64];
    loop {
        match timeout(Duration::from_millis(1), stream.read(&mut byte)).await {
            Ok(Ok(0) | Err(_)) => return true,
            Ok(Ok(_)) => {}
            Err(_) => return false,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn half_sent_requests_make_room_for_whole_ones() {
    let address = served().await;
    let mut half = Vec::new();
    for _ in 0..MANY {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(HALF).await.unwrap();
        half.push(stream);
    }
    for _ in 0..20 {
        let answer = timeout(Duration::from_secs(5), asked(address)).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut over = 0;
    for stream in &mut half {
        over += usize::from(is_over(stream).await);
    }
    assert!(over >= MANY - 256, "{over} of {MANY} were let go");
}
