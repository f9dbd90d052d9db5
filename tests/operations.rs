//! What `docs/operations.md` says about running Pedell as a service, done: the proxy's snippet in a real nginx, the unit
//! held against systemd, the backup taken while it runs.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has to fail")]
#![allow(dead_code, reason = "shares `running` with other tests")]

#[path = "running/process.rs"]
mod process;
#[path = "running/program.rs"]
mod program;
#[path = "running/server.rs"]
mod server;

use std::{fs, process::Command};

use tempfile::TempDir;

use crate::{
    process::PEDELL,
    program::Program,
    server::{Server, free_port, instance, nginx, status},
};

const PAGE: &str = include_str!("../docs/operations.md");

/// The page's block of this kind.
fn block(info: &str) -> &'static str {
    let begin = format!("```{info}\n");
    PAGE.split_once(&begin).and_then(|(_, rest)| rest.split_once("```")).expect("the page has the block").0
}

#[test]
fn behind_nginx_as_the_page_says() {
    let folder = TempDir::new().expect("a folder");
    let (upstream, port) = (free_port(), free_port());
    let limits = "[limits]\nrequests_per_minute_per_address = 20\n";
    let (program, secret) = instance(folder.path(), upstream, limits);
    let mut serve = program.command(&["serve"]);
    serve.env("PEDELL_SERVER__TRUSTED_PROXIES", "127.0.0.1");
    let _pedell = Server::start(serve, upstream);
    let location = block("nginx").replace("127.0.0.1:8080", &format!("127.0.0.1:{upstream}"));
    assert!(location.contains(&upstream.to_string()), "the snippet names Pedell's address");
    let _nginx = nginx(folder.path(), port, &format!("listen 127.0.0.1:{port}; {location}"));
    let here = format!("http://127.0.0.1:{port}");

    // A roster of more than a megabyte, the proxy's default bound.
    let rows = (0..40_000).map(|number| format!("{number:07};Müller;Jana Sophie;17.04.2003\n"));
    let list: String =
        std::iter::once("Matrikelnummer;Nachname;Vorname;Geburtsdatum\n".to_owned()).chain(rows).collect();
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

/// `[networks] blocked`: taken up while it runs, the last good one kept, and said by `doctor`.
#[test]
fn blocked_regions_are_taken_up_while_it_runs() {
    let folder = TempDir::new().expect("a folder");
    let port = free_port();
    fs::write(folder.path().join("regions.txt"), block("text regions.txt")).expect("the page's file is written");
    let networks = "[networks]\nblocked = [\"regions.txt\"]\nown = [\"192.0.2.128/25\"]\n";
    let (program, _) = instance(folder.path(), port, networks);
    assert!(program.run(&["doctor"]).out.contains("ok    blocked regions: 2 networks in 1 files"));
    let mut serve = program.command(&["serve"]);
    serve.env("PEDELL_SERVER__TRUSTED_PROXIES", "127.0.0.1");
    let _pedell = Server::start(serve, port);
    let ask = |path: &str, from: &str| {
        let (url, from) = (format!("http://127.0.0.1:{port}{path}"), format!("X-Forwarded-For: {from}"));
        status(&["--header", &from, &url])
    };
    assert_eq!(ask("/staff/login", "192.0.2.7"), "403");
    assert_eq!(ask("/staff/login", "2001:db8:1::7"), "403");
    for (path, from) in [("/staff/login", "192.0.2.200"), ("/staff/login", "198.51.100.7"), ("/", "192.0.2.7")] {
        assert_eq!(ask(path, from), "200", "{path} from {from}");
    }
    assert_eq!(ask("/healthz", "192.0.2.7"), "200");
    let soon = |from: &str, expected: &str| {
        (0..60).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(250));
            ask("/staff/login", from) == expected
        })
    };
    fs::write(folder.path().join("regions.txt"), "198.51.100.0/24\n").expect("written");
    assert!(soon("198.51.100.7", "403"), "the new one is taken up");
    assert_eq!(ask("/staff/login", "192.0.2.7"), "200");
    fs::write(folder.path().join("regions.txt"), "203.0.113.0/24\n198.51.100.0/2").expect("written");
    std::thread::sleep(std::time::Duration::from_secs(7));
    assert_eq!((ask("/staff/login", "198.51.100.7"), ask("/staff/login", "203.0.113.7")), ("403".into(), "200".into()));
    let doctor = program.run(&["doctor"]);
    assert!(doctor.out.contains("FAULT blocked regions: regions.txt: the last line has no end"), "{}", doctor.out);
    assert_eq!(doctor.code, Some(1));
}
