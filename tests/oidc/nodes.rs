//! Two gateway processes on one PostgreSQL: a login that one begins, the other finishes, and one of them dies in between.

use std::{
    collections::BTreeMap,
    env, fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use pedell::{
    base::{Clock, Random, id},
    domain::semester::Calendar,
    peers::{http::Http, outbound::Outbound},
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use url::Url;

use crate::provider::{CLIENT, Provider, SECRET};

const PEDELL: &str = env!("CARGO_BIN_EXE_pedell");
const BACK: &str = "http://127.0.0.1:9/callback";
/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const UNIVERSITY: &str = "name_de = \"Universität Zum Seeblick\"\nname_en = \"Seeblick University\"\n\
                          calendar = { summer_month = 4, winter_month = 10 }\n";
const SHOP: &str = r#"
name = "Ticketshop"
authentication = "client_secret_basic"
[kind.issuer]
redirect_uris = ["http://127.0.0.1:9/callback"]
claims = ["given_name", "family_name"]
[[kind.issuer.products]]
key = "ticket"
name_de = "Semesterticket"
name_en = "Semester ticket"
rule = { version = 1, semesters = ["current"] }
"#;

/// One of the processes. It is killed when the test ends, if not before.
struct Node {
    address: SocketAddr,
    configuration: String,
    folder: std::path::PathBuf,
    process: Option<Child>,
}

impl Node {
    fn new(folder: &TempDir, name: &str, database: &str, public_url: Option<&str>) -> Self {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let public_url = public_url.map_or_else(|| format!("http://{address}"), str::to_owned);
        let text = format!(
            "[server]\nlisten = \"{address}\"\npublic_url = \"{public_url}\"\n[database]\nurl = \"{database}\"\n\
             [keys]\nmaster_key_file = \"master.key\"\n[outbound]\nallowed = [\"127.0.0.1\"]\n[log]\nfilter = \"warn,sqlx=error\"\n"
        );
        let configuration = format!("{name}.toml");
        fs::write(folder.path().join(&configuration), text).unwrap();
        Self { address, configuration, folder: folder.path().to_owned(), process: None }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PEDELL);
        command.args(arguments).current_dir(&self.folder).env("PEDELL_CONFIG", &self.configuration);
        command
    }

    fn done(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{arguments:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        said.trim_end().to_owned()
    }

    fn write(&self, file: &str, text: &str) -> String {
        fs::write(self.folder.join(file), text).unwrap();
        file.to_owned()
    }

    async fn start(&mut self) {
        self.process = Some(self.command(&["serve"]).stdout(Stdio::null()).spawn().unwrap());
        let (http, began) = (Http::new(Outbound::anywhere()).unwrap(), Instant::now());
        while http.get_text(&format!("http://{}/readyz", self.address)).await.is_err() {
            assert!(began.elapsed() < Duration::from_mins(2), "it starts");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// `kill -9`, and gone.
    fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// What the browser sees of a path at this node, whose cookies it has from any.
    async fn get(&self, cookies: &mut BTreeMap<String, String>, path: &str) -> (u16, String, String) {
        let http = Http::new(Outbound::anywhere()).unwrap();
        let sent: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = http.get(&format!("http://{}{path}", self.address)).unwrap().header("cookie", sent.join("; "));
        let response = request.send().await.unwrap();
        for line in response.headers().get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            cookies.insert(name.to_owned(), value.to_owned());
        }
        let location = response.headers().get("location").map_or("", |value| value.to_str().unwrap()).to_owned();
        // Whoever is asked whether the shop may have it agrees.
        if let Some(flow) = location.strip_prefix("/verify/consent?flow=") {
            let flow = flow.split('&').next().unwrap();
            let sent: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let request = http.post(&format!("http://{}/verify/consent", self.address)).unwrap();
            let request = request.header("cookie", sent.join("; ")).form(&[("flow", flow), ("agree", "1")]);
            let response = request.send().await.unwrap();
            let location = response.headers().get("location").map_or("", |value| value.to_str().unwrap()).to_owned();
            return (response.status().as_u16(), location, response.text().await.unwrap());
        }
        (response.status().as_u16(), location, response.text().await.unwrap())
    }

    async fn token(&self, secret: &str, code: &str) -> Value {
        let http = Http::new(Outbound::anywhere()).unwrap();
        let form =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK), ("code_verifier", VERIFIER)];
        let request = http.post(&format!("http://{}/token", self.address)).unwrap().basic_auth("shop", Some(secret));
        request.form(&form).send().await.unwrap().json().await.unwrap()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

fn code_of(location: &str) -> String {
    assert!(location.starts_with(BACK), "back at the shop, not {location}");
    let url = Url::parse(location).unwrap();
    let code = url.query_pairs().find(|(name, _)| name == "code").map(|(_, value)| value.into_owned());
    code.unwrap_or_else(|| panic!("no code: {location}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_begun_on_one_node_is_finished_on_another_after_the_first_was_killed() {
    let Some(server) = env::var("PEDELL_TEST_POSTGRES").ok().filter(|url| !url.is_empty()) else {
        eprintln!(
            "NOT RUN: two nodes share PostgreSQL, and PEDELL_TEST_POSTGRES names no server (tests/run starts one)"
        );
        return;
    };
    let name = format!("test_{}", id::fresh(&Clock::default(), &Random::default()).to_lowercase());
    let mut connection = PgConnection::connect(&server).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.unwrap();
    let mut database = Url::parse(&server).unwrap();
    database.set_path(&name);

    let now = Clock::default().now();
    let provider = Provider::start(now.as_seconds()).await;
    let semester = Calendar::university().semester_on(now.date_in_berlin());
    provider.ways().userinfo["studySemester"] = json!(semester.to_string());
    let folder = TempDir::new().unwrap();
    let mut first = Node::new(&folder, "first", database.as_str(), None);
    let public_url = format!("http://{}", first.address);
    let mut second = Node::new(&folder, "second", database.as_str(), Some(&public_url));
    first.done(&["keys", "init"]);
    first.done(&["university", "add", "uni-oidc", &first.write("university.toml", UNIVERSITY)]);
    let settings = format!(
        "kind = \"oidc\"\nissuer = \"{}\"\nclient_id = \"{CLIENT}\"\n[claims]\naffiliation_scopes = [\"uni.example\"]\n\
         semester = \"/studySemester\"\n",
        provider.url
    );
    let file = first.write("oidc.toml", &settings);
    let secret = format!("client_secret={}", first.write("client_secret", SECRET));
    first.done(&["connection", "set", "uni-oidc", &file, "--secret", &secret, "--by", "ada"]);
    first.done(&["connection", "promote", "uni-oidc", "--by", "ada"]);
    first.done(&["connection", "approve", "uni-oidc", "--version", "1", "--by", "grace"]);
    let secret = first.done(&["client", "add", "shop", &first.write("shop.toml", SHOP)]);
    first.start().await;
    second.start().await;

    let mut cookies = BTreeMap::new();
    let authorize = format!(
        "/authorize?response_type=code&client_id=shop&redirect_uri={}&scope=openid%20profile&state=s&nonce=n\
         &code_challenge={CHALLENGE}&code_challenge_method=S256&university=uni-oidc",
        url::form_urlencoded::byte_serialize(BACK.as_bytes()).collect::<String>()
    );
    // Each step on another node; the first one dies while the student is at the provider.
    let (_, onward, page) = second.get(&mut cookies, &authorize).await;
    assert!(onward.starts_with("/verify/oidc?"), "{page}");
    let (_, away, page) = first.get(&mut cookies, &onward).await;
    assert!(away.starts_with(&provider.url), "{away} {page}");
    first.kill();
    provider.ways().now = Clock::default().now().as_seconds();
    let back = provider.log_in(&away);
    let (_, location, page) = second.get(&mut cookies, &back.address()).await;
    assert!(!location.is_empty(), "{page}");
    let answer = second.token(&secret, &code_of(&location)).await;
    assert!(answer["id_token"].is_string(), "{answer}");

    // The same answer once more, on the node that comes up again: the same verification, and no second token.
    first.start().await;
    let (_, location, page) = first.get(&mut cookies, &back.address()).await;
    assert!(!location.is_empty(), "{page}");
    let again = first.token(&secret, &code_of(&location)).await;
    assert_eq!(again["error"], "invalid_grant", "one login, one token: {again}");
    // Without the browser's cookies it is nobody's.
    let (status, location, _) = first.get(&mut BTreeMap::new(), &back.address()).await;
    assert_eq!((status, location.as_str()), (400, ""));

    first.kill();
    second.kill();
    let drop = format!("DROP DATABASE {name} WITH (FORCE)");
    sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut connection).await.unwrap();
}
