//! A service behind a private certificate authority that lets in only who shows a certificate of it.

use std::{fmt::Write, fs, path::Path, process::Command};

use pedell::peers::{
    soap::{SoapError, SoapSecrets},
    source::{Failing, SourceError},
};
use tempfile::TempDir;

use crate::{
    JANA, RPC_ANSWER, ask,
    services::{Service, in_folder},
    yes,
};

/// Settings and secrets for whoever shows this certificate (none: nobody's) and trusts this authority (none: the usual).
fn trusting(folder: &Path, address: &str, certificate: Option<&str>, authority: Option<&str>) -> (String, SoapSecrets) {
    let pem = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let mut settings = format!("endpoint = '{address}/plain'\n{RPC_ANSWER}\n");
    if let Some(name) = certificate {
        let _ = writeln!(settings, "client_certificate = '''{}'''", pem(&format!("{name}.pem")));
    }
    if let Some(name) = authority {
        let _ = writeln!(settings, "ca_certificates = '''{}'''", pem(&format!("{name}.pem")));
    }
    let client_key = certificate.map(|name| pem(&format!("{name}.key")).into());
    (settings, SoapSecrets { client_key, ..SoapSecrets::default() })
}

#[tokio::test]
async fn only_with_the_right_authority_and_a_certificate_of_it() {
    let folder = TempDir::new().unwrap();
    let made = Command::new(in_folder("certificates.sh")).arg(folder.path()).status();
    assert!(made.expect("openssl runs (`tests/run soap` installs it)").success());
    let at = |name: &str| folder.path().join(name);
    let (key, certificate, authority) = (at("server.key"), at("server.pem"), at("ca.pem"));
    let service = Service::node(&[("KEY", &key), ("CERT", &certificate), ("CA", &authority)]);
    assert!(service.address.starts_with("https://"));
    let (settings, secrets) = trusting(folder.path(), &service.address, Some("client"), Some("ca"));
    assert_eq!(ask(&settings, &secrets, JANA).await.unwrap(), yes());
    for (certificate, authority) in
        [(None, Some("ca")), (Some("stranger"), Some("ca")), (Some("client"), None), (Some("client"), Some("other"))]
    {
        let (settings, secrets) = trusting(folder.path(), &service.address, certificate, authority);
        let refused = ask(&settings, &secrets, JANA).await.unwrap_err();
        // Node lets strangers finish the handshake and then hangs up without a word.
        if certificate == Some("stranger") {
            assert!(matches!(refused, SoapError::Tls(_) | SoapError::Broken(_)), "{refused:?}");
            continue;
        }
        assert!(matches!(refused, SoapError::Tls(_)), "{certificate:?} {authority:?}: {refused:?}");
        assert_eq!((refused.code(), refused.failing()), ("source_tls", Failing::Wrong));
    }
}
