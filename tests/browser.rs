//! The pages in Chromium: what students live through on the running demo, and every page in every state.
//! The scripts and what they look at: `tests/browser/*.mjs`.

#![expect(clippy::expect_used, reason = "a test that cannot go on has to fail")]
#![expect(clippy::print_stdout, reason = "what the scripts said is worth reading")]

#[path = "running/demo.rs"]
mod demo;
#[path = "running/process.rs"]
mod process;
#[path = "running/program.rs"]
mod program;

use std::{
    env,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::{
    demo::Demo,
    process::{PEDELL, Running},
    program::Program,
};

/// Where the screenshots go: `PEDELL_TEST_SCREENSHOTS`, or `screenshots` beside the build.
fn screenshots() -> PathBuf {
    let beside_the_build = || Path::new(PEDELL).ancestors().nth(2).expect("target/debug/pedell").join("screenshots");
    env::var_os("PEDELL_TEST_SCREENSHOTS").map_or_else(beside_the_build, PathBuf::from)
}

/// `node tests/browser/SCRIPT`, ready to run.
fn script(name: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(format!("{}/tests/browser/{name}", env!("CARGO_MANIFEST_DIR")));
    command
}

fn run(command: &mut Command) {
    let output = command.output().expect("node runs (`tests/run browser` installs what it needs)");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    println!("{said}");
}

#[test]
fn students_get_their_ticket_or_learn_why_not() {
    let folder = TempDir::new().expect("a folder");
    let demo = Demo::start(folder.path());
    let mut story = script("story.mjs");
    story
        .env("PEDELL", demo.pedell())
        .env("SHOP", demo.said["shop"].as_str().expect("an address"))
        .env("IDP", demo.said["idp"].as_str().expect("an address"))
        .env("STUDENTS", demo.said["students"].to_string())
        .env("ACCOUNTS", demo.said["accounts"].to_string())
        .env("OP", demo.said["op"].as_str().expect("an address"))
        .env("MEMBERS", demo.said["members"].to_string())
        .env("SCREENSHOTS", screenshots().join("story"));
    run(&mut story);
}

#[test]
fn students_see_and_change_their_own_account() {
    let folder = TempDir::new().expect("a folder");
    let demo = Demo::start(folder.path());
    let mut story = script("account.mjs");
    story
        .env("PEDELL", demo.pedell())
        .env("SHOP", demo.said["shop"].as_str().expect("an address"))
        .env("IDP", demo.said["idp"].as_str().expect("an address"))
        .env("ACCOUNTS", demo.said["accounts"].to_string())
        .env("SCREENSHOTS", screenshots().join("account"));
    run(&mut story);
}

#[test]
fn people_who_work_here_come_in_and_see_what_their_rank_sees() {
    let folder = TempDir::new().expect("a folder");
    let demo = Demo::start(folder.path());
    let mut story = script("staff.mjs");
    story
        .env("PEDELL", demo.pedell())
        .env("STAFF", demo.said["staff"].to_string())
        .env("SCREENSHOTS", screenshots().join("staff"));
    run(&mut story);
}

/// An instance that has nobody yet, under a name: browsers make no passkey for an IP address.
struct Instance {
    url: String,
    program: Program,
    /// The first operator's link.
    invitation: String,
}

impl Instance {
    /// `more` are lines of the section on staff.
    fn new(folder: &Path, more: &str) -> Self {
        // The name by which browsers know this machine, on a port that nobody has.
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
        let url = format!("http://localhost:{port}");
        let configuration = format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"{url}\"\n[database]\nurl = \"sqlite:data\"\n\
             [keys]\nmaster_key_file = \"master.key\"\n[staff]\npassword_memory_kib = 8192\n{more}"
        );
        let program = Program::new(folder, &configuration);
        program.done(&["keys", "init"]);
        let invitation = program.done(&["staff", "first-operator", "olga@verbund.example", "Olga Petrowa"]);
        Self { url, program, invitation }
    }

    /// The running service, whose clock is ahead by so much (as libfaketime reads it).
    fn serve(&self, ahead: Option<&str>) -> Running {
        let mut serve = Command::new("sh");
        match ahead {
            // Not by the command of that name, which stays between us and the service.
            Some(ahead) => serve.env("FAKETIME", ahead).args([
                "-c",
                "LD_PRELOAD=$(ls /usr/lib/*/faketime/libfaketimeMT.so.1) exec \"$0\" serve 2>&1",
                PEDELL,
            ]),
            None => serve.args(["-c", "exec \"$0\" serve 2>&1", PEDELL]),
        };
        serve.current_dir(&self.program.folder).env("PEDELL_CONFIG", "pedell.toml");
        let (running, line) = Running::start(serve);
        line.expect("it says that it is at the door");
        running
    }
}

#[test]
fn the_operator_uses_passkeys() {
    let folder = TempDir::new().expect("a folder");
    let instance = Instance::new(folder.path(), "");
    let _serving = instance.serve(None);
    let mut story = script("passkey.mjs");
    story.env("PEDELL", &instance.url).env("INVITATION", &instance.invitation);
    run(story.env("SCREENSHOTS", screenshots().join("passkey")));
}

#[test]
fn a_university_has_its_first_day_and_after_eight_hours_everybody_is_out() {
    let folder = TempDir::new().expect("a folder");
    // Without the limit on idling, which would end them all before.
    let instance = Instance::new(folder.path(), "idle_seconds = 28800\n");
    let story = |after: &str| {
        let mut story = script("university.mjs");
        story.env("PEDELL", &instance.url).env("INVITATION", &instance.invitation).env("AFTER", after);
        story.env("WINDOWS", folder.path().join("windows.json"));
        run(story.env("SCREENSHOTS", screenshots().join("university")));
    };
    for (ahead, after) in [(None, ""), (Some("+7h"), "in"), (Some("+8h"), "out")] {
        let mut serving = instance.serve(ahead);
        story(after);
        assert!(serving.end().success());
    }
}

#[test]
fn every_page_in_every_state_is_accessible_and_fits() {
    let pages = Path::new(PEDELL).with_file_name("examples").join("pages");
    assert!(pages.exists(), "`cargo build --example pages` first, as `tests/run browser` does");
    let mut gallery = Command::new(pages);
    gallery.arg("0");
    let (_gallery, line) = Running::start(gallery);
    let origin = line.expect("it prints its address").trim().to_owned();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let http = pedell::peers::http::Http::new(pedell::peers::outbound::Outbound::anywhere()).expect("a client");
    let urls = runtime.block_on(http.get_text(&format!("{origin}/urls"))).expect("the gallery's pages");
    let mut look = script("look.mjs");
    look.args(urls.lines());
    run(&mut look);
    // In the dark only colours differ, and they have no language.
    let mut look = script("look.mjs");
    look.arg("--dark").args(urls.lines().filter(|url| url.rsplit('.').next() == Some("de")));
    run(&mut look);
    let mut picker = script("picker.mjs");
    picker.arg(urls.lines().find(|url| url.contains("picker-whole")).expect("the whole picker"));
    run(&mut picker);
}
