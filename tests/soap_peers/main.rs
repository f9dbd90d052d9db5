//! Pedell's web service client against services by others, and somebody else's client against ours. What they are:
//! `tests/soap_peers/README.md`.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has to fail")]

#[path = "../running/process.rs"]
mod process;
#[path = "../running/program.rs"]
mod program;
mod services;
mod tls;
mod trial;

use std::time::{Duration, Instant};

use pedell::{
    domain::soap_connection::SoapConnection,
    peers::{
        http::Http,
        outbound::Outbound,
        soap::{SoapClient, SoapError, SoapSecrets},
        source::SourceError,
    },
    protocol::soap::{Answer, Question, answer::Spelling},
};
use serde_json::Value;

use crate::services::{Service, in_folder};

/// As every service here knows her.
const JANA: Question<'_> = Question {
    token: None,
    matriculation_number: "0012345",
    family_name: Some("Müller & Söhne"),
    given_names: Some("Jana <Sophie>"),
    birth_date: Some("2003-04-17"),
    postal_code: Some("01067"),
    semester: "26W",
};
/// PHP and npm name RPC style's answer after the operation.
const RPC_ANSWER: &str = "elements = { response = 'verifyDataRequestResponse' }";

fn yes() -> Answer {
    Answer::Confirmed(Spelling::default())
}

fn no(code: &str) -> Answer {
    Answer::Denied(Some(code.to_owned()))
}

/// Asks as these settings say.
async fn ask(settings: &str, secrets: &SoapSecrets, question: Question<'_>) -> Result<Answer, SoapError> {
    let settings: SoapConnection = toml::from_str(settings).unwrap();
    assert_eq!(settings.check(), []);
    let soap = SoapClient::new(&Http::new(Outbound::anywhere()).unwrap(), &settings, secrets)?;
    let contract = soap.contract(&settings, Duration::from_secs(5)).await?;
    let question = Question { token: soap.token().or(question.token), ..question };
    soap.ask(&settings, &contract, &question, Duration::from_secs(u64::from(settings.time_limit_seconds))).await
}

async fn ask_plainly(settings: &str) -> Result<Answer, SoapError> {
    ask(settings, &SoapSecrets::default(), JANA).await
}

#[tokio::test]
async fn php_and_npm_are_asked_by_their_wsdl_or_by_settings_with_namespace_and_without() {
    for service in [Service::php(), Service::node(&[])] {
        for (kind, response, namespace) in [
            ("plain", RPC_ANSWER, "namespace = ''"),
            ("namespaced", "", "namespace = 'urn:uni:verify'\nqualified = true"),
        ] {
            let url = format!("{}/{kind}", service.address);
            let by_wsdl = format!("wsdl_url = '{url}?wsdl'\n{response}");
            assert_eq!(ask_plainly(&by_wsdl).await.unwrap(), yes(), "{url}");
            let by_settings = format!("endpoint = '{url}'\nsoap_action = 'urn:uni#verify'\n{namespace}\n{response}");
            assert_eq!(ask_plainly(&by_settings).await.unwrap(), yes(), "{url}");
            let other = Question { family_name: Some("Müller &amp; Söhne"), ..JANA };
            let denied = ask(&by_wsdl, &SoapSecrets::default(), other).await.unwrap();
            assert_eq!(denied, no("1"), "{url}: what is typed arrives as it was typed");
        }
    }
}

#[tokio::test]
async fn basic_authentication_and_tokens_are_in_their_places() {
    let service = Service::php();
    let auth = format!("wsdl_url = '{}/auth?wsdl'\nuser = 'pedell'\n{RPC_ANSWER}", service.address);
    let password =
        |password: &str| SoapSecrets { password: Some(password.to_owned().into()), ..SoapSecrets::default() };
    assert_eq!(ask(&auth, &password("gehe:im"), JANA).await.unwrap(), yes());
    assert_eq!(ask(&auth, &password("wrong"), JANA).await.unwrap_err().code(), "source_credentials");
    let token = format!("endpoint = '{}/token'\n{RPC_ANSWER}", service.address);
    let with = |token: &str| SoapSecrets { token: Some(token.to_owned().into()), ..SoapSecrets::default() };
    assert_eq!(ask(&token, &with("3423k24"), JANA).await.unwrap(), yes());
    let refused = ask(&token, &with("wrong"), JANA).await.unwrap_err();
    assert_eq!(refused.code(), "soap_fault");
    assert!(refused.to_string().ends_with("Client"), "{refused}");
}

#[tokio::test]
async fn each_way_of_being_unwell_is_told_apart_and_none_is_an_answer() {
    let service = Service::php();
    for (kind, expected) in [
        ("fault", "soap_fault"),
        ("503", "source_overloaded"),
        ("truncated", "xml_malformed"),
        ("slow", "source_timed_out"),
        ("gigabyte", "source_too_large"),
        ("bomb", "xml_doctype"),
        ("latin", "xml_not_utf8"),
    ] {
        let began = Instant::now();
        let failed = ask_plainly(&format!("endpoint = '{}/{kind}'\ntime_limit_seconds = 2", service.address)).await;
        let failed = failed.unwrap_err();
        assert_eq!(failed.code(), expected, "{kind}: {failed}");
        assert!(began.elapsed() < Duration::from_secs(4), "{kind} took {:?}", began.elapsed());
        assert!(!failed.to_string().contains("Müller"), "a service's words may name a student: {failed}");
    }
    let latin = ask_plainly(&format!("endpoint = '{}/latin-declared'", service.address)).await;
    assert_eq!(latin.unwrap(), yes(), "what says that it is Latin-1 is read");
    let address = service.address.clone();
    drop(service);
    let gone = ask_plainly(&format!("endpoint = '{address}/plain'")).await.unwrap_err();
    assert_eq!(gone.code(), "source_connect", "{gone}");
}

const LIST: &str = "Matrikelnummer;Nachname;Vorname;Geburtsdatum;Postleitzahl;Semester\n\
                    0012345;Müller & Söhne;Jana Sophie;17.04.2003;01067;26W\n";

#[tokio::test]
async fn zeep_accepts_the_example_services_wsdl_and_so_do_we() {
    let folder = tempfile::TempDir::new().unwrap();
    let service = Service::example(folder.path(), LIST, "3423k24");
    let wsdl = format!("{}?wsdl", service.address);
    let zeep = |token: &str, semester: &str| -> Value {
        let mut command = std::process::Command::new(in_folder(".venv/bin/python"));
        command.arg(in_folder("ask.py")).arg(&wsdl).env("PYTHONDONTWRITEBYTECODE", "1");
        command.arg(format!("token={token}")).args(["Matrikelnummer=0012345", "Name=mueller soehne", "Vorname=jana"]);
        command.args(["Geburtsdatum=2003-04-17", "Postleitzahl=01067"]).arg(format!("Semesterkuerzel={semester}"));
        let output = command.output().expect("zeep runs (`tests/run soap` installs it)");
        let said = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}{}", String::from_utf8_lossy(&output.stderr)))
    };
    let known = zeep("3423k24", "26W");
    assert_eq!((&known["result"], &known["fehlerCode"]), (&true.into(), &0.into()), "{known}");
    assert_eq!((known["Name"].as_str(), known["Geburtsdatum"].as_str()), (Some("Müller & Söhne"), Some("2003-04-17")));
    assert_eq!(zeep("3423k24", "26S")["fehlerCode"], 2);
    assert_eq!(zeep("wrong", "26W")["fehlerCode"], 9);

    let secrets = SoapSecrets { token: Some("3423k24".to_owned().into()), ..SoapSecrets::default() };
    let settings = format!("wsdl_url = '{wsdl}'\nelements = {{ answered_given_names = 'Vorname' }}");
    let typed = Question { given_names: Some("jana"), ..JANA };
    let Answer::Confirmed(spelling) = ask(&settings, &secrets, typed).await.unwrap() else { panic!("confirmed") };
    assert_eq!(spelling.given_names.as_deref(), Some("Jana Sophie"));
    assert_eq!(ask(&settings, &secrets, Question { matriculation_number: "1", ..JANA }).await.unwrap(), no("1"));
}
