//! A proxy that ends TLS passes the client's certificate on: RFC 9440, or nginx's `$ssl_client_escaped_cert`.
//!
//! Whether the proxy may be believed is the caller's to know.

use base64::{Engine, prelude::BASE64_STANDARD};
use rustls::pki_types::{CertificateDer, pem::PemObject};

use super::ShownCertificate;
use crate::base::limits;

/// RFC 9440 §2.2 and §2.3: `Client-Cert`, and `Client-Cert-Chain` if there is one. `None` if they can't be read.
pub fn rfc9440(certificate: &str, chain: Option<&str>) -> Option<ShownCertificate> {
    let own = byte_sequence(certificate)?;
    let chain = match chain {
        None => Vec::new(),
        Some(list) => list.split(',').take(limits::CERTIFICATE_CHAIN + 1).map(byte_sequence).collect::<Option<_>>()?,
    };
    ShownCertificate::new(own, chain)
}

/// A byte sequence of structured fields (RFC 9651 §3.3.5), without parameters.
fn byte_sequence(text: &str) -> Option<Vec<u8>> {
    let inner = text.trim_matches(' ').strip_prefix(':')?.strip_suffix(':')?;
    if inner.len() > limits::CERTIFICATE_BYTES * 2 {
        return None;
    }
    BASE64_STANDARD.decode(inner).ok()
}

/// nginx: the certificate in PEM, percent-encoded. `None` if it can't be read.
pub fn nginx(escaped: &str) -> Option<ShownCertificate> {
    if escaped.len() > limits::CERTIFICATE_BYTES * 3 {
        return None;
    }
    let plain = percent_decoded(escaped)?;
    let mut found = CertificateDer::pem_slice_iter(&plain);
    let own = found.next()?.ok()?.to_vec();
    if found.next().is_some() {
        return None;
    }
    ShownCertificate::new(own, Vec::new())
}

/// `%XX` becomes a byte; everything else stays, `+` too (nginx does not write it for a space).
fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut plain = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            plain.push(byte);
            continue;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let (high, low) = (digit(bytes.next()?)?, digit(bytes.next()?)?);
        plain.push(u8::try_from(high * 16 + low).ok()?);
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 9440 appendix A: the figures' end-entity certificate, issuing CA and root.
    const END_ENTITY: &str = ":MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNVBAMMEkxBIEludGVybWVkaWF0ZSBDQTAeFw0yMDAxMTQyMjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p5Be5F/3YC8OthxM4+k1M6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIwADAfBgNVHSMEGDAWgBRm3WjLa38lbEYCuiCPct0ZaSED2DAOBgNVHQ8BAf8EBAMCBsAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEUCIBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3dFCOOB8TAiEAx/kHSB4urmiZ0NX5r5XarmPk0wmuydBVoU4hBVZ1yhk=:";

    #[test]
    fn rfc_9440_is_read_as_its_appendix_shows_it() {
        let shown = rfc9440(END_ENTITY, None).unwrap();
        assert_eq!(shown.thumbprint().as_str().len(), 43);
        assert_eq!(
            rfc9440(END_ENTITY, Some(&format!("{END_ENTITY}, {END_ENTITY}"))).unwrap().thumbprint(),
            shown.thumbprint()
        );
        let long = [END_ENTITY; 20].join(", ");
        for (certificate, chain) in [
            ("", None),
            (&END_ENTITY[1..], None),
            (":???:", None),
            ("::", None),
            (END_ENTITY, Some("")),
            (END_ENTITY, Some(":AA==:;x")),
            (END_ENTITY, Some(long.as_str())),
        ] {
            assert!(rfc9440(certificate, chain).is_none(), "{certificate:.20} {chain:.20?}");
        }
    }

    #[test]
    fn nginx_escapes_what_pem_has() {
        let inner = END_ENTITY.trim_matches(':');
        let pem = format!("-----BEGIN CERTIFICATE-----\n{inner}\n-----END CERTIFICATE-----\n");
        let escaped: String =
            url::form_urlencoded::byte_serialize(pem.as_bytes()).collect::<String>().replace('+', "%20");
        let shown = nginx(&escaped).unwrap();
        assert_eq!(shown, rfc9440(END_ENTITY, None).unwrap());
        for bad in ["", "%", "%2", "%zz", &escaped[..escaped.len() / 2], &format!("{escaped}{escaped}")] {
            assert!(nginx(bad).is_none(), "{bad:.20}");
        }
    }
}
