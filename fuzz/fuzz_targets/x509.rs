//! Any bytes as a certificate, a request, a list, or what a proxy passes on: no panic. `cargo fuzz run x509`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pedell::{
    base::Timestamp,
    domain::certificate::NameField,
    protocol::x509::{
        Authorities, AuthorityCertificate, RequestedKey, RevocationList, ShownCertificate, check_registration, forwarded,
        pem,
    },
};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for request in [text.as_ref(), &pem::encode("CERTIFICATE REQUEST", bytes)] {
        drop(RequestedKey::from_pem(request));
    }
    for certificate in [text.as_ref(), &pem::certificate(bytes)] {
        drop(check_registration(certificate, None));
        drop(check_registration(certificate, Some("machine.example")));
    }
    let authorities: Vec<_> = AuthorityCertificate::from_der(bytes).into_iter().collect();
    drop(RevocationList::read(bytes, &authorities));
    drop(Authorities::new(&authorities, Some(bytes), true));
    drop(forwarded::rfc9440(&text, Some(&text)));
    let shown = [forwarded::rfc9440(&text, None), forwarded::nginx(&text), ShownCertificate::new(bytes.to_vec(), vec![])];
    for shown in shown.into_iter().flatten() {
        for field in [NameField::Upn, NameField::Mail, NameField::CommonName] {
            drop(shown.names(field));
        }
        drop(shown.is_one_of(&text));
        if let Ok(authorities) = Authorities::new(&authorities, None, true) {
            drop(authorities.check(&shown, Timestamp::from_seconds(1_800_000_000)));
        }
    }
});
