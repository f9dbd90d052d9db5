//! `pedell saml check` with the real program: what support sees of a response that somebody saved.

use std::{fs, path::Path, process::Command};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    idp::*,
    login::{SEMESTER, answer},
};

struct Answer {
    code: i32,
    out: String,
}

/// Runs the program in this folder.
fn pedell(folder: &Path, arguments: &[&str]) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pedell"));
    let output = command.args(arguments).current_dir(folder).env("PEDELL_CONFIG", "pedell.toml").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let out = text(output.stdout) + &text(output.stderr);
    Answer { code: output.status.code().unwrap(), out }
}

fn done(folder: &Path, arguments: &[&str]) {
    let answer = pedell(folder, arguments);
    assert_eq!(answer.code, 0, "{arguments:?}: {}", answer.out);
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", BASE64_STANDARD.encode(der))
}

/// Files as support would have them, and the command that takes them.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("idp.xml"), crate::metadata::entity(IDP, true)).unwrap();
        fs::write(folder.path().join("sp.pem"), pem("PRIVATE KEY", &keys().sp.pkcs8)).unwrap();
        fs::write(folder.path().join("rule.toml"), "version = 3\nrequired_fields = [\"given_name\", \"birthdate\"]\n")
            .unwrap();
        Self(folder)
    }

    fn check(&self, response: &str, more: &[&str]) -> Answer {
        fs::write(self.0.path().join("response"), response).unwrap();
        let mut arguments = vec![
            "saml",
            "check",
            "--response",
            "response",
            "--idp-metadata",
            "idp.xml",
            "--sp-entity-id",
            SP,
            "--acs",
            ACS,
            "--sp-key",
            "sp.pem",
            "--semester-attribute",
            SEMESTER,
        ];
        if !more.contains(&"--at") {
            arguments.extend(["--at", NOW]);
        }
        arguments.extend(more);
        pedell(self.0.path(), &arguments)
    }

    fn json(&self, response: &str, more: &[&str]) -> (i32, Value) {
        let answer = self.check(response, &[more, &["--json"]].concat());
        (answer.code, serde_json::from_str(&answer.out).unwrap_or_else(|_| panic!("{}", answer.out)))
    }
}

/// An assertion with these attributes beside the pairwise-id and the affiliations.
fn with(attributes: &[(&str, &str)]) -> String {
    let more: String = attributes.iter().fold(String::new(), |all, (name, value)| {
        format!(
            "{all}<saml:Attribute Name=\"{name}\"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>"
        )
    });
    assertion().replace("</saml:AttributeStatement>", &format!("{more}</saml:AttributeStatement>"))
}

const GIVEN_NAME: &str = "urn:oid:2.5.4.42";
const FAMILY_NAME: &str = "urn:oid:2.5.4.4";
const BIRTH_DATE: &str = "urn:oid:1.3.6.1.4.1.25178.1.2.3";

#[test]
fn a_response_that_would_give_a_ticket_says_so_with_all_that_arrived() {
    let desk = Desk::new();
    let full = [(GIVEN_NAME, "Ana"), (FAMILY_NAME, "Müller"), (SEMESTER, "WS2026/27"), (BIRTH_DATE, "20040229")];
    let encrypted = response(&Encryption::default().encrypt(&sign_assertion(&with(&full))));
    let posted = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("SAMLResponse", &BASE64_STANDARD.encode(&encrypted))
        .append_pair("RelayState", "q7")
        .finish();
    for (saved, more) in [
        (encrypted.clone(), &[][..]),
        (BASE64_STANDARD.encode(&encrypted), &["--rule", "rule.toml"]),
        (posted.clone(), &[]),
        (posted.trim_start_matches("SAMLResponse=").to_owned(), &[]),
        (encrypted.clone(), &["--in-response-to", REQUEST, "--semester", "2026W"]),
    ] {
        let answer = desk.check(&saved, more);
        assert_eq!(answer.code, 0, "{}", answer.out);
        for line in ["accepted, from https://idp.uni", "urn:oid:2.5.4.42 = Ana", "2026W: a ticket"] {
            assert!(answer.out.contains(line), "{line}: {}", answer.out);
        }
        assert!(!answer.out.contains("missing"), "{}", answer.out);
    }
    let (code, said) = desk.json(&encrypted, &[]);
    assert_eq!((code, &said["accepted"], &said["decisions"][0]["eligible"]), (0, &true.into(), &true.into()));
    assert!(said["attributes"].as_array().unwrap().iter().any(|one| one["name"] == SEMESTER));
}

#[test]
fn a_response_that_would_give_none_says_why_and_names_what_is_missing_exactly() {
    let desk = Desk::new();
    let wrong = [(GIVEN_NAME, "Ana"), (FAMILY_NAME, "Müller"), (SEMESTER, "20262")];
    let saved = response(&sign_assertion(&with(&wrong)));
    let (code, said) = desk.json(&saved, &["--semester", "2027S"]);
    assert_eq!((code, &said["decisions"][0]["reason"]), (1, &"wrong_semester".into()), "{said:#}");
    let (code, said) = desk.json(&saved, &["--rule", "rule.toml"]);
    let decision = &said["decisions"][0];
    assert_eq!((code, &decision["reason"]), (1, &"attribute_missing".into()), "{said:#}");
    assert_eq!(decision["missing"][0], format!("{BIRTH_DATE} or urn:oid:2.16.756.1.2.5.1.1.2"));
    assert_eq!(decision["missing_for_the_student"], serde_json::json!(["birth_date"]));

    // What arrived and can't be used is told apart from what did not arrive.
    let odd = [(GIVEN_NAME, "Ana"), (SEMESTER, "next year"), (BIRTH_DATE, "29.02.2004")];
    let saved = response(&sign_assertion(&with(&odd)));
    let answer = desk.check(&saved, &["--rule", "rule.toml"]);
    assert_eq!(answer.code, 1);
    for line in [
        "2026W: no ticket, attribute_missing".to_owned(),
        format!("missing: {BIRTH_DATE} (malformed)"),
        format!("missing: {SEMESTER} (not_understood)"),
    ] {
        assert!(answer.out.contains(&line), "{line}: {}", answer.out);
    }
    let foreign = with(&wrong).replace("@uni.example<", "@other.example<");
    let (_, said) = desk.json(&response(&sign_assertion(&foreign)), &[]);
    assert_eq!(said["decisions"][0]["reason"], "not_student");
    assert_eq!(said["decisions"][0]["missing"][0], "urn:oid:1.3.6.1.4.1.5923.1.1.1.9 (foreign_scope)", "{said:#}");
    let nobody = with(&wrong).replace("attribute:pairwise-id", "attribute:nothing").replace("persistent", "transient");
    let (code, said) = desk.json(&response(&sign_assertion(&nobody)), &[]);
    assert_eq!((code, &said["has_key"]), (1, &false.into()));
    assert_eq!(said["decisions"][0]["missing_for_the_student"], serde_json::json!(["identifier"]), "{said:#}");
}

#[test]
fn a_response_that_is_not_believed_says_the_reason() {
    let desk = Desk::new();
    let good = signed();
    for (saved, more, code) in [
        (good.clone(), &["--in-response-to", "_other"][..], "in_response_to"),
        (good.clone(), &["--at", "2026-11-24T00:00:00Z"], "confirmation_expired"),
        (good.replace(STUDENT, "x"), &[], "signature_digest"),
        (response(&assertion()), &[], "signature_missing"),
        ("<a/>".to_owned(), &[], "not_a_response"),
    ] {
        let answer = desk.check(&saved, more);
        assert_eq!(answer.code, 1);
        assert!(answer.out.starts_with(&format!("refused: {code} (")), "{}", answer.out);
        assert_eq!(desk.json(&saved, more), (1, desk.json(&saved, more).1));
        assert_eq!(desk.json(&saved, more).1["code"], code);
    }
    let answer = desk.check("!", &[]);
    assert!(answer.code == 1 && answer.out.contains("neither XML nor base64"), "{}", answer.out);
}

#[test]
fn an_instance_knows_the_rest_and_judges_by_what_is_on_sale() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    write(
        "pedell.toml",
        "[server]\npublic_url = \"https://pedell.example\"\n[database]\nurl = \"sqlite:data\"\n\
         [keys]\nmaster_key_file = \"master.key\"\n[log]\nfilter = \"off\"\n",
    );
    fs::create_dir(folder.join("idp-metadata")).unwrap();
    write("idp-metadata/uni.xml", &crate::metadata::entity(IDP, true));
    write("uni.toml", "name_de = \"Uni\"\nname_en = \"Uni\"\ncalendar = { summer_month = 4, winter_month = 10 }\n");
    write("saml.toml", &format!("kind = \"saml\"\nentity_id = \"{IDP}\"\nsemester_attribute = \"{SEMESTER}\"\n"));
    let product = |key: &str, rule: &str| {
        format!(
            "[[kind.issuer.products]]\nkey = \"{key}\"\nname_de = \"T\"\nname_en = \"T\"\nrule = {{ version = 1, {rule} }}\n"
        )
    };
    let shop = format!(
        "name = \"Ticketshop\"\nauthentication = \"client_secret_basic\"\n[kind.issuer]\n\
         redirect_uris = [\"https://shop.example/callback\"]\n{}{}",
        product("plain", "required_fields = [\"given_name\"]"),
        product("born", "required_fields = [\"birthdate\"]"),
    );
    write("shop.toml", &shop);
    for arguments in [
        &["keys", "init"][..],
        &["university", "add", "uni", "uni.toml"],
        &["client", "add", "shop", "shop.toml"],
        &["connection", "set", "uni", "saml.toml", "--by", "ada"],
    ] {
        done(folder, arguments);
    }
    write("response", &answer("_r", "20262", "student@uni.example"));
    let check = |more: &[&str]| {
        let arguments = ["saml", "check", "--response", "response", "--at", NOW, "--university", "uni"];
        pedell(folder, &[&arguments[..], more].concat())
    };
    let live = check(&[]);
    assert!(live.code == 1 && live.out.contains("not a SAML one"), "nothing is live yet: {}", live.out);
    let both = check(&["--stage", "test"]);
    assert_eq!(both.code, 1, "one of them would be refused: {}", both.out);
    assert!(both.out.contains("plain of Ticketshop, 2026W: a ticket"), "{}", both.out);
    assert!(both.out.contains("born of Ticketshop, 2026W: no ticket, attribute_missing"), "{}", both.out);
    let one = check(&["--stage", "test", "--product", "plain"]);
    assert_eq!(one.code, 0, "{}", one.out);
    assert_eq!(check(&["--stage", "test", "--product", "none"]).code, 1);
    assert_eq!(check(&["--idp-metadata", "x"]).code, 2, "the instance knows it");
    assert_eq!(pedell(folder, &["saml", "check", "--response", "response"]).code, 2, "somebody has to say it");
}
