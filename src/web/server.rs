//! Accepting connections: bounded in number, in time until the headers are there, and in the headers' size; and ending
//! without cutting anybody off.

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, extract::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tower::{ServiceExt, service_fn};

use crate::base::limits;

/// Connections at one moment; more wait in the listener's queue.
const CONNECTIONS: usize = 10_000;
/// How long a client may take to send its headers.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// How long requests in flight may take after the end was asked for.
const FAREWELL_TIME: Duration = Duration::from_secs(20);

/// Serves `router` on `listener` until `end` is over, then lets requests in flight finish.
pub async fn serve(listener: TcpListener, router: Router, end: impl Future<Output = ()>) {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_TIME).max_buf_size(limits::HEADER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(limits::HEADER_BYTES).unwrap_or(u32::MAX))
        .max_concurrent_streams(100)
        .keep_alive_interval(Duration::from_secs(20));
    let builder = Arc::new(builder);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    tokio::pin!(end);
    loop {
        let accepted = tokio::select! {
            accepted = async {
                let place = places.clone().acquire_owned().await;
                (place, listener.accept().await)
            } => accepted,
            () = &mut end => break,
        };
        let (place, (stream, peer)) = match accepted {
            (Ok(place), Ok(accepted)) => (place, accepted),
            (_, Err(error)) => {
                // Out of file descriptors, most likely: wait for some to come back.
                tracing::error!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
            (Err(_), _) => break,
        };
        let _ = stream.set_nodelay(true);
        let router = with_peer(router.clone(), peer);
        let builder = builder.clone();
        let watcher = graceful.watcher();
        tokio::spawn(async move {
            if !has_begun(&stream).await {
                tracing::debug!(%peer, "a connection said nothing");
                return;
            }
            let connection = builder.serve_connection(TokioIo::new(stream), router).into_owned();
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(%peer, %error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(FAREWELL_TIME, graceful.shutdown()).await;
}

/// Waits for as much of a request as tells HTTP/1.1 from HTTP/2: hyper does that without a limit of time, and whoever
/// opens connections and says nothing would keep every place.
async fn has_begun(stream: &TcpStream) -> bool {
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let mut beginning = [0; PREFACE.len()];
    let said_something = async {
        loop {
            match stream.peek(&mut beginning).await {
                Ok(0) | Err(_) => return false,
                Ok(n) if n == PREFACE.len() || !PREFACE.starts_with(&beginning[..n]) => return true,
                // `peek` does not wait for more than there is.
                Ok(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    tokio::time::timeout(HEADER_TIME, said_something).await.unwrap_or(false)
}

/// The router as hyper's service, with the peer's address where handlers look for it.
fn with_peer(
    router: Router,
    peer: SocketAddr,
) -> TowerToHyperService<
    impl tower::Service<
        Request<Incoming>,
        Response = axum::response::Response,
        Error = std::convert::Infallible,
        Future = impl Send,
    > + Clone
    + Send
    + 'static,
> {
    TowerToHyperService::new(service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    }))
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        sync::oneshot,
    };

    use super::*;

    async fn is_closed_after(first: &[u8]) -> Duration {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (_end, ended) = oneshot::channel::<()>();
        tokio::spawn(serve(listener, Router::new(), async { drop(ended.await) }));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(first).await.unwrap();
        let before = tokio::time::Instant::now();
        let read = tokio::time::timeout(HEADER_TIME * 2, stream.read(&mut [0; 64])).await;
        assert!(matches!(read, Ok(Ok(0) | Err(_))), "{first:?}: {read:?}");
        before.elapsed()
    }

    #[tokio::test]
    async fn who_says_nothing_or_half_a_beginning_is_sent_away() {
        let (silent, half) = tokio::join!(is_closed_after(b""), is_closed_after(b"PRI * HTTP/2.0\r\n"));
        assert!(silent >= HEADER_TIME && half >= HEADER_TIME, "{silent:?} {half:?}");
    }
}
