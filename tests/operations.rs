//! What `docs/operations.md` says about running Pedell as a service, done: the proxy's snippet in a real nginx, the unit
//! held against systemd, the backup taken while it runs.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has to fail")]
#![allow(dead_code, reason = "shares `running` with other tests")]

#[path = "running/process.rs"]
mod process;
#[path = "running/program.rs"]
mod program;

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use tempfile::TempDir;

use crate::{process::PEDELL, program::Program};

const PAGE: &str = include_str!("../docs/operations.md");

/// The page's block of this kind.
fn block(info: &str) -> &'static str {
    let begin = format!("```{info}\n");
    PAGE.split_once(&begin).and_then(|(_, rest)| rest.split_once("```")).expect("the page has the block").0
}

/// A port that nobody has at this moment.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}

/// A child that is asked to end with the test.
struct Server(Child);

impl Server {
    fn start(mut command: Command, port: u16) -> Self {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("it starts");
        let server = Self(child);
        for _ in 0..600 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return server;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("nobody listens on {port}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(Command::new("kill").arg(self.0.id().to_string()).status());
        drop(self.0.wait());
    }
}

/// An instance with one university and an uploader, its port, and the uploader's secret.
fn instance(folder: &Path, port: u16, more: &str) -> (Program, String) {
    let program = Program::new(
        folder,
        &format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"https://pedell.example\"\n\
             trusted_proxies = [\"127.0.0.1\"]\n[database]\nurl = \"sqlite:data\"\n\
             [keys]\nmaster_key_file = \"master.key\"\n[log]\nfilter = \"warn\"\n{more}"
        ),
    );
    program.done(&["keys", "init"]);
    fs::write(
        folder.join("uni.toml"),
        "name_de = \"U\"\nname_en = \"U\"\n[calendar]\nsummer_month = 4\nwinter_month = 10\n",
    )
    .expect("written");
    program.done(&["university", "add", "uni", "uni.toml"]);
    let campus = "name = \"Campus\"\nauthentication = \"client_secret_basic\"\nkind = \"roster_uploader\"\n";
    fs::write(folder.join("campus.toml"), campus).expect("written");
    let secret = program.done(&["client", "add", "campus", "campus.toml", "--university", "uni"]);
    (program, secret)
}

/// The page's snippet in a server of its own.
fn nginx(folder: &Path, port: u16, upstream: u16) -> Server {
    let location = block("nginx").replace("127.0.0.1:8080", &format!("127.0.0.1:{upstream}"));
    assert!(location.contains(&upstream.to_string()), "the snippet names Pedell's address");
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {};\n", folder.join(kind).display()))
        .concat();
    let configuration = format!(
        "daemon off; pid {pid}; error_log {log}; worker_processes 1;\nevents {{}}\n\
         http {{\naccess_log off;\n{temporary}server {{ listen 127.0.0.1:{port}; {location} }}\n}}\n",
        pid = folder.join("nginx.pid").display(),
        log = folder.join("nginx.log").display(),
    );
    fs::write(folder.join("nginx.conf"), configuration).expect("written");
    // Debian has it in /usr/sbin, where not everybody looks.
    let nginx = if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" };
    let mut command = Command::new(nginx);
    command.arg("-c").arg(folder.join("nginx.conf")).arg("-p").arg(folder);
    Server::start(command, port)
}

/// What curl says of a request: the status.
fn status(arguments: &[&str]) -> String {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--output", "/dev/null", "--write-out", "%{http_code}"]).args(arguments);
    String::from_utf8(curl.output().expect("curl runs").stdout).expect("a number")
}

#[test]
fn behind_nginx_as_the_page_says() {
    let folder = TempDir::new().expect("a folder");
    let (upstream, port) = (free_port(), free_port());
    let limits = "[limits]\nrequests_per_minute_per_address = 20\n";
    let (program, secret) = instance(folder.path(), upstream, limits);
    let _pedell = Server::start(program.command(&["serve"]), upstream);
    let _nginx = nginx(folder.path(), port, upstream);
    let here = format!("http://127.0.0.1:{port}");

    // A roster of more than a megabyte, the proxy's default bound.
    let mut list = String::from("Matrikelnummer;Nachname;Vorname;Geburtsdatum\n");
    for number in 0..40_000 {
        list.push_str(&format!("{number:07};Müller;Jana Sophie;17.04.2003\n"));
    }
    fs::write(folder.path().join("list.csv"), &list).expect("written");
    let file = folder.path().join("list.csv").display().to_string();
    let upload = format!("{here}/v1/rosters/2026W");
    let user = format!("campus:{secret}");
    // From another address than the proxy's own.
    let other = ["--interface", "127.0.0.2"];
    let answer = status(&[&other[..], &["--user", &user, "--upload-file", &file, &upload]].concat());
    assert_eq!(answer, "200", "{} bytes through the proxy", list.len());

    // A browser that forges the header is still one address, and another address is not it.
    let answers: Vec<String> = (0..40)
        .map(|n| {
            let forged = format!("X-Forwarded-For: 198.51.100.{n}");
            status(&["--interface", "127.0.0.3", "--header", &forged, &format!("{here}/why")])
        })
        .collect();
    assert_eq!(answers.first().map(String::as_str), Some("200"));
    assert_eq!(answers.last().map(String::as_str), Some("429"), "{answers:?}");
    assert_eq!(status(&["--interface", "127.0.0.4", &format!("{here}/why")]), "200", "somebody else");
}

#[test]
fn the_unit_is_one_that_systemd_reads() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        eprintln!("NOT RUN: there is no systemd-analyze here");
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let unit = block("ini").replace("/usr/local/bin/pedell", PEDELL);
    assert!(unit.contains(PEDELL));
    let file = folder.path().join("pedell.service");
    fs::write(&file, unit).expect("written");
    let said = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&file).output().expect("it runs");
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    // Of a container it also says what has nothing to do with us.
    let ours: Vec<&str> = said.lines().filter(|line| line.contains("pedell.service")).collect();
    let faults: Vec<&&str> = ours.iter().filter(|line| !line.contains("postgresql.service")).collect();
    assert!(faults.is_empty(), "{said}");

    // A misspelt key would be noticed.
    fs::write(&file, block("ini").replace("NoNewPrivileges", "NoNewPriviliges")).expect("written");
    let said = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&file).output().expect("it runs");
    assert!(String::from_utf8_lossy(&said.stderr).contains("NoNewPriviliges"));
}

#[test]
fn a_backup_taken_while_it_runs_is_whole() {
    let folder = TempDir::new().expect("a folder");
    let port = free_port();
    let (program, secret) = instance(folder.path(), port, "");
    let _pedell = Server::start(program.command(&["serve"]), port);
    let list = "Matrikelnummer;Nachname;Vorname;Geburtsdatum\n0012345;Müller;Jana;17.04.2003\n";
    fs::write(folder.path().join("list.csv"), list).expect("written");
    let file = folder.path().join("list.csv").display().to_string();
    let upload = format!("http://127.0.0.1:{port}/v1/rosters/2026W");
    assert_eq!(status(&["--user", &format!("campus:{secret}"), "--upload-file", &file, &upload]), "200");

    let copy = folder.path().join("copy");
    fs::create_dir_all(copy.join("data/tenants")).expect("made");
    let data = folder.path().join("data");
    let tenants = fs::read_dir(data.join("tenants")).expect("read").map(|entry| entry.expect("an entry").path());
    let mut databases: Vec<_> = tenants.filter(|path| path.extension().is_some_and(|end| end == "db")).collect();
    databases.push(data.join("control.db"));
    assert!(databases.len() > 1, "{databases:?}");
    for database in databases {
        let to = copy.join("data").join(database.strip_prefix(&data).expect("inside"));
        let backup = format!(".backup '{}'", to.display());
        let done = Command::new("sqlite3").arg(&database).arg(&backup).status().expect("sqlite3 runs");
        assert!(done.success());
    }
    fs::copy(folder.path().join("master.key"), copy.join("master.key")).expect("copied");
    let restored = Program::new(&copy, &fs::read_to_string(folder.path().join("pedell.toml")).expect("read"));
    let rosters = restored.done(&["roster", "list", "--university", "uni"]);
    assert!(rosters.contains("2026W"), "{rosters}");
    assert!(restored.done(&["audit", "verify"]).contains("whole"));
}
