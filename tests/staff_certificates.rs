//! People who work here with certificates of Pedell's own authority, as `openssl`, `curl`, NSS and Chromium see it: two
//! nodes on one database, one that ends TLS itself and one behind nginx.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has to fail")]
#![allow(dead_code, reason = "shares `running` with other tests")]

#[path = "running/process.rs"]
mod process;
#[path = "running/program.rs"]
mod program;
#[path = "running/server.rs"]
mod server;

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

use pedell::{
    base::Clock,
    protocol::totp::{TotpSecret, step_at},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    program::Program,
    server::{Server, free_port, instance, nginx},
};

const SENTENCE: &str = "Elke dag sta ik als 1ste bij de bakker";
const LOGIN: &str = "olga-operator";

fn run(folder: &Path, program: &str, arguments: &str) -> String {
    let output = Command::new(program).args(arguments.split(' ')).current_dir(folder).output().expect("it runs");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{program} {arguments}: {said}");
    said
}

/// What curl got.
#[derive(Debug)]
struct Answer {
    status: u16,
    body: String,
}

impl Answer {
    /// The page's heading.
    fn heading(&self) -> &str {
        between(&self.body, "<h1", "</h1>").and_then(|inner| inner.split_once('>')).map_or("", |(_, text)| text)
    }
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    text.split_once(before).and_then(|(_, rest)| rest.split_once(after)).map(|(inner, _)| inner)
}

/// A browser of one page at a time: curl with a jar of cookies, at one of the nodes, with one certificate or none.
struct Browser<'a> {
    scene: &'a Scene,
    port: u16,
    jar: PathBuf,
    certificate: Option<&'a str>,
}

impl<'a> Browser<'a> {
    fn curl(&self, path: &str, more: &[&str]) -> Answer {
        let mut curl = Command::new("curl");
        curl.current_dir(self.scene.folder()).args([
            "--silent",
            "--cacert",
            "gateway.pem",
            "--write-out",
            "\n%{http_code}",
        ]);
        curl.args(["--header", "Accept-Language: en", "--cookie"]).arg(&self.jar).arg("--cookie-jar").arg(&self.jar);
        if let Some(name) = self.certificate {
            curl.args(["--cert", &format!("{name}.pem"), "--key", &format!("{name}.key")]);
        }
        curl.args(more).arg(format!("https://127.0.0.1:{}{path}", self.port));
        let text = String::from_utf8(curl.output().expect("curl runs").stdout).expect("text");
        let (body, status) = text.rsplit_once('\n').expect("a status");
        Answer { status: status.parse().expect("a number"), body: body.to_owned() }
    }

    fn get(&self, path: &str) -> Answer {
        self.curl(path, &[])
    }

    /// Posts the form of a page, with its key.
    fn post(&self, page: &str, to: &str, form: &[(&str, &str)]) -> Answer {
        let page = self.get(page);
        let key =
            between(&page.body, "name=\"form_key\" value=\"", "\"").unwrap_or_else(|| panic!("no form: {page:?}"));
        let mut arguments = vec!["--data-urlencode".to_owned(), format!("form_key={key}")];
        for (name, value) in form {
            arguments.extend(["--data-urlencode".to_owned(), format!("{name}={value}")]);
        }
        self.curl(to, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Name and password.
    fn log_in(&self) -> Answer {
        self.post("/staff/login", "/staff/login", &[("login", LOGIN), ("password", SENTENCE)])
    }

    /// The code, too.
    fn prove(&self) -> Answer {
        let code = self.scene.secret.code(step_at(Clock::default().now()));
        self.post("/staff/code", "/staff/code", &[("code", &code)])
    }

    fn with(&self, certificate: Option<&'a str>) -> Browser<'a> {
        Browser { scene: self.scene, port: self.port, jar: self.jar.clone(), certificate }
    }

    fn at(&self, port: u16) -> Browser<'a> {
        Browser { scene: self.scene, port, jar: self.jar.clone(), certificate: self.certificate }
    }
}

/// An operator who has set up an account, two nodes, nginx before the second, and certificates of all kinds.
struct Scene {
    whole: TempDir,
    program: Program,
    secret: TotpSecret,
    direct: u16,
    proxied: u16,
    upstream: u16,
    _servers: Vec<Server>,
}

impl Scene {
    fn new() -> Self {
        let whole = TempDir::new().expect("a folder");
        let folder = whole.path();
        run(
            folder,
            "openssl",
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=gateway \
             -addext subjectAltName=IP:127.0.0.1 -keyout gateway.key -out gateway.pem",
        );
        let (direct, upstream, proxied) = (free_port(), free_port(), free_port());
        let tls =
            "[tls]\ncertificate_file = \"gateway.pem\"\nkey_file = \"gateway.key\"\nclient_certificates = \"asked\"\n";
        let (program, _) = instance(folder, direct, tls);
        let mut servers = vec![Server::start(program.command(&["serve"]), direct)];
        let mut second = program.command(&["serve"]);
        second
            .envs([("PEDELL_TLS__CERTIFICATE_FILE", ""), ("PEDELL_TLS__KEY_FILE", "")])
            .env("PEDELL_SERVER__LISTEN", format!("127.0.0.1:{upstream}"))
            .envs([
                ("PEDELL_SERVER__PROXY_CLIENT_CERTIFICATES", "nginx"),
                ("PEDELL_SERVER__TRUSTED_PROXIES", "127.0.0.1"),
            ]);
        servers.push(Server::start(second, upstream));
        let path = |name: &str| folder.join(name).display().to_string();
        let location = format!(
            "listen 127.0.0.1:{proxied} ssl; ssl_certificate {}; ssl_certificate_key {}; ssl_verify_client optional_no_ca;\n\
             location / {{ proxy_pass http://127.0.0.1:{upstream}; proxy_set_header Host $http_host;\n\
             proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n\
             proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert; }}",
            path("gateway.pem"),
            path("gateway.key"),
        );
        servers.push(nginx(folder, proxied, &location));
        let secret = TotpSecret::from_bytes(&[0; 20]).expect("twenty bytes");
        let mut scene = Self { whole, program, secret, direct, proxied, upstream, _servers: servers };
        scene.secret = scene.enrolled();
        scene.program.done(&["ca", "init", "--name", "Campus Pedell"]);
        scene
    }

    fn folder(&self) -> &Path {
        self.whole.path()
    }

    /// Opens the first operator's link, chooses a password and sets the second factor up.
    fn enrolled(&self) -> TotpSecret {
        let link = self.program.done(&["staff", "first-operator", LOGIN, "Olga"]);
        let link = link.strip_prefix("https://pedell.example").expect("a link").to_owned();
        let code = link.rsplit('=').next().expect("a code").to_owned();
        let browser = self.browser("enrolment", None);
        let form = [("code", code.as_str()), ("password", SENTENCE), ("again", SENTENCE)];
        assert_eq!(browser.post(&link, "/staff/invitation", &form).status, 303);
        let page = browser.get("/staff/factor").body;
        let secret = decoded(&between(&page, "<dd><code>", "</code>").expect("a secret").replace(' ', ""));
        let enrolment = between(&page, "name=\"enrolment\" value=\"", "\"").expect("an enrolment");
        // The step before, so that the present code is still good for whoever logs in at once.
        let code = secret.code(step_at(Clock::default().now()) - 1);
        let form = [("enrolment", enrolment), ("code", code.as_str())];
        assert_eq!(browser.post("/staff/factor", "/staff/factor", &form).status, 200);
        secret
    }

    fn browser<'a>(&'a self, jar: &str, certificate: Option<&'a str>) -> Browser<'a> {
        Browser { scene: self, port: self.direct, jar: self.folder().join(format!("{jar}.jar")), certificate }
    }

    /// `NAME.pem` and `NAME.key`, issued to somebody by a request; its serial number.
    fn issued(&self, name: &str, person: &str, life: u32) -> String {
        let request = format!(
            "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -keyout {name}.key -out {name}.csr"
        );
        run(self.folder(), "openssl", &request);
        let arguments = ["ca", "issue", "--person", person, "--machine", name, "--csr", &format!("{name}.csr")];
        let mut command = self.program.command(&arguments);
        let output = command.env("PEDELL_CERTIFICATES__LIFE_SECONDS", life.to_string()).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fs::write(self.folder().join(format!("{name}.pem")), output.stdout).expect("written");
        let said = run(self.folder(), "openssl", &format!("x509 -in {name}.pem -noout -serial"));
        said.trim().trim_start_matches("serial=").to_owned()
    }

    /// `NAME.pem` and `NAME.key` of somebody else's authority, which calls itself as ours does.
    fn foreign(&self, name: &str) {
        let folder = self.folder();
        let authority =
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -keyout other.key -out other.pem";
        let subject = ["-subj", "/CN=Campus Pedell"];
        let made = Command::new("openssl").args(authority.split(' ')).args(subject).current_dir(folder).output();
        assert!(made.expect("openssl runs").status.success());
        let extensions =
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n";
        fs::write(folder.join("leaf.ext"), extensions).expect("written");
        let request = "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=Olga";
        run(folder, "openssl", &format!("{request} -keyout {name}.key -out {name}.csr"));
        let sign = "x509 -req -CA other.pem -CAkey other.key -CAcreateserial -days 30 -extfile leaf.ext";
        run(folder, "openssl", &format!("{sign} -in {name}.csr -out {name}.pem"));
    }

    fn require(&self) {
        self.program.done(&["ca", "policy", "pedell-operator", "required"]);
    }

    /// The reasons in the trail.
    fn refusals(&self) -> Vec<String> {
        let trail = self.program.done(&["audit", "export"]);
        let of = |line: &str| {
            let entry: Value = serde_json::from_str(line).expect("a line of JSON");
            let detail = entry["detail"]
                .as_str()
                .map_or(entry["detail"].clone(), |text| serde_json::from_str(text).expect("JSON"));
            (entry["kind"] == "certificate.refused")
                .then(|| detail["reason"].as_str().unwrap_or_else(|| panic!("{line}")).to_owned())
        };
        trail.lines().filter_map(of).collect()
    }
}

fn decoded(base32: &str) -> TotpSecret {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut bits = String::new();
    for c in base32.chars() {
        write!(bits, "{:05b}", ALPHABET.find(c).expect("base 32")).expect("text");
    }
    let bytes: Vec<u8> = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).expect("bits"), 2).expect("a byte"))
        .collect();
    TotpSecret::from_bytes(&bytes).expect("a secret")
}

#[test]
fn required_means_ones_own_good_certificate_at_either_node() {
    let scene = Scene::new();
    scene.issued("expired", LOGIN, 60);
    let own = scene.issued("own", LOGIN, 86_400);
    let revoked = scene.issued("revoked", LOGIN, 86_400);
    scene.program.done(&["ca", "revoke", &revoked, "--reason", "key-compromise"]);
    scene.program.done(&["staff", "first-operator", "otto-operator", "Otto", "--another"]);
    scene.issued("anothers", "otto-operator", 86_400);
    scene.foreign("foreign");
    scene.require();

    let browser = scene.browser("desk", Some("own"));
    assert_eq!(browser.log_in().status, 303);
    assert_eq!(browser.prove().status, 303);
    for port in [scene.direct, scene.proxied] {
        let here = browser.at(port);
        assert_eq!(here.get("/staff").status, 200, "the session is the same at either node");
        for (certificate, heading) in [
            (None, "Your certificate is missing"),
            (Some("revoked"), "This session began with another certificate"),
            (Some("foreign"), "This session began with another certificate"),
        ] {
            let answer = here.with(certificate).get("/staff");
            assert_eq!((answer.status, answer.heading()), (403, heading), "{certificate:?} at {port}");
        }
    }
    assert_eq!(browser.with(None).get("/staff/account/").status, 404, "other addresses are as always");

    // What is public about a certificate helps nobody past the proxy, and through it the field is the proxy's own.
    let text = fs::read_to_string(scene.folder().join("own.pem")).expect("read");
    let leaf = text.split_inclusive("-----END CERTIFICATE-----\n").next().expect("a certificate");
    let escaped: String = url::form_urlencoded::byte_serialize(leaf.as_bytes()).collect();
    let forged = format!("X-SSL-Client-Cert: {}", escaped.replace('+', "%20"));
    let through = browser.at(scene.proxied).with(None).curl("/staff", &["--header", &forged]);
    assert_eq!(through.status, 403, "{}", through.heading());
    let direct = browser.with(None).curl("/staff", &["--header", &forged]);
    assert_eq!(direct.status, 403, "where no proxy is expected nobody's field counts");
    let token = fs::read_to_string(&browser.jar).expect("read");
    let token =
        token.lines().find_map(|line| line.split_once("__Host-pedell-staff\t")).expect("a session").1.to_owned();
    let past = |from: &str| {
        let url = format!("http://127.0.0.1:{}/staff", scene.upstream);
        let cookie = format!("Cookie: __Host-pedell-staff={token}");
        server::status(&["--interface", from, "--header", &cookie, "--header", &forged, &url])
    };
    assert_eq!(past("127.0.0.9"), "403", "from an address that is no proxy's");
    assert_eq!(past("127.0.0.1"), "200", "from the proxy's address it would be");

    // Logging in: each kind is refused with its own reason. A certificate counts in whole seconds.
    thread::sleep(Duration::from_secs(62));
    for (port, certificate, heading) in [
        (scene.direct, None, "Your certificate is missing"),
        (scene.direct, Some("revoked"), "Your certificate is revoked"),
        (scene.proxied, Some("revoked"), "Your certificate is revoked"),
        (scene.direct, Some("expired"), "Your certificate is not valid today"),
        (scene.direct, Some("anothers"), "This certificate is not yours"),
        (scene.proxied, Some("anothers"), "This certificate is not yours"),
        (scene.direct, Some("foreign"), "We do not know this certificate"),
    ] {
        let answer = scene.browser("refused", certificate).at(port).log_in();
        assert_eq!((answer.status, answer.heading()), (403, heading), "{certificate:?} at {port}");
    }
    let reasons = scene.refusals();
    for reason in ["missing", "another", "revoked", "expired", "not_theirs", "foreign"] {
        assert!(reasons.iter().any(|found| found == reason), "{reason}: {reasons:?}");
    }

    // Taken back by a third process, it opens nothing from the next request on, at either node.
    scene.program.done(&["ca", "revoke", &own]);
    for port in [scene.direct, scene.proxied] {
        let answer = browser.at(port).get("/staff");
        assert_eq!((answer.status, answer.heading()), (403, "Your certificate is revoked"), "{port}");
    }
    assert!(scene.program.done(&["audit", "verify"]).contains("whole"));
}

/// The list as anybody can have it, and what openssl says by it.
#[test]
fn openssl_believes_the_public_list() {
    let scene = Scene::new();
    scene.issued("good", LOGIN, 86_400);
    let bad = scene.issued("bad", LOGIN, 86_400);
    scene.program.done(&["ca", "revoke", &bad]);
    let folder = scene.folder();
    for (path, file) in [("/ca/crl", "list.der"), ("/ca/certificate", "ca.der"), ("/ca/chain", "chain.pem")] {
        let answer = scene.browser("public", None).curl(path, &["--output", file]);
        assert_eq!(answer.status, 200, "{path}");
    }
    run(folder, "openssl", "crl -inform der -in list.der -out list.pem");
    run(folder, "openssl", "x509 -inform der -in ca.der -out ca.pem");
    let verify = "verify -x509_strict -purpose sslclient -crl_check -CAfile ca.pem -CRLfile list.pem";
    run(folder, "openssl", &format!("{verify} good.pem"));
    let refused = Command::new("openssl").args(verify.split(' ')).arg("bad.pem").current_dir(folder).output();
    let said = String::from_utf8_lossy(&refused.expect("openssl runs").stderr).into_owned();
    assert!(said.contains("certificate revoked"), "{said}");
}

/// A browser is told whose certificates are asked for, and offers no others.
#[test]
fn the_handshake_names_our_authority_when_it_is_told_to() {
    let scene = Scene::new();
    let port = free_port();
    let mut third = scene.program.command(&["serve"]);
    third
        .env("PEDELL_SERVER__LISTEN", format!("127.0.0.1:{port}"))
        .env("PEDELL_TLS__CLIENT_CERTIFICATES", "asked_by_name");
    let _third = Server::start(third, port);
    let names = |port: u16| {
        let mut openssl = Command::new("openssl");
        openssl.args(["s_client", "-connect", &format!("127.0.0.1:{port}")]).stdin(std::process::Stdio::null());
        String::from_utf8_lossy(&openssl.output().expect("openssl runs").stdout).into_owned()
    };
    let is_named = (0..40).any(|_| {
        thread::sleep(Duration::from_millis(250));
        names(port).contains("Acceptable client certificate CA names\nCN = Campus Pedell")
    });
    assert!(is_named, "{}", names(port));
    assert!(names(scene.direct).contains("No client certificate CA names sent"), "where nobody is named");
}

/// Chromium, with what NSS took out of the PKCS#12 file.
#[test]
fn chromium_gets_in_with_its_own_certificate_and_with_no_other() {
    let scene = Scene::new();
    let folder = scene.folder();
    let file = |name: &str, person: &str| {
        let machine = format!("Notebook of {name}");
        let path = format!("{name}.p12");
        scene.program.done(&["ca", "issue", "--person", person, "--machine", &machine, "--pkcs12", &path])
    };
    let own = file("own", LOGIN);
    let revoked = file("revoked", LOGIN);
    let listed = scene.program.done(&["ca", "list", "pedell-operator"]);
    scene.program.done(&["staff", "first-operator", "otto-operator", "Otto", "--another"]);
    let anothers = file("anothers", "otto-operator");
    scene.foreign("foreign");
    run(folder, "openssl", "pkcs12 -export -in foreign.pem -inkey foreign.key -passout pass:foreign -out foreign.p12");
    let homes: Vec<(&str, PathBuf)> = [
        ("own", Some(own.as_str())),
        ("none", None),
        ("revoked", Some(revoked.as_str())),
        ("anothers", Some(anothers.as_str())),
        ("foreign", Some("foreign")),
    ]
    .map(|(name, password)| (name, home(folder, name, password)))
    .into();
    // NSS says which of the two is to be revoked.
    let text = run(&homes[2].1, "certutil", "-L -d sql:.pki/nssdb");
    let nickname = text.lines().find(|line| line.contains("Olga")).expect("a certificate");
    let nickname = nickname.rsplit_once("  ").map_or(nickname, |(name, _)| name).trim();
    let mut certutil = Command::new("certutil");
    certutil.args(["-L", "-a", "-d", "sql:.pki/nssdb", "-n", nickname]).current_dir(&homes[2].1);
    let pem = certutil.output().expect("certutil runs");
    assert!(pem.status.success(), "{nickname:?}: {}", String::from_utf8_lossy(&pem.stderr));
    fs::write(folder.join("revoked.pem"), &pem.stdout).expect("written");
    let serial = run(folder, "openssl", "x509 -in revoked.pem -noout -serial");
    let serial = serial.trim().trim_start_matches("serial=").to_lowercase();
    assert!(listed.contains(&serial), "{serial}: {listed}");
    scene.program.done(&["ca", "revoke", &serial]);
    scene.require();

    let policies = folder.join("chromium/policies/managed");
    fs::create_dir_all(&policies).expect("made");
    let select = [scene.direct, scene.proxied]
        .map(|port| json!({ "pattern": format!("https://127.0.0.1:{port}"), "filter": {} }).to_string());
    let policy = json!({ "AutoSelectCertificateForUrls": select });
    fs::write(policies.join("certificates.json"), policy.to_string()).expect("written");
    let visits: Vec<Value> = homes
        .iter()
        .flat_map(|(name, home)| {
            [scene.direct, scene.proxied].map(|port| {
                json!({ "name": name, "home": home, "url": format!("https://127.0.0.1:{port}"), "is_first": port == scene.direct })
            })
        })
        .collect();
    let mut node = Command::new("node");
    node.arg(format!("{}/tests/browser/certificates.mjs", env!("CARGO_MANIFEST_DIR")))
        .env("VISITS", json!(visits).to_string())
        .env("POLICIES", folder.join("chromium"))
        .envs([("LOGIN", LOGIN), ("PASSWORD", SENTENCE)])
        .env("TOTP", scene.secret.base32().as_str());
    let output = node.output().expect("node runs (`tests/run certificates` installs what it needs)");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let ended: Vec<Value> = serde_json::from_str(said.trim()).expect("JSON");
    let expected = [
        ("own", "/staff"),
        ("own", "/staff/code"),
        ("none", "Your certificate is missing"),
        ("none", "Your certificate is missing"),
        ("revoked", "Your certificate is revoked"),
        ("revoked", "Your certificate is revoked"),
        ("anothers", "This certificate is not yours"),
        ("anothers", "This certificate is not yours"),
        ("foreign", "We do not know this certificate"),
        ("foreign", "We do not know this certificate"),
    ];
    let found: Vec<(&str, &str)> = ended
        .iter()
        .map(|visit| (visit["name"].as_str().expect("a name"), visit["ended"].as_str().expect("an end")))
        .collect();
    assert_eq!(found, expected);
}

/// A home with a certificate database, into which this file was imported.
fn home(folder: &Path, name: &str, password: Option<&str>) -> PathBuf {
    let home = folder.join(format!("home-{name}"));
    fs::create_dir_all(home.join(".pki/nssdb")).expect("made");
    // Newer Chromium looks where XDG says.
    fs::create_dir_all(home.join(".local/share")).expect("made");
    #[cfg(unix)]
    std::os::unix::fs::symlink(home.join(".pki"), home.join(".local/share/pki")).expect("linked");
    run(&home, "certutil", "-N -d sql:.pki/nssdb --empty-password");
    if let Some(password) = password {
        run(&home, "pk12util", &format!("-i ../{name}.p12 -d sql:.pki/nssdb -W {password}"));
    }
    home
}
