//! TLS in the gateway and client certificates, as `openssl`, `curl` and nginx see them.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has to fail")]
#![allow(dead_code, reason = "shares `running` with other tests")]

#[path = "running/process.rs"]
mod process;
#[path = "running/program.rs"]
mod program;
#[path = "running/server.rs"]
mod server;

use std::{env, fs, path::Path, process::Command, thread, time::Duration};

use pedell::base::{Clock, Random, id};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

use crate::{
    program::Program,
    server::{Server, free_port, instance, instance_on, nginx, status},
};

/// The name that the issued certificates bear.
const NAME: &str = "campus.uni.example";

fn openssl(folder: &Path, arguments: &str) -> String {
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().expect("openssl runs");
    assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// `NAME.pem` and `NAME.key`, self-signed.
fn self_signed(folder: &Path, name: &str, extension: &str) {
    openssl(
        folder,
        &format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN={name} \
             -addext {extension} -keyout {name}.key -out {name}.pem"
        ),
    );
}

/// `NAME.pem` and `NAME.key`, issued by `AUTHORITY.pem`.
fn issued(folder: &Path, name: &str, authority: &str, days: i32, extensions: &str) {
    let request = format!(
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN={name} -keyout {name}.key -out {name}.csr"
    );
    openssl(folder, &request);
    fs::write(folder.join("extensions"), extensions).expect("written");
    openssl(
        folder,
        &format!(
            "x509 -req -in {name}.csr -CA {authority}.pem -CAkey {authority}.key -CAcreateserial -days {days} \
             -extfile extensions -out {name}.pem"
        ),
    );
}

/// A gateway that ends TLS itself and asks clients for certificates; its address.
fn gateway(folder: &Path) -> (Program, String, u16) {
    self_signed(folder, "gateway", "subjectAltName=IP:127.0.0.1");
    let tls =
        "[tls]\ncertificate_file = \"gateway.pem\"\nkey_file = \"gateway.key\"\nclient_certificates = \"asked\"\n";
    let port = free_port();
    let (program, secret) = instance(folder, port, tls);
    (program, secret, port)
}

/// Sets the uploader's document.
fn campus(program: &Program, more: &str) {
    let document =
        format!("name = \"Campus\"\nauthentication = \"client_secret_basic\"\nkind = \"roster_uploader\"\n{more}");
    fs::write(program.folder.join("campus.toml"), document).expect("written");
    program.done(&["client", "change", "campus", "campus.toml"]);
}

fn pem(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(format!("{name}.pem"))).expect("read")
}

fn list(folder: &Path) -> String {
    fs::write(folder.join("list.csv"), "Matrikelnummer;Nachname;Vorname;Geburtsdatum\n1;Meier;Zoe;01.02.2003\n")
        .expect("written");
    folder.join("list.csv").display().to_string()
}

/// Uploads a list with this secret and certificate.
fn upload(folder: &Path, port: u16, secret: &str, certificate: Option<&str>) -> String {
    let (file, user) = (list(folder), format!("campus:{secret}"));
    let path = |name: &str, end: &str| folder.join(format!("{name}.{end}")).display().to_string();
    let (authority, url) = (path("gateway", "pem"), format!("https://127.0.0.1:{port}/v1/rosters/2026W"));
    let mut arguments = vec!["--cacert", &authority, "--user", &user, "--upload-file", &file, &url];
    let shown = certificate.map(|name| (path(name, "pem"), path(name, "key")));
    if let Some((certificate, key)) = &shown {
        arguments.extend(["--cert", certificate, "--key", key]);
    }
    status(&arguments)
}

/// What the trail says about refused machines.
fn refusals(program: &Program) -> Vec<String> {
    let trail = program.done(&["audit", "export"]);
    let of = |line: &str| {
        let entry: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        (entry["kind"] == "client.refused").then(|| entry["detail"].to_string())
    };
    trail.lines().filter_map(of).collect()
}

#[test]
fn an_upload_needs_secret_certificate_and_address_and_the_trail_says_which_was_wrong() {
    let folder = TempDir::new().expect("a folder");
    let folder = folder.path();
    let (program, secret, port) = gateway(folder);
    self_signed(folder, "campus", "subjectAltName=DNS:campus.uni.example");
    self_signed(folder, "stranger", "subjectAltName=DNS:campus.uni.example");
    let rule = format!("[certificate]\nregistered = '''\n{}'''\n", pem(folder, "campus"));
    campus(&program, &format!("networks = [\"127.0.0.0/8\"]\n{rule}"));
    let _pedell = Server::start(program.command(&["serve"]), port);
    assert_eq!(upload(folder, port, &secret, Some("campus")), "200", "all three are right");
    assert_eq!(upload(folder, port, &secret, None), "401", "no certificate");
    assert_eq!(upload(folder, port, &secret, Some("stranger")), "401", "somebody else's certificate");
    assert_eq!(upload(folder, port, "guessed", Some("campus")), "401", "the wrong secret");
    assert_eq!(upload(folder, port, "guessed", None), "401", "nothing");
    campus(&program, &format!("networks = [\"192.0.2.0/24\"]\n{rule}"));
    assert_eq!(upload(folder, port, &secret, Some("campus")), "401", "from elsewhere");
    let wrong = |what: &str| refusals(&program).iter().filter(|detail| detail.contains(what)).count();
    assert_eq!([wrong("certificate"), wrong("secret"), wrong("address")], [1, 1, 1], "{:?}", refusals(&program));
    assert!(program.done(&["audit", "verify"]).contains("whole"));
}

#[test]
fn an_authority_is_trusted_for_its_own_valid_certificates_for_one_name() {
    let folder = TempDir::new().expect("a folder");
    let folder = folder.path();
    let (program, secret, port) = gateway(folder);
    for authority in ["ca", "otherca"] {
        self_signed(folder, authority, "keyUsage=critical,keyCertSign,cRLSign");
    }
    let client = format!("subjectAltName=DNS:{NAME}\nextendedKeyUsage=clientAuth\n");
    issued(folder, "good", "ca", 1, &client);
    issued(folder, "expired", "ca", -1, &client);
    issued(folder, "foreign", "otherca", 1, &client);
    issued(folder, "another", "ca", 1, "subjectAltName=DNS:other.uni.example\nextendedKeyUsage=clientAuth\n");
    issued(folder, "nameless", "ca", 1, "extendedKeyUsage=clientAuth\n");
    issued(folder, "server", "ca", 1, &format!("subjectAltName=DNS:{NAME}\nextendedKeyUsage=serverAuth\n"));
    let authorities = pem(folder, "ca");
    campus(&program, &format!("[certificate.issued]\ndns_name = \"{NAME}\"\nauthorities = '''\n{authorities}'''\n"));
    let _pedell = Server::start(program.command(&["serve"]), port);
    assert_eq!(upload(folder, port, &secret, Some("good")), "200");
    for bad in ["expired", "foreign", "another", "nameless", "server"] {
        assert_eq!(upload(folder, port, &secret, Some(bad)), "401", "{bad}");
    }
}

/// RFC 8705: the certificate instead of a secret, and tokens that are worth nothing without it.
#[test]
fn a_certificate_alone_proves_a_client_and_its_tokens_are_bound_to_it() {
    let folder = TempDir::new().expect("a folder");
    let folder = folder.path();
    let (program, _, port) = gateway(folder);
    self_signed(folder, "shop", "subjectAltName=DNS:shop.example");
    self_signed(folder, "thief", "subjectAltName=DNS:shop.example");
    let document = format!(
        "name = \"Shop\"\nauthentication = \"self_signed_tls_client_auth\"\ncertificate_bound_tokens = true\n\
         [certificate]\nregistered = '''\n{}'''\n[kind.issuer]\nredirect_uris = [\"https://shop.example/\"]\n\
         direct_checks = true\n[[kind.issuer.products]]\nkey = \"t\"\nname_de = \"T\"\nname_en = \"T\"\n\
         [kind.issuer.products.rule]\nversion = 1\n",
        pem(folder, "shop")
    );
    fs::write(folder.join("shop.toml"), document).expect("written");
    assert_eq!(program.done(&["client", "add", "shop", "shop.toml"]), "", "there is no secret to print");
    let _pedell = Server::start(program.command(&["serve"]), port);
    let curl = |certificate: Option<&str>, more: &[&str]| {
        let mut curl = Command::new("curl");
        curl.current_dir(folder).args(["--silent", "--cacert", "gateway.pem"]).args(more);
        if let Some(name) = certificate {
            curl.args(["--cert", &format!("{name}.pem"), "--key", &format!("{name}.key")]);
        }
        let text = String::from_utf8(curl.output().expect("curl runs").stdout).expect("text");
        serde_json::from_str::<serde_json::Value>(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    };
    let token = format!("https://127.0.0.1:{port}/token");
    let form = ["--data", "grant_type=client_credentials&client_id=shop", &token];
    assert_eq!(curl(None, &form)["error"], "invalid_client", "no certificate");
    assert_eq!(curl(Some("thief"), &form)["error"], "invalid_client", "another one of the same name");
    let access = curl(Some("shop"), &form)["access_token"].as_str().expect("a token").to_owned();

    let check = format!("https://127.0.0.1:{port}/v1/checks");
    let bearer = format!("Authorization: Bearer {access}");
    let body = r#"{"university":"uni","matriculation_number":"1","given_names":"Zoe","family_name":"Meier"}"#;
    let call = ["--header", &bearer, "--json", body, &check];
    assert_eq!(curl(None, &call)["error"], "invalid_client", "a stolen token without its certificate");
    assert_eq!(curl(Some("thief"), &call)["error"], "invalid_client", "or with another");
    assert_eq!(curl(Some("shop"), &call)["reason"], "source_unavailable", "there is no list");

    // The eligibility token says whose it is.
    program.done(&["roster", "import", "--university", "uni", "--semester", "2026W", &list(folder)]);
    let body = &body.replace('}', r#","birth_date":"2003-02-01"}"#);
    let answer = curl(Some("shop"), &["--header", &bearer, "--json", body, &check]);
    let id_token = answer["id_token"].as_str().unwrap_or_else(|| panic!("{answer}"));
    let claims = base64::Engine::decode(
        &base64::prelude::BASE64_URL_SAFE_NO_PAD,
        id_token.split('.').nth(1).expect("three parts"),
    );
    let claims: serde_json::Value = serde_json::from_slice(&claims.expect("base64url")).expect("claims");
    openssl(folder, "x509 -in shop.pem -outform der -out shop.der");
    let hash = openssl(folder, "dgst -sha256 -r shop.der");
    let shown = claims["cnf"]["x5t#S256"].as_str().expect("cnf");
    let shown = base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, shown).expect("base64url");
    let hash: Vec<u8> = (0..64)
        .step_by(2)
        .map(|at| u8::from_str_radix(hash.get(at..at + 2).expect("64 digits"), 16).expect("hexadecimal"))
        .collect();
    assert_eq!(shown, hash);
}

#[test]
fn the_gateway_serves_tls_1_2_and_1_3_and_takes_up_a_new_certificate() {
    let folder = TempDir::new().expect("a folder");
    let folder = folder.path();
    let (program, _, port) = gateway(folder);
    assert!(program.run(&["doctor"]).out.contains("ok    TLS: the certificate is good until"));
    let _pedell = Server::start(program.command(&["serve"]), port);
    let (authority, url) =
        (folder.join("gateway.pem").display().to_string(), format!("https://127.0.0.1:{port}/healthz"));
    for (version, expected) in [("1.0", "000"), ("1.1", "000"), ("1.2", "200"), ("1.3", "200")] {
        let (least, most) = (format!("--tlsv{version}"), version);
        let answer =
            status(&["--cacert", &authority, &least, "--tls-max", most, "--ciphers", "DEFAULT@SECLEVEL=0", &url]);
        assert_eq!(answer, expected, "TLS {version}");
    }
    for http in ["--http1.1", "--http2"] {
        assert_eq!(status(&["--cacert", &authority, http, &url]), "200", "{http}");
    }
    // Half of a new pair is refused, and the last good one goes on; the whole is taken up.
    let old = fs::read(folder.join("gateway.key")).expect("read");
    let old_certificate = folder.join("old.pem");
    fs::copy(folder.join("gateway.pem"), &old_certificate).expect("copied");
    self_signed(folder, "gateway", "subjectAltName=IP:127.0.0.1");
    let new = fs::read(folder.join("gateway.key")).expect("read");
    fs::write(folder.join("gateway.key"), old).expect("written");
    thread::sleep(Duration::from_secs(7));
    let old_certificate = old_certificate.display().to_string();
    assert_eq!(status(&["--cacert", &old_certificate, &url]), "200", "the last good pair");
    fs::write(folder.join("gateway.key"), new).expect("written");
    let is_new = (0..60).any(|_| {
        thread::sleep(Duration::from_millis(250));
        status(&["--cacert", &authority, &url]) == "200"
    });
    assert!(is_new, "the new pair is taken up");
    assert_eq!(status(&["--cacert", &old_certificate, &url]), "000", "and the old one is gone");
}

#[test]
fn behind_nginx_the_certificate_comes_along_and_nobody_else_can_say_so() {
    let folder = TempDir::new().expect("a folder");
    let folder = folder.path();
    let (upstream, port) = (free_port(), free_port());
    let (program, secret) = instance(folder, upstream, "");
    self_signed(folder, "gateway", "subjectAltName=IP:127.0.0.1");
    self_signed(folder, "campus", "subjectAltName=DNS:campus.uni.example");
    campus(&program, &format!("[certificate]\nregistered = '''\n{}'''\n", pem(folder, "campus")));
    let mut serve = program.command(&["serve"]);
    serve.env("PEDELL_SERVER__PROXY_CLIENT_CERTIFICATES", "nginx").env("PEDELL_SERVER__TRUSTED_PROXIES", "127.0.0.1");
    let _pedell = Server::start(serve, upstream);
    let path = |name: &str| folder.join(name).display().to_string();
    let location = format!(
        "listen 127.0.0.1:{port} ssl; ssl_certificate {}; ssl_certificate_key {}; ssl_verify_client optional_no_ca;\n\
         location / {{ proxy_pass http://127.0.0.1:{upstream}; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n\
         proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert; }}",
        path("gateway.pem"),
        path("gateway.key"),
    );
    let _nginx = nginx(folder, port, &location);
    assert_eq!(upload(folder, port, &secret, Some("campus")), "200");
    assert_eq!(upload(folder, port, &secret, None), "401");
    // What is public about a certificate does not help: through the proxy the field is the proxy's own …
    let escaped: String = url::form_urlencoded::byte_serialize(pem(folder, "campus").as_bytes()).collect();
    let forged = format!("X-SSL-Client-Cert: {}", escaped.replace('+', "%20"));
    let (file, user) = (list(folder), format!("campus:{secret}"));
    let through = format!("https://127.0.0.1:{port}/v1/rosters/2026W");
    let (authority, direct) = (path("gateway.pem"), format!("http://127.0.0.1:{upstream}/v1/rosters/2026W"));
    let with_forged = ["--header", &forged, "--user", &user, "--upload-file", &file];
    assert_eq!(status(&[&with_forged[..], &["--cacert", &authority, &through]].concat()), "401", "through the proxy");
    // … and past it, from an address that is no proxy's, nobody is believed.
    assert_eq!(status(&[&with_forged[..], &["--interface", "127.0.0.9", &direct]].concat()), "401", "past the proxy");
    assert_eq!(status(&[&with_forged[..], &[&direct]].concat()), "200", "from the proxy's address it would be");
}

/// A proxy that shows a certificate of its own to us does not lend it to its clients.
#[test]
fn a_proxys_own_certificate_is_nobody_elses() {
    let folder = TempDir::new().expect("a folder");
    let folder = folder.path();
    let (program, secret, port) = gateway(folder);
    self_signed(folder, "campus", "subjectAltName=DNS:campus.uni.example");
    campus(&program, &format!("[certificate]\nregistered = '''\n{}'''\n", pem(folder, "campus")));
    let mut serve = program.command(&["serve"]);
    serve.env("PEDELL_SERVER__TRUSTED_PROXIES", "127.0.0.1");
    let _pedell = Server::start(serve, port);
    assert_eq!(upload(folder, port, &secret, Some("campus")), "401");
}

/// Who only knows a name and has made a certificate of their own is told nothing, and leaves no line in the trail.
#[test]
fn a_stranger_with_a_certificate_of_their_own_does_not_fill_the_trail() {
    let folder = TempDir::new().expect("a folder");
    let folder = folder.path();
    let (program, secret, port) = gateway(folder);
    for name in ["shop", "stranger"] {
        self_signed(folder, name, "subjectAltName=DNS:shop.example");
    }
    let document = format!(
        "name = \"Shop\"\nauthentication = \"self_signed_tls_client_auth\"\nnetworks = [\"192.0.2.0/24\"]\n\
         kind = \"roster_uploader\"\n[certificate]\nregistered = '''\n{}'''\n",
        pem(folder, "shop")
    );
    fs::write(folder.join("shop.toml"), document).expect("written");
    program.done(&["client", "add", "shop", "shop.toml", "--university", "uni"]);
    campus(&program, "networks = [\"192.0.2.0/24\"]\n");
    let _pedell = Server::start(program.command(&["serve"]), port);
    let (authority, token) =
        (folder.join("gateway.pem").display().to_string(), format!("https://127.0.0.1:{port}/token"));
    let ask = |name: &str| {
        let path = |end: &str| folder.join(format!("{name}.{end}")).display().to_string();
        let form = "grant_type=client_credentials&client_id=shop";
        status(&["--cacert", &authority, "--cert", &path("pem"), "--key", &path("key"), "--data", form, &token])
    };
    for _ in 0..5 {
        assert_eq!(ask("stranger"), "401");
    }
    assert_eq!(refusals(&program), Vec::<String>::new());
    for _ in 0..3 {
        assert_eq!(ask("shop"), "401", "its own certificate, from elsewhere");
        assert_eq!(upload(folder, port, &secret, None), "401", "the right secret, from elsewhere");
    }
    assert_eq!(refusals(&program).len(), 2, "once a minute for each client and cause: {:?}", refusals(&program));
}

/// Two nodes on one PostgreSQL: what is taken away is gone at either with the next request.
#[tokio::test]
async fn what_is_taken_from_a_machine_is_gone_at_its_next_request_on_every_node() {
    let Some(server) = env::var("PEDELL_TEST_POSTGRES").ok().filter(|url| !url.is_empty()) else {
        eprintln!(
            "NOT RUN: two nodes share PostgreSQL, and PEDELL_TEST_POSTGRES names no server (tests/run starts one)"
        );
        return;
    };
    let name = format!("test_{}", id::fresh(&Clock::default(), &Random::default()).to_lowercase());
    let mut connection = PgConnection::connect(&server).await.expect("PostgreSQL answers");
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::raw_sql(create).execute(&mut connection).await.expect("created");
    let mut url = url::Url::parse(&server).expect("an address");
    url.set_path(&name);
    tokio::task::spawn_blocking(move || on_two_nodes(url.as_str())).await.expect("it holds");
    let drop = AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"));
    sqlx::raw_sql(drop).execute(&mut connection).await.expect("dropped");
}

fn on_two_nodes(database: &str) {
    let folder = TempDir::new().expect("a folder");
    let folder = folder.path();
    self_signed(folder, "gateway", "subjectAltName=IP:127.0.0.1");
    let tls =
        "[tls]\ncertificate_file = \"gateway.pem\"\nkey_file = \"gateway.key\"\nclient_certificates = \"asked\"\n";
    let ports = [free_port(), free_port()];
    let (program, secret) = instance_on(database, folder, ports[0], tls);
    for name in ["campus", "next"] {
        self_signed(folder, name, "subjectAltName=DNS:campus.uni.example");
    }
    program.done(&["client", "certificate", "campus", "campus.pem"]);
    program.done(&["client", "networks", "campus", "127.0.0.0/8", "2001:db8::/32"]);
    let node = |port: u16| {
        let mut serve = program.command(&["serve"]);
        serve.env("PEDELL_SERVER__LISTEN", format!("127.0.0.1:{port}"));
        Server::start(serve, port)
    };
    let _nodes = ports.map(node);
    let both = |secret: &str, certificate: Option<&str>| ports.map(|port| upload(folder, port, secret, certificate));
    let (good, refused) = (["200", "200"].map(str::to_owned), ["401", "401"].map(str::to_owned));
    assert_eq!(both(&secret, Some("campus")), good);

    let new_secret = program.done(&["client", "secret", "campus"]);
    assert_eq!(both(&secret, Some("campus")), refused, "the old secret");
    assert_eq!(both(&new_secret, Some("campus")), good);

    program.done(&["client", "certificate", "campus", "next.pem"]);
    assert_eq!(both(&new_secret, Some("campus")), refused, "the old certificate");
    assert_eq!(both(&new_secret, None), refused, "none");
    assert_eq!(both(&new_secret, Some("next")), good);

    program.done(&["client", "networks", "campus", "192.0.2.0/24"]);
    assert_eq!(both(&new_secret, Some("next")), refused, "another network");
    assert_eq!(program.run(&["client", "networks", "campus", "192.0.2.7/24"]).code, Some(1), "a slip");
    program.done(&["client", "networks", "campus"]);
    assert_eq!(both(&new_secret, Some("next")), good, "any");

    program.done(&["client", "block", "campus"]);
    assert_eq!(both(&new_secret, Some("next")), refused, "blocked");
    let wrong = |what: &str| refusals(&program).iter().any(|detail| detail.contains(what));
    assert!(wrong("certificate") && wrong("secret") && wrong("address"), "{:?}", refusals(&program));
}
