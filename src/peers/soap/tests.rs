//! Services that have a bad day, or mean harm. The real ones are in `tests/soap`.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::{get, post},
};
use futures_util::stream;

use super::*;
use crate::{
    peers::{
        source::{Failing, SourceError},
        test_server::{TestServer, client},
    },
    protocol::soap::{ENVELOPE, WSDL, WSDL_SOAP},
};

const QUICK: Duration = Duration::from_millis(400);
const MAX: Question<'_> = Question {
    token: None,
    matriculation_number: "1234",
    family_name: Some("Mustermann"),
    given_names: Some("Max"),
    birth_date: None,
    postal_code: None,
    semester: "26W",
};

fn yes() -> String {
    envelope("<verifyDataResponse><result>true</result><fehlerCode>0</fehlerCode></verifyDataResponse>")
}

fn envelope(body: &str) -> String {
    format!("<s:Envelope xmlns:s='{ENVELOPE}'><s:Body>{body}</s:Body></s:Envelope>")
}

fn settings(toml: &str) -> SoapConnection {
    toml::from_str(toml).unwrap()
}

async fn ask_with(server: &TestServer, path: &str, more: &str, secrets: &SoapSecrets) -> Result<Answer, SoapError> {
    let settings = settings(&format!("endpoint = '{}'\n{more}", server.at(path)));
    let soap = SoapClient::new(&client(), &settings, secrets)?;
    let contract = soap.contract(&settings, QUICK).await?;
    soap.ask(&settings, &contract, &Question { token: soap.token(), ..MAX }, QUICK).await
}

async fn code(server: &TestServer, path: &str) -> &'static str {
    ask_with(server, path, "", &SoapSecrets::default()).await.expect_err(path).code()
}

#[tokio::test]
async fn headers_and_body_are_as_soap_1_1_wants_them_and_secrets_are_in_their_places() {
    let echo = |headers: HeaderMap, body: String| async move {
        assert_eq!(headers["content-type"], "text/xml; charset=utf-8");
        assert_eq!(headers["soapaction"], "\"urn:verify\"");
        assert_eq!(headers["authorization"], "Basic cGVkZWxsOmdlaGVpbQ==");
        assert!(body.contains("<token>t&amp;1</token><Matrikelnummer>1234</Matrikelnummer>"), "{body}");
        yes()
    };
    let server = TestServer::start(Router::new().route("/", post(echo))).await;
    let secrets = SoapSecrets { password: Some("geheim".into()), token: Some("t&1".into()), client_key: None };
    let answer = ask_with(&server, "/", "user = 'pedell'\nsoap_action = 'urn:verify'", &secrets).await;
    assert!(matches!(answer, Ok(Answer::Confirmed(_))), "{answer:?}");
}

#[tokio::test]
async fn every_way_of_failing_has_its_own_code() {
    let endless = || async {
        Body::from_stream(stream::repeat_with(|| {
            Ok::<_, std::convert::Infallible>(Bytes::from_static(&[b' '; 16 * 1024]))
        }))
    };
    let slow = || async {
        tokio::time::sleep(Duration::from_secs(30)).await;
        yes()
    };
    let trickle = || async {
        Body::from_stream(stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Some((Ok::<_, std::convert::Infallible>(Bytes::from_static(b" ")), ()))
        }))
    };
    let status =
        |status: u16, body: &'static str| post(move || async move { (StatusCode::from_u16(status).unwrap(), body) });
    let fault = || async {
        let fault = "<s:Fault><faultcode>s:Client</faultcode><faultstring>x</faultstring></s:Fault>";
        (StatusCode::INTERNAL_SERVER_ERROR, envelope(fault))
    };
    let cut = |_: Request| async {
        (
            [("content-length", "500")],
            Body::from_stream(stream::once(async { Ok::<_, std::io::Error>(Bytes::from("<s:Env")) })),
        )
            .into_response()
    };
    let server = TestServer::start(
        Router::new()
            .route("/endless", post(endless))
            .route("/slow", post(slow))
            .route("/trickle", post(trickle))
            .route("/401", status(401, ""))
            .route("/404", status(404, "<html/>"))
            .route("/302", status(302, ""))
            .route("/500", status(500, "Internal"))
            .route("/503", status(503, "<s:Envelope/>"))
            .route("/html", status(200, "<!DOCTYPE html><html></html>"))
            .route("/truncated", post(|| async { yes()[..100].to_owned() }))
            .route("/bomb", status(200, "<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;&b;'>]><a>&c;</a>"))
            .route("/latin", post(|| async { b"<a>\xFC</a>".to_vec() }))
            .route("/fault", post(fault))
            .route("/cut", post(cut)),
    )
    .await;
    for (path, expected) in [
        ("/endless", "source_too_large"),
        ("/slow", "source_timed_out"),
        ("/trickle", "source_timed_out"),
        ("/401", "source_credentials"),
        ("/404", "source_status"),
        ("/302", "source_redirect"),
        ("/500", "source_error"),
        ("/503", "source_overloaded"),
        ("/html", "xml_doctype"),
        ("/truncated", "xml_malformed"),
        ("/bomb", "xml_doctype"),
        ("/latin", "xml_not_utf8"),
        ("/fault", "soap_fault"),
        ("/cut", "source_broken"),
    ] {
        assert_eq!(code(&server, path).await, expected, "{path}");
    }
    let mut gone = TestServer::start(Router::new()).await;
    "http://127.0.0.1:9".clone_into(&mut gone.url);
    assert_eq!(code(&gone, "/").await, "source_connect");
}

#[tokio::test]
async fn half_a_certificate_or_none_that_can_be_read_is_noticed_before_anything_is_sent() {
    let server = TestServer::start(Router::new().route("/", post(|| async { yes() }))).await;
    let certificate = "client_certificate = '''-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'''";
    let key = SoapSecrets { client_key: Some("x".into()), ..SoapSecrets::default() };
    for (more, secrets) in [(certificate, &SoapSecrets::default()), ("", &key), (certificate, &key)] {
        let refused = ask_with(&server, "/", more, secrets).await.unwrap_err();
        assert_eq!(refused.code(), "source_certificate", "{refused}");
    }
    let nonsense = "ca_certificates = '''-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'''";
    assert_eq!(
        ask_with(&server, "/", nonsense, &SoapSecrets::default()).await.unwrap_err().code(),
        "source_certificate"
    );
}

#[tokio::test]
async fn trying_a_connection_shows_everything_but_secrets() {
    let leaky = |body: String| async move {
        let token =
            body.split("<token>").nth(1).and_then(|rest| rest.split("</token>").next()).unwrap_or_default().to_owned();
        envelope(&format!(
            "<verifyDataResponse><result>false</result><fehlerCode>{token}</fehlerCode></verifyDataResponse>"
        ))
    };
    let server = TestServer::start(Router::new().route("/", post(leaky))).await;
    let settings = settings(&format!("endpoint = '{}'\nuser = 'pedell'", server.at("/")));
    let secrets = SoapSecrets { password: Some("hunter2".into()), token: Some("tok3n".into()), client_key: None };
    let soap = SoapClient::new(&client(), &settings, &secrets).unwrap();
    let contract = soap.contract(&settings, QUICK).await.unwrap();
    let question = Question { token: soap.token(), ..MAX };
    let (exchange, outcome) = soap.try_out(&settings, &contract, &question, QUICK).await;
    assert_eq!(outcome.unwrap(), Answer::Denied(Some("tok3n".to_owned())));
    assert!(
        exchange.sent.contains("<token>********</token>") && exchange.sent.contains("Mustermann"),
        "{}",
        exchange.sent
    );
    assert!(exchange.sent.contains("Basic pedell:********"), "{}", exchange.sent);
    assert!(
        exchange.received.starts_with("200 OK\n") && exchange.received.contains("<fehlerCode>********<"),
        "{}",
        exchange.received
    );
    for text in [&exchange.sent, &exchange.received, &format!("{soap:?}")] {
        assert!(!text.contains("hunter2") && !text.contains("tok3n"), "{text}");
    }
}

#[tokio::test]
async fn secrets_are_blanked_in_every_form_that_a_service_may_repeat() {
    let leaky = |headers: HeaderMap, body: String| async move {
        let pad = " ".repeat(SHOWN_CHARS - body.len() - 120);
        (
            StatusCode::NOT_FOUND,
            format!("{} {body} geh<\"eim> {pad} geheimnis&", headers["authorization"].to_str().unwrap()),
        )
    };
    let server = TestServer::start(Router::new().route("/", post(leaky))).await;
    let settings = settings(&format!("endpoint = '{}'\nuser = 'pedell'", server.at("/")));
    for (password, token) in [("geheimnis&", "geh<\"eim>"), ("geh<\"eim>", "geheimnis&")] {
        let secrets = SoapSecrets { password: Some(password.into()), token: Some(token.into()), client_key: None };
        let soap = SoapClient::new(&client(), &settings, &secrets).unwrap();
        let contract = soap.contract(&settings, QUICK).await.unwrap();
        let question = Question { token: soap.token(), ..MAX };
        let answer = soap.call(&settings, &contract, &question, QUICK).await.unwrap();
        let shown = soap.shown(&answer);
        assert!(shown.contains("Basic ********"), "{shown}");
        assert!(shown.contains("<token>********</token>"), "{shown}");
        assert!(!shown.contains("geh"), "{shown}");
    }
}

#[tokio::test]
async fn nothing_is_asked_without_tls_unless_the_settings_allow_it() {
    let inline = "endpoint = 'http://uni.example/verify'";
    let soap = SoapClient::new(&client(), &settings(inline), &SoapSecrets::default()).unwrap();
    let refused = soap.contract(&settings(inline), QUICK).await.unwrap_err();
    assert_eq!(refused.code(), "wsdl_unencrypted", "when it is put together");
    let contract = Contract::of_settings(&settings(inline)).unwrap();
    let refused = soap.ask(&settings(inline), &contract, &MAX, QUICK).await.unwrap_err();
    assert_eq!(refused.code(), "wsdl_unencrypted", "and before each question");
}

#[tokio::test]
async fn what_a_students_data_can_cause_is_an_answer() {
    let status = |status: u16| post(move || async move { StatusCode::from_u16(status).unwrap() });
    let mut router = Router::new();
    for code in [500, 501, 505, 502, 503, 504, 401, 404, 429] {
        router = router.route(&format!("/{code}"), status(code));
    }
    let server = TestServer::start(router).await;
    for (code, failing, nobody) in [
        (500, Failing::Wrong, false),
        (501, Failing::Wrong, false),
        (505, Failing::Wrong, false),
        (401, Failing::Wrong, false),
        (404, Failing::Wrong, false),
        (429, Failing::Passing, false),
        (502, Failing::Passing, true),
        (503, Failing::Passing, true),
        (504, Failing::Passing, true),
    ] {
        let error = ask_with(&server, &format!("/{code}"), "", &SoapSecrets::default()).await.unwrap_err();
        assert_eq!((error.failing(), error.nobody_answered()), (failing, nobody), "{code}");
        assert!(!error.was_not_asked(), "{code}");
    }
}

fn split_wsdl() -> Router {
    let main = format!(
        "<definitions xmlns='{WSDL}' xmlns:s='{WSDL_SOAP}' xmlns:t='urn:t' targetNamespace='urn:t'>\
         <import namespace='urn:t' location='parts/abstract.wsdl'/><import namespace='urn:t' location='main.wsdl'/>\
         <import namespace='urn:e' location='https://elsewhere.example/e.wsdl'/>\
         <binding name='b' type='t:p'><s:binding/><operation name='o'><s:operation soapAction='urn:do'/></operation></binding>\
         <service name='s'><port name='p' binding='t:b'><s:address location='../verify'/></port></service></definitions>"
    );
    let part = format!(
        "<definitions xmlns='{WSDL}' xmlns:t='urn:t' xmlns:x='urn:x' targetNamespace='urn:t'>\
         <types><schema xmlns='http://www.w3.org/2001/XMLSchema'><import namespace='urn:x' schemaLocation='x.xsd'/></schema></types>\
         <message name='m'><part name='p' element='x:verifyDataRequest'/></message>\
         <portType name='p'><operation name='o'><input message='t:m'/></operation></portType></definitions>"
    );
    let schema =
        "<schema xmlns='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:x' elementFormDefault='qualified'/>";
    Router::new()
        .route("/soap/main.wsdl", get(move || async move { main }))
        .route("/soap/parts/abstract.wsdl", get(move || async move { part }))
        .route("/soap/parts/x.xsd", get(move || async move { schema }))
        .route("/verify", post(|| async { yes() }))
}

#[tokio::test]
async fn a_wsdl_in_parts_is_put_together_from_its_own_host() {
    let server = TestServer::start(split_wsdl()).await;
    let settings = settings(&format!("wsdl_url = '{}'", server.at("/soap/main.wsdl")));
    let soap = SoapClient::new(&client(), &settings, &SoapSecrets::default()).unwrap();
    let contract = soap.contract(&settings, QUICK).await.unwrap();
    assert_eq!(
        contract,
        Contract {
            endpoint: server.at("/verify"),
            namespace: "urn:x".to_owned(),
            qualified: true,
            soap_action: "urn:do".to_owned(),
        }
    );
    assert!(soap.ask(&settings, &contract, &MAX, QUICK).await.is_ok());
}

#[tokio::test]
async fn a_wsdl_that_imports_without_end_is_read_no_further_than_the_limit() {
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = std::sync::Arc::clone(&asked);
    let endless = move || async move {
        let n = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        format!("<definitions xmlns='{WSDL}'><import location='{n}a'/><import location='{n}b'/></definitions>")
    };
    let server = TestServer::start(Router::new().route("/{any}", get(endless))).await;
    let settings = settings(&format!("wsdl_url = '{}'", server.at("/main")));
    let soap = SoapClient::new(&client(), &settings, &SoapSecrets::default()).unwrap();
    let fault = soap.contract(&settings, Duration::from_secs(5)).await.unwrap_err();
    assert_eq!(fault.code(), "wsdl_no_port");
    assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), limits::WSDL_DOCUMENTS);
}
