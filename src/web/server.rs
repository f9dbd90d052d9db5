//! Accepting connections, with TLS or behind a proxy that ends it: bounded in number, in time until the headers are
//! there, and in the headers' size; and ending without cutting anybody off.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo, extract::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use ipnet::IpNet;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tower::{ServiceExt, service_fn};

use super::{certificate::PeerCertificate, places::Places, tls::Tls};
use crate::base::limits;

/// How long a client may take to send its headers.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// How long requests in flight may take after the end was asked for.
const FAREWELL_TIME: Duration = Duration::from_secs(20);

/// How long a connection may be open without a request, once it has made one; before, as long as headers may take.
const IDLE_TIME: Duration = Duration::from_mins(2);
/// How long a client may take for the handshake.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// HTTP/2's first bytes (RFC 9113 §3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Serves `router` on `listener` until `end` is over, then lets requests in flight finish.
pub async fn serve(listener: TcpListener, router: Router, end: impl Future<Output = ()>) {
    serve_with(listener, None, &[], router, end).await;
}

/// The same over TLS, if there is any, and behind these proxies, by which everybody comes.
pub async fn serve_with(
    listener: TcpListener,
    tls: Option<&Tls>,
    proxies: &[IpNet],
    router: Router,
    end: impl Future<Output = ()>,
) {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_TIME).max_buf_size(limits::HEADER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(limits::HEADER_BYTES).unwrap_or(u32::MAX))
        .max_concurrent_streams(100)
        .keep_alive_interval(Duration::from_secs(20));
    let builder = Arc::new(builder);
    let places = Places::new(proxies);
    let graceful = GracefulShutdown::new();
    tokio::pin!(end);
    loop {
        let accepted = tokio::select! {
            accepted = async {
                let place = places.next().await;
                (place, listener.accept().await)
            } => accepted,
            () = &mut end => break,
        };
        let (place, (stream, peer)) = match accepted {
            (Some(place), Ok(accepted)) => (place, accepted),
            (_, Err(error)) => {
                // Out of file descriptors, most likely: wait for some to come back.
                tracing::error!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
            (None, _) => break,
        };
        let Some(place) = places.give(place, peer.ip()) else {
            tracing::debug!(%peer, "an address has its share of connections");
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (router, builder) = (router.clone(), builder.clone());
        // Anew for each: what it asks of clients changes while the service runs.
        let acceptor = tls.map(|tls| TlsAcceptor::from(tls.config()));
        let watcher = graceful.watcher();
        tokio::spawn(async move {
            if !has_begun(&stream).await {
                tracing::debug!(%peer, "a connection said nothing");
                return;
            }
            let at_work = Arc::new(AtWork::default());
            let serving = async {
                match acceptor {
                    None => {
                        let service = with_peer(router, peer, PeerCertificate::none(), at_work.clone());
                        watcher.watch(builder.serve_connection(TokioIo::new(stream), service).into_owned()).await
                    }
                    Some(acceptor) => {
                        let Some((stream, shown)) = handshake(&acceptor, stream, peer).await else { return Ok(()) };
                        let service = with_peer(router, peer, shown, at_work.clone());
                        watcher.watch(builder.serve_connection(TokioIo::new(stream), service).into_owned()).await
                    }
                }
            };
            tokio::select! {
                ended = serving => if let Err(error) = ended {
                    tracing::debug!(%peer, %error, "a connection ended early");
                },
                () = at_work.idle() => tracing::debug!(%peer, "a connection asked nothing"),
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
    let mut beginning = [0; PREFACE.len()];
    let mut pause = Duration::from_millis(20);
    let said_something = async {
        loop {
            match stream.peek(&mut beginning).await {
                Ok(0) | Err(_) => return false,
                Ok(n) if n == PREFACE.len() || !PREFACE.starts_with(&beginning[..n]) => return true,
                // `peek` does not wait for more than there is.
                Ok(_) => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_millis(500));
                }
            }
        }
    };
    tokio::time::timeout(HEADER_TIME, said_something).await.unwrap_or(false)
}

/// TLS begins, and the client's first bytes are there: hyper would wait for those without a limit, too.
async fn handshake(
    acceptor: &TlsAcceptor,
    stream: TcpStream,
    peer: SocketAddr,
) -> Option<(Begun<TlsStream<TcpStream>>, PeerCertificate)> {
    let begun = async {
        let mut stream = acceptor.accept(stream).await?;
        let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let mut beginning = vec![0; if is_http2 { PREFACE.len() } else { 1 }];
        stream.read_exact(&mut beginning).await?;
        Ok::<_, io::Error>(Begun { beginning, read: 0, stream })
    };
    match tokio::time::timeout(HANDSHAKE_TIME, begun).await {
        Ok(Ok(begun)) => {
            let shown = PeerCertificate::from_handshake(begun.stream.get_ref().1.peer_certificates());
            Some((begun, shown))
        }
        Ok(Err(error)) => {
            tracing::debug!(%peer, %error, "a TLS handshake failed");
            None
        }
        Err(_) => {
            tracing::debug!(%peer, "a TLS handshake took too long");
            None
        }
    }
}

/// A stream of which the beginning was read already.
struct Begun<S> {
    beginning: Vec<u8>,
    read: usize,
    stream: S,
}

impl<S: AsyncRead + Unpin> AsyncRead for Begun<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let left = &self.beginning[self.read..];
        if left.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, buffer);
        }
        let taken = left.len().min(buffer.remaining());
        buffer.put_slice(&left[..taken]);
        self.read += taken;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Begun<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// What a connection is doing: HTTP/2 keeps one open for as long as the client answers pings.
#[derive(Default)]
struct AtWork {
    requests: AtomicUsize,
    begun: AtomicUsize,
}

impl AtWork {
    /// Ends when there was no request for [`IDLE_TIME`], or none at all for [`HEADER_TIME`].
    async fn idle(&self) {
        tokio::time::sleep(HEADER_TIME).await;
        if self.begun.load(Ordering::Relaxed) == 0 {
            return;
        }
        let mut before = None;
        loop {
            tokio::time::sleep(IDLE_TIME / 2).await;
            let (running, begun) = (self.requests.load(Ordering::Relaxed), self.begun.load(Ordering::Relaxed));
            if running == 0 && before == Some(begun) {
                return;
            }
            before = Some(begun);
        }
    }
}

/// A request that is under way.
struct Running(Arc<AtWork>);

impl Running {
    fn new(at_work: &Arc<AtWork>) -> Self {
        at_work.requests.fetch_add(1, Ordering::Relaxed);
        at_work.begun.fetch_add(1, Ordering::Relaxed);
        Self(at_work.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.requests.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The router as hyper's service, with the peer's address and certificate where handlers look for them.
fn with_peer(
    router: Router,
    peer: SocketAddr,
    shown: PeerCertificate,
    at_work: Arc<AtWork>,
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
        request.extensions_mut().insert(shown.clone());
        let (router, running) = (router.clone(), Running::new(&at_work));
        async move {
            let response = router.oneshot(request).await;
            drop(running);
            response
        }
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
        let read = tokio::time::timeout(HEADER_TIME * 2, stream.read_to_end(&mut Vec::new())).await;
        assert!(read.is_ok(), "{first:?}: {read:?}");
        before.elapsed()
    }

    #[tokio::test]
    async fn who_says_nothing_or_half_a_beginning_is_sent_away() {
        // The last begins as HTTP/2 does, with settings, and asks nothing.
        let asks_nothing = [&PREFACE[..], &[0, 0, 0, 4, 0, 0, 0, 0, 0]].concat();
        let (silent, half, idle) =
            tokio::join!(is_closed_after(b""), is_closed_after(b"PRI * HTTP/2.0\r\n"), is_closed_after(&asks_nothing));
        assert!(silent >= HEADER_TIME && half >= HEADER_TIME && idle >= HEADER_TIME, "{silent:?} {half:?} {idle:?}");
    }
}
