//! TLS in the gateway itself: certificate and key from files, taken up anew when they change; a client's certificate is
//! asked for where that is configured, and handed to handlers.
//!
//! At the handshake a client proves that it holds its certificate's key, and nothing more: whose certificate is good for
//! what differs by tenant and client, so handlers judge it ([`super::certificate`]).

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::SystemTime,
};

use rustls::{
    DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivateKeyDer, UnixTime, pem::PemObject},
    server::{
        ClientHello, ResolvesServerCert,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};
use thiserror::Error;

use crate::base::limits;

/// The files of a server's TLS, and whether it asks clients for certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// PEM: the certificate, then its intermediates.
    pub certificate: PathBuf,
    /// PEM: its private key.
    pub key: PathBuf,
    /// Whether clients are asked for a certificate. Who has none is let in all the same.
    pub clients: AskedOfClients,
}

/// Whether clients are asked for a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AskedOfClients {
    /// No.
    #[default]
    Nothing,
    /// For any.
    Any,
    /// For one of those that our authority and the tenants' own have issued: browsers offer no others, and ask nobody who
    /// has none. Some clients of machines send none that is not named.
    Named,
}

/// Why TLS can't begin with these files.
#[derive(Debug, Error)]
pub enum TlsError {
    /// One of the two is not named.
    #[error("[tls] needs both certificate_file and key_file")]
    Half,
    /// A file can't be read.
    #[error("{0}: {1}")]
    File(String, io::Error),
    /// A file does not hold what it should.
    #[error("{0}: no {1} in PEM")]
    Pem(String, &'static str),
    /// The key does not belong to the certificate, or is of a kind that TLS does not have.
    #[error("certificate and key: {0}")]
    Key(#[from] rustls::Error),
}

/// TLS as it is served now. Cheap to clone; clones take up a change together.
#[derive(Clone, Debug)]
pub struct Tls {
    config: Arc<RwLock<Arc<ServerConfig>>>,
    provider: Arc<CryptoProvider>,
    current: Arc<Current>,
    files: TlsFiles,
}

/// The certificate of this moment.
#[derive(Debug)]
struct Current {
    key: RwLock<Arc<CertifiedKey>>,
    seen: RwLock<Option<Stamp>>,
}

type Stamp = [(SystemTime, u64); 2];

impl Tls {
    /// Reads the files.
    pub fn new(files: TlsFiles) -> Result<Self, TlsError> {
        if files.certificate.as_os_str().is_empty() || files.key.as_os_str().is_empty() {
            return Err(TlsError::Half);
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let seen = stamp(&files).ok();
        let key = load(&files, &provider)?;
        let current = Arc::new(Current { key: RwLock::new(Arc::new(key)), seen: RwLock::new(seen) });
        let config = config(&provider, &current, files.clients, Vec::new())?;
        Ok(Self { config: Arc::new(RwLock::new(Arc::new(config))), provider, current, files })
    }

    /// Whether clients are asked for certificates by the names of who issued them.
    pub fn asks_by_name(&self) -> bool {
        self.files.clients == AskedOfClients::Named
    }

    /// Names those whose certificates are asked for, each a subject in DER; new connections are told.
    ///
    /// # Errors
    /// If the library does not take them; the names before them stay.
    pub fn ask_for(&self, authorities: Vec<Vec<u8>>) -> Result<(), TlsError> {
        let names = authorities.into_iter().map(DistinguishedName::from).collect();
        let new = Arc::new(config(&self.provider, &self.current, self.files.clients, names)?);
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// The certificate of this moment, in DER.
    pub fn certificate(&self) -> Vec<u8> {
        let key = self.current.key.read().unwrap_or_else(PoisonError::into_inner);
        key.cert.first().map(|der| der.to_vec()).unwrap_or_default()
    }

    /// For the acceptor.
    pub(super) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes up changed files; new connections use them. What can't be used never replaces what could: it is the error,
    /// once for each change. Whether anything was taken up.
    pub fn reload(&self) -> Result<bool, TlsError> {
        let Ok(now) = stamp(&self.files) else { return Ok(false) };
        let mut seen = self.current.seen.write().unwrap_or_else(PoisonError::into_inner);
        if *seen == Some(now) {
            return Ok(false);
        }
        *seen = Some(now);
        let key = load(&self.files, &self.provider)?;
        *self.current.key.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
        Ok(true)
    }
}

fn config(
    provider: &Arc<CryptoProvider>,
    current: &Arc<Current>,
    clients: AskedOfClients,
    names: Vec<DistinguishedName>,
) -> Result<ServerConfig, TlsError> {
    let builder =
        ServerConfig::builder_with_provider(Arc::clone(provider)).with_protocol_versions(&[&TLS13, &TLS12])?;
    let asks = clients != AskedOfClients::Nothing;
    let builder = if asks {
        builder.with_client_cert_verifier(Arc::new(AnyHolder { provider: Arc::clone(provider), names }))
    } else {
        builder.with_no_client_auth()
    };
    let mut config = builder.with_cert_resolver(Arc::clone(current) as Arc<dyn ResolvesServerCert>);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    // A session that is resumed keeps the client's certificate of its beginning: nobody may keep one for a day.
    config.send_tls13_tickets = if asks { 0 } else { 2 };
    if asks {
        config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    }
    Ok(config)
}

fn stamp(files: &TlsFiles) -> io::Result<Stamp> {
    let of = |path: &Path| {
        let metadata = fs::metadata(path)?;
        Ok::<_, io::Error>((metadata.modified()?, metadata.len()))
    };
    Ok([of(&files.certificate)?, of(&files.key)?])
}

/// Certificate and key, checked to belong together.
fn load(files: &TlsFiles, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    let shown = |path: &Path| path.display().to_string();
    let read = |path: &Path| fs::read(path).map_err(|error| TlsError::File(shown(path), error));
    let pem = read(&files.certificate)?;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok).collect();
    if chain.is_empty() {
        return Err(TlsError::Pem(shown(&files.certificate), "certificate"));
    }
    let pem = zeroize::Zeroizing::new(read(&files.key)?);
    let key =
        PrivateKeyDer::from_pem_slice(&pem).map_err(|_| TlsError::Pem(shown(&files.key), "unencrypted private key"))?;
    let certified = CertifiedKey::from_der(chain, key, provider)?;
    certified.keys_match()?;
    Ok(certified)
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.key.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// Lets in whoever holds the key of the certificate that they show, and whoever shows none.
#[derive(Debug)]
struct AnyHolder {
    provider: Arc<CryptoProvider>,
    /// Whose certificates a browser should offer; whoever shows another one is let in as well, and judged later.
    names: Vec<DistinguishedName>,
}

impl ClientCertVerifier for AnyHolder {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.names
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if intermediates.len() >= limits::CERTIFICATE_CHAIN {
            return Err(rustls::Error::General("too many certificates".to_owned()));
        }
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
