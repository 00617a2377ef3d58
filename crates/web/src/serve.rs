//! The socket: accepts, bounds and, when asked to stop, lets running requests finish.

use std::{convert::Infallible, future::Future, io, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::Request, response::Response};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::Semaphore,
    time::timeout,
};
use tower::{ServiceExt, service_fn};

use crate::{app::Limits, envelope::Peer, limit::Counts, tls::Tls};

/// A pause after the socket refused to accept, for example because the process has no file handle left.
const AFTER_REFUSAL: Duration = Duration::from_millis(50);

/// Serves until `stop` resolves, then takes no new connection and gives running requests [`Limits::drain`] to finish.
///
/// With `tls`, the socket speaks nothing else. Returns whether everything finished in that time.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: &Limits,
    tls: Option<Arc<Tls>>,
    stop: impl Future<Output = ()>,
) -> io::Result<bool> {
    // HTTP/1 alone: a connection that may become either waits for its first bytes without a limit of time.
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head);
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(limits.connections));
    let addresses = Counts::new(limits.connections_per_address);
    let mut stop = std::pin::pin!(stop);

    loop {
        // The place comes first, so that a full server leaves the next connection in the kernel's queue.
        let next = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(AFTER_REFUSAL).await;
                continue;
            }
        };
        // Behind a proxy are many: their connections are the proxy's to bound.
        let of_address = if limits.proxies.trust(peer.ip()) {
            None
        } else {
            let Some(place) = addresses.take(ledger::network(peer.ip())) else {
                continue;
            };
            Some(place)
        };
        // Answers are small and complete: waiting to fill a packet only adds latency.
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer.ip()));
            let router = router.clone();
            async move {
                Ok::<_, Infallible>(
                    router
                        .oneshot(request)
                        .await
                        .unwrap_or_else(|never| match never {}),
                )
            }
        });
        let (builder, watcher, tls) = (builder.clone(), graceful.watcher(), tls.clone());
        let head = limits.head;
        tokio::spawn(async move {
            let _places = (place, of_address);
            let service = TowerToHyperService::new(service);
            let Some(tls) = tls else {
                return answer(&builder, service, stream, watcher).await;
            };
            // A client that cannot or does not begin is its own business.
            if let Ok(Ok(stream)) = timeout(head, tls.accept(stream)).await {
                answer(&builder, service, stream, watcher).await;
            }
        });
    }

    drop(listener);
    Ok(timeout(limits.drain, graceful.shutdown()).await.is_ok())
}

/// Answers what comes over a connection, until either side ends it.
async fn answer<S>(
    builder: &Builder<TokioExecutor>,
    service: S,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    watcher: Watcher,
) where
    S: hyper::service::Service<Request<Incoming>, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    // A connection that breaks off is the client's business.
    let _ = watcher.watch(connection.into_owned()).await;
}
