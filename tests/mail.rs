//! Mail to a real server of somebody else's making (`aiosmtpd` of Python): STARTTLS, a login, and everything that may go wrong.

#![expect(clippy::expect_used, reason = "a test that cannot go on has to fail")]

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use pedell::{
    base::{Clock, Random},
    peers::mail::{Mail, MailError, MailSecurity, MailServer, Mailer},
};
use serde_json::Value;
use tempfile::TempDir;

struct Smtp {
    child: Child,
    lines: BufReader<ChildStdout>,
    port: u16,
}

impl Smtp {
    fn start(arguments: &[&str]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("its address").port();
        drop(free);
        let mut child = Command::new("tests/peers/.venv/bin/python")
            .arg("tests/peers/smtp_server.py")
            .arg(port.to_string())
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("tests/run peers installs aiosmtpd");
        let mut lines = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        lines.read_line(&mut line).expect("a line");
        assert_eq!(line, "ready\n");
        Self { child, lines, port }
    }

    fn taken(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).expect("JSON")
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// An authority, and a certificate of `localhost` that it has signed.
fn certificates(folder: &Path) -> (String, String, String) {
    let at = |name: &str| folder.join(name).display().to_string();
    let openssl = |arguments: &[&str]| {
        let done = Command::new("openssl").args(arguments).output().expect("openssl");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    let new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let authority = ["-subj", "/CN=Test", "-keyout", &at("ca.key"), "-out", &at("ca.pem"), "-days", "2"];
    openssl(&[&["req", "-x509"][..], &new, &authority].concat());
    let request = ["-subj", "/CN=localhost", "-keyout", &at("key.pem"), "-out", &at("request.pem")];
    openssl(&[&["req", "-new"][..], &new, &request].concat());
    fs::write(at("names"), "basicConstraints=CA:FALSE\nsubjectAltName=DNS:localhost\n").expect("extensions");
    let signed = ["-in", &at("request.pem"), "-CA", &at("ca.pem"), "-CAkey", &at("ca.key"), "-CAcreateserial"];
    let made = ["-days", "2", "-extfile", &at("names"), "-out", &at("cert.pem")];
    openssl(&[&["x509", "-req"][..], &signed, &made].concat());
    (fs::read_to_string(at("ca.pem")).expect("the authority"), at("cert.pem"), at("key.pem"))
}

fn server(port: u16, authority: &str) -> MailServer {
    MailServer {
        host: "localhost".into(),
        port,
        security: MailSecurity::StartTls,
        login: Some(("pedell".into(), "correct horse".into())),
        from: "Pedell <pedell@tickets.example>".into(),
        ca_certificates: Some(authority.to_owned()),
    }
}

async fn send(server: &MailServer) -> Result<(), MailError> {
    let mailer = Mailer::new(server, Clock::default(), Random::default()).expect("good settings");
    let mail =
        Mail { subject: "Ihr Konto\r\nBcc: evil@evil.example".into(), text: "Guten Tag Ayşe,\n.\nein Link".into() };
    mailer.send("ayse@uni.example", &mail).await
}

#[tokio::test]
async fn a_mail_goes_by_tls_and_login_to_one_person() {
    let folder = TempDir::new().expect("a folder");
    let (authority, certificate, key) = certificates(folder.path());
    let mut smtp = Smtp::start(&[&certificate, &key]);
    send(&server(smtp.port, &authority)).await.expect("it is taken");
    let taken = smtp.taken();
    assert_eq!((&taken["tls"], &taken["user"]), (&true.into(), &"pedell".into()), "{taken}");
    assert_eq!(taken["to"], serde_json::json!(["ayse@uni.example"]));
    assert_eq!(taken["from"], "pedell@tickets.example");
    let data = BASE64_STANDARD.decode(taken["data"].as_str().expect("text")).expect("base 64");
    let text = String::from_utf8(data).expect("ASCII");
    let (headers, _) = text.split_once("\r\n\r\n").expect("headers");
    assert!(!headers.lines().any(|line| line.starts_with("Bcc")), "{headers}");
    for name in ["From: ", "To: ayse@uni.example", "Date: ", "Message-ID: <"] {
        assert!(headers.lines().any(|line| line.starts_with(name)), "{name} in {headers}");
    }
}

#[tokio::test]
async fn what_is_not_safe_is_not_said() {
    let folder = TempDir::new().expect("a folder");
    let (authority, certificate, key) = certificates(folder.path());
    let smtp = Smtp::start(&[&certificate, &key]);
    let good = server(smtp.port, &authority);
    let wrong = MailServer { login: Some(("pedell".into(), "wrong".into())), ..good.clone() };
    assert!(matches!(send(&wrong).await, Err(MailError::Server(_))), "another password");
    let unknown = MailServer { ca_certificates: None, ..good.clone() };
    assert!(matches!(send(&unknown).await, Err(MailError::Server(_))), "an authority that nobody knows");
    let other = MailServer { host: "127.0.0.1".into(), ..good.clone() };
    assert!(matches!(send(&other).await, Err(MailError::Server(_))), "another name");
    let plain = Smtp::start(&[]);
    let downgraded = MailServer { port: plain.port, login: None, ..good.clone() };
    assert!(matches!(send(&downgraded).await, Err(MailError::Server(_))), "no STARTTLS, no mail");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for() {
    let silent = Smtp::start(&["--silent"]);
    let began = Instant::now();
    let late = send(&MailServer { ca_certificates: None, ..server(silent.port, "") }).await;
    assert!(late.is_err(), "{late:?}");
    assert!(began.elapsed() < Duration::from_secs(13), "{:?}", began.elapsed());
}
