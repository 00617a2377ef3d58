//! Connections have an end, whatever the other side does with them.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinHandle,
    time::timeout,
};
use web::{Limits, serve::serve, tls::Tls};

use crate::server;

/// A server on a socket, and its address.
async fn listen(limits: Limits) -> (SocketAddr, JoinHandle<()>) {
    listen_with(limits, None).await
}

async fn listen_with(limits: Limits, tls: Option<Arc<Tls>>) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let running = tokio::spawn(async move {
        let server = server(limits.clone()).await;
        let router = server.router.clone();
        serve(listener, router, &limits, tls, std::future::pending())
            .await
            .unwrap();
    });
    (address, running)
}

async fn connect(address: SocketAddr, from: Ipv4Addr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    socket.connect(address).await.unwrap()
}

/// Asks whether the server is alive, on a connection that stays open.
async fn ask(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> String {
    let request = b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n";
    // A connection that the server has closed answers nothing.
    let _ = stream.write_all(request).await;
    let mut bytes = vec![0; 4096];
    let read = stream.read(&mut bytes).await.unwrap_or_default();
    String::from_utf8_lossy(&bytes[..read]).into_owned()
}

/// Whether the server ends the connection soon.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut bytes = [0; 64];
    let read = timeout(Duration::from_secs(5), stream.read(&mut bytes)).await;
    matches!(read, Ok(Ok(0) | Err(_)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_says_nothing_is_closed() {
    let (address, _running) = listen(Limits {
        connections: 2,
        head: Duration::from_millis(200),
        ..Limits::default()
    })
    .await;
    // As many as the server takes, and one that has something to ask.
    let mut silent = Vec::new();
    for _ in 0..2 {
        silent.push(connect(address, Ipv4Addr::LOCALHOST).await);
    }
    silent[1].write_all(b"GET /hea").await.unwrap();
    let mut asking = connect(address, Ipv4Addr::LOCALHOST).await;
    let answer = timeout(Duration::from_secs(5), ask(&mut asking)).await;
    assert!(answer.expect("in time").starts_with("HTTP/1.1 200"));
    for stream in &mut silent {
        assert!(is_closed(stream).await);
    }
    assert!(is_closed(&mut asking).await, "and one that says no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_does_not_take_every_connection() {
    let (address, _running) = listen(Limits {
        connections_per_address: 2,
        ..Limits::default()
    })
    .await;
    let here = Ipv4Addr::LOCALHOST;
    let mut first = connect(address, here).await;
    let mut second = connect(address, here).await;
    for stream in [&mut first, &mut second] {
        assert!(ask(stream).await.starts_with("HTTP/1.1 200"));
    }
    assert!(is_closed(&mut connect(address, here).await).await);
    let mut other = connect(address, Ipv4Addr::new(127, 0, 0, 2)).await;
    assert!(ask(&mut other).await.starts_with("HTTP/1.1 200"));
    drop(first);
    // The place is given back when the server has noticed.
    for _ in 0..100 {
        if ask(&mut connect(address, here).await)
            .await
            .starts_with("HTTP/1.1 200")
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the place is not given back");
}

fn certificate() -> Arc<Tls> {
    let (certificate, key) = (
        testkit::certificates::SERVER.into(),
        testkit::certificates::SERVER_KEY.into(),
    );
    Arc::new(Tls::read(certificate, key).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_a_certificate_speaks_tls_and_asks_browsers_to_stay_with_it() {
    let limits = Limits {
        origin: Some("https://localhost".to_owned()),
        ..Limits::default()
    };
    let (address, _running) = listen_with(limits, Some(certificate())).await;
    let stream = connect(address, Ipv4Addr::LOCALHOST).await;
    let mut stream = testkit::certificates::connect(stream).await.unwrap();
    // The connection stays open between requests, as without TLS.
    for _ in 0..2 {
        let answer = ask(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("strict-transport-security: max-age="));
    }
    let mut plain = connect(address, Ipv4Addr::LOCALHOST).await;
    let answer = ask(&mut plain).await;
    assert!(!answer.contains("HTTP"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_begin_with_tls_is_closed() {
    let limits = Limits {
        connections: 1,
        head: Duration::from_millis(200),
        ..Limits::default()
    };
    let (address, _running) = listen_with(limits, Some(certificate())).await;
    let mut silent = connect(address, Ipv4Addr::LOCALHOST).await;
    assert!(is_closed(&mut silent).await);
    let next = connect(address, Ipv4Addr::LOCALHOST).await;
    let mut next = testkit::certificates::connect(next).await.unwrap();
    let answer = ask(&mut next).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(!answer.contains("strict-transport-security"));
}
