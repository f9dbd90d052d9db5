//! Our signatures and canonical bytes against the `xmlsec1` program (libxml2 and OpenSSL), in both directions, where it
//! is installed.

use std::{
    io::Write,
    process::{Command, Output},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use pedell::protocol::saml::{keys::SigningKey, names};
use tempfile::NamedTempFile;

use crate::{idp::*, metadata};

fn file(content: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(content.as_bytes()).unwrap();
    file
}

fn pem(label: &str, der: &[u8]) -> NamedTempFile {
    let lines: Vec<_> =
        BASE64_STANDARD.encode(der).into_bytes().chunks(64).map(|l| String::from_utf8_lossy(l).into_owned()).collect();
    file(&format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n")))
}

const IDS: [&str; 6] = [
    "--id-attr:ID",
    "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
    "--id-attr:ID",
    "urn:oasis:names:tc:SAML:2.0:protocol:Response",
    "--id-attr:ID",
    "urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor",
];

/// Runs `xmlsec1`; `None` if it is not installed, which is an error where `PEDELL_TEST_PROGRAMS` is set (in CI).
fn xmlsec1(arguments: &mut Command) -> Option<Output> {
    match arguments.output() {
        Ok(output) => Some(output),
        Err(error) if std::env::var_os("PEDELL_TEST_PROGRAMS").is_some() => panic!("xmlsec1: {error}"),
        Err(_) => None,
    }
}

/// Whether `xmlsec1` finds the document's first signature good; `None` if it is not installed.
fn xmlsec_verifies(document: &str, key: &Pair) -> Option<bool> {
    let (document, key) = (file(document), pem("PUBLIC KEY", &key.spki));
    let mut command = Command::new("xmlsec1");
    let output = xmlsec1(command.arg("--verify").arg("--pubkey-pem").arg(key.path()).args(IDS).arg(document.path()));
    output.map(|output| output.status.success())
}

#[test]
fn xmlsec1_verifies_what_our_generator_signs_in_every_canonicalisation() {
    let crowded = response(&assertion().replace(
        "<saml:AttributeValue>student@",
        "<saml:AttributeValue xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"xs:string\" \
         z=\"1&#10;&quot;\" a='\t\"'>&#13;&amp;&gt;<![CDATA[<&>]]><!-- c -->student@",
    ))
    .replacen(
        "<samlp:Response ",
        "<samlp:Response xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:u=\"urn:unused\" xml:lang=\"de\" ",
        1,
    );
    let keys = keys();
    for (key, method, digest) in [
        (&keys.idp, names::RSA_SHA256, names::SHA256),
        (&keys.idp, names::RSA_SHA512, names::SHA384),
        (&keys.p256, names::ECDSA_SHA256, names::SHA512),
        (&keys.p384, names::ECDSA_SHA384, names::SHA256),
    ] {
        for (canonical, prefix_list) in [
            (names::EXC_C14N, None),
            (names::EXC_C14N, Some("xs")),
            (names::EXC_C14N, Some("#default xs u")),
            (names::C14N, None),
        ] {
            let signing = Signing { key, method, digest, canonical, prefix_list, ..Signing::default() };
            for id in ["_assertion-1", "_response-1"] {
                let document = signing.sign(&crowded, id);
                let Some(verified) = xmlsec_verifies(&document, key) else { return };
                assert!(verified, "{method} {canonical} {prefix_list:?} {id}");
                assert_eq!(student(&document), STUDENT);
                assert_eq!(xmlsec_verifies(&document.replace(STUDENT, "x"), key), Some(false));
            }
        }
    }
}

#[test]
fn we_verify_what_xmlsec1_signs() {
    let signing = Signing::default();
    for canonical in [names::EXC_C14N, names::C14N] {
        let signing = Signing { canonical, ..signing.clone() };
        let template = signing.signature("_assertion-1", "").replace("@VALUE@", "");
        let unsigned = response(&assertion().replacen("</saml:Issuer>", &format!("</saml:Issuer>\n{template}\n"), 1));
        let (document, key) = (file(&unsigned), pem("PRIVATE KEY", &keys().idp.pkcs8));
        let mut command = Command::new("xmlsec1");
        command.arg("--sign").arg("--privkey-pem").arg(key.path()).args(IDS).arg(document.path());
        let Some(output) = xmlsec1(&mut command) else { return };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(student(&String::from_utf8(output.stdout).unwrap()), STUDENT, "{canonical}");
    }
}

#[test]
fn xmlsec1_opens_what_our_generator_encrypts() {
    for content in [names::AES128_GCM, names::AES256_GCM, names::AES128_CBC, names::AES256_CBC] {
        let encrypted = Encryption { content, ..Encryption::default() }.encrypt(&assertion());
        let (document, key) = (file(&encrypted), pem("PRIVATE KEY", &keys().sp.pkcs8));
        let mut command = Command::new("xmlsec1");
        command.arg("--decrypt").arg("--privkey-pem").arg(key.path()).arg(document.path());
        let Some(output) = xmlsec1(&mut command) else { return };
        assert!(String::from_utf8_lossy(&output.stdout).contains(STUDENT), "{content}");
    }
}

#[test]
fn xmlsec1_verifies_our_own_metadata() {
    for pair in [&keys().sp, &keys().p256, &keys().p384] {
        let key = SigningKey::from_pkcs8(&pair.secret()).unwrap();
        let certificates = metadata::certificates();
        let document = metadata::ours(&certificates).to_signed_xml("_m1", &key).unwrap();
        let Some(verified) = xmlsec_verifies(&document, pair) else { return };
        assert!(verified, "{document}");
        assert_eq!(xmlsec_verifies(&document.replace("saml/acs", "saml/evil"), pair), Some(false));
    }
}

/// The Debian package `simplesamlphp` brings the schemas along.
const SCHEMAS: &str = "/usr/share/simplesamlphp/schemas/saml-schema-metadata-2.0.xsd";

#[test]
fn our_own_metadata_is_valid_by_its_schema() {
    let check = |document: &str| {
        let document = file(document);
        let script = "$d = new DOMDocument(); $d->load($argv[1]); exit($d->schemaValidate($argv[2]) ? 0 : 1);";
        let mut command = Command::new("php");
        xmlsec1(command.args(["-r", script]).arg(document.path()).arg(SCHEMAS))
    };
    if !std::path::Path::new(SCHEMAS).exists() && std::env::var_os("PEDELL_TEST_PROGRAMS").is_none() {
        return;
    }
    let (certificates, key) = (metadata::certificates(), SigningKey::from_pkcs8(&keys().sp.secret()).unwrap());
    let document = metadata::ours(&certificates).to_signed_xml("_m1", &key).unwrap();
    let Some(valid) = check(&document) else { return };
    assert!(valid.status.success(), "{}", String::from_utf8_lossy(&valid.stdout));
    let wrong = document.replace("<md:OrganizationURL xml:lang=\"de\">", "<md:OrganizationURL>");
    assert_eq!(check(&wrong).map(|output| output.status.success()), Some(false), "the schema is really looked at");
}
