//! What the pages for people outside say, done: commands run, documents are read, tables agree with the code.
//!
//! On the pages, a block ```` ```toml name ```` (or `csv`, `json`) is a file of that name; the `sh` blocks of a page are
//! one shell session; a `json` or `text` block right after a `sh` block is what it prints, where `…` stands for anything.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has to fail")]

#[path = "running/demo.rs"]
mod demo;
#[path = "running/process.rs"]
mod process;
#[path = "running/program.rs"]
mod program;

use std::{collections::BTreeSet, env, fs, path::Path, process::Command};

use pedell::{
    domain::{
        reason::Reason,
        semester::{KeyForm, Semester},
        soap_connection::SoapConnection,
    },
    peers::{http::Http, outbound::Outbound, soap::SoapError, source::SourceError},
    protocol::soap::AnswerFault,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::{demo::Demo, process::PEDELL, program::Program};

fn page(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// A fenced block: its info string, what stands in it, and whether it stands right after another.
struct Block {
    info: String,
    text: String,
    follows: bool,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    let mut follows = false;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some(Block { info: info.trim().to_owned(), text: String::new(), follows }),
            (Some(_), Some(_)) => {
                found.extend(open.take());
                follows = true;
            }
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => follows &= line.is_empty(),
        }
    }
    found
}

/// The first cells of a page's tables, between backquotes, with the whole row.
fn rows(page: &str) -> Vec<(String, Vec<String>)> {
    let cells = |line: &str| -> Vec<String> { line.split('|').map(|cell| cell.trim().to_owned()).collect() };
    let rows = page.lines().filter(|line| line.starts_with("| `")).map(cells);
    rows.map(|row| (row[1].clone(), row)).collect()
}

/// The words between backquotes.
fn code(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn the_commands_of_the_pages_do_what_the_pages_say() {
    let folder = TempDir::new().unwrap();
    let demo = Demo::start(folder.path());
    let configuration = "[database]\nurl = \"sqlite:data\"\n[keys]\nmaster_key_file = \"master.key\"\n";
    let program = Program::new(folder.path(), configuration);
    let semester = program.done(&["roster", "list", "--university", "uni-lindenstadt"]);
    let semester =
        semester.lines().filter(|line| line.starts_with("current")).filter_map(|line| line.split_whitespace().nth(1));
    let semester = semester.max().expect("the demo has a list of today's semester").to_owned();
    for name in ["docs/managers.md", "docs/connections.md", "docs/soap.md", "docs/issuers.md"] {
        do_as_it_says(&program, name, demo.pedell(), &semester);
    }
}

/// Writes a page's files, runs its commands in one shell, and compares what each block prints.
fn do_as_it_says(program: &Program, name: &str, pedell: &str, semester: &str) {
    const NEXT: &str = "=== next block ===\n";
    let blocks = blocks(&page(name));
    for block in &blocks {
        if let Some((_, file)) = block.info.split_once(' ') {
            fs::write(program.folder.join(file), &block.text).unwrap();
        }
    }
    let commands = blocks.iter().filter(|block| block.info == "sh");
    let script = commands.fold(String::new(), |script, block| format!("{script}printf %s '{NEXT}'\n{}\n", block.text));
    let path = format!("{}:{}", Path::new(PEDELL).parent().unwrap().display(), env::var("PATH").unwrap());
    let mut shell = Command::new("bash");
    shell.args(["-euo", "pipefail", "-c", &script]).current_dir(&program.folder).env("PATH", path);
    let output =
        shell.envs([("PEDELL", pedell), ("SEMESTER", semester), ("PEDELL_CONFIG", "pedell.toml")]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{name}: {said}{}", String::from_utf8_lossy(&output.stderr));

    let mut answers = said.split(NEXT).skip(1);
    let mut compared = 0;
    for (index, block) in blocks.iter().enumerate().filter(|(_, block)| block.info == "sh") {
        let answer = answers.next().expect("an answer for each block");
        match blocks.get(index + 1).filter(|next| next.follows && ["json", "text"].contains(&next.info.as_str())) {
            Some(expected) if expected.info == "json" => {
                let parse = |text: &str| {
                    serde_json::from_str::<Value>(text).unwrap_or_else(|error| panic!("{name}: {error}: {text}"))
                };
                let (expected, answer) = (parse(&expected.text), parse(answer));
                assert!(agree(&expected, &answer), "{name}: {}\nsays {expected:#}\nbut it is {answer:#}", block.text);
            }
            Some(expected) => {
                let agree = expected.text.lines().count() == answer.lines().count()
                    && expected.text.lines().zip(answer.lines()).all(|(expected, line)| fits(expected, line));
                assert!(agree, "{name}: {}\nsays {}\nbut it is {answer}", block.text, expected.text);
            }
            None => continue,
        }
        compared += 1;
    }
    assert!(compared > 2, "{name} shows what its commands print");
}

/// The same names everywhere and the same values, but for moments and `…`.
fn agree(expected: &Value, answer: &Value) -> bool {
    match (expected, answer) {
        (Value::Object(expected), Value::Object(answer)) => {
            expected.len() == answer.len()
                && expected.iter().all(|(name, value)| answer.get(name).is_some_and(|answer| agree(value, answer)))
        }
        (Value::String(expected), Value::String(answer)) => fits(expected, answer),
        (Value::Number(expected), Value::Number(answer)) => {
            let is_moment = |number: &serde_json::Number| number.as_i64().is_some_and(|number| number > 1_700_000_000);
            expected == answer || is_moment(expected) && is_moment(answer)
        }
        _ => expected == answer,
    }
}

/// Whether the text is the pattern with something for each `…`.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('…') else { return pattern == text };
    text.strip_prefix(before).is_some_and(|rest| {
        rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| fits(after, &rest[at..]))
    })
}

#[test]
fn a_block_that_says_something_else_would_be_noticed() {
    assert!(fits("a…c: …", "a b c: d") && !fits("a…c: …", "a b d: d") && !fits("abc", "abcd"));
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert!(agree(&json(r#"{"a": 1795410600, "b": "x…"}"#), &json(r#"{"a": 1795410601, "b": "xy"}"#)));
    for (expected, answer) in [
        (r#"{"a": 1}"#, r#"{"a": 2}"#),
        (r#"{"a": 1}"#, r#"{"a": 1, "b": 1}"#),
        (r#"{"a": 1}"#, r#"{"b": 1}"#),
        (r#"{"a": {"b": "c"}}"#, r#"{"a": {"b": "d"}}"#),
        (r#"{"a": 1795410600}"#, r#"{"a": 300}"#),
    ] {
        assert!(!agree(&json(expected), &json(answer)), "{expected} {answer}");
    }
}

#[test]
fn every_reason_stands_in_both_tables_and_nothing_else_does() {
    let issuers = page("docs/issuers.md");
    let (_, table) = issuers.split_once("| `reason` | `error` | |\n").expect("the table of reasons");
    let table = table.split("\n\n").next().unwrap();
    let mut said = BTreeSet::new();
    for (cell, row) in rows(table) {
        let reason = Reason::parse(cell.trim_matches('`')).unwrap_or_else(|| panic!("{cell} is no reason"));
        let error = if reason.is_temporary() { "temporarily_unavailable" } else { "access_denied" };
        assert_eq!(row[2], format!("`{error}`"), "{cell}");
        said.insert(reason.code());
    }
    let all: BTreeSet<_> = Reason::ALL.map(Reason::code).into();
    assert_eq!(said, all, "docs/issuers.md");

    let students = page("docs/students.md");
    let said: BTreeSet<String> =
        rows(&students).into_iter().map(|(cell, _)| cell.trim_matches('`').to_owned()).collect();
    let all: BTreeSet<String> = Reason::ALL.map(|reason| reason.code().to_owned()).into();
    assert_eq!(said, all, "docs/students.md");
}

#[test]
fn every_form_of_semester_keys_stands_in_the_table_as_it_is_written() {
    let managers = page("docs/managers.md");
    let [summer, winter] = ["2018S", "2018W"].map(|key| Semester::parse_canonical(key).unwrap());
    let (_, table) = managers.split_once("|---|---|---|\n").expect("the table of forms");
    let table = table.split("\n\n").next().unwrap();
    let said: BTreeSet<Vec<String>> = rows(table).into_iter().map(|(_, row)| row[1..4].to_vec()).collect();
    let all: BTreeSet<Vec<String>> = KeyForm::ALL
        .iter()
        .map(|form| {
            let name = serde_json::to_value(form).unwrap().as_str().unwrap().to_owned();
            [name, form.format(summer), form.format(winter)].map(|text| format!("`{text}`")).into()
        })
        .collect();
    assert_eq!(said, all);
}

#[tokio::test]
async fn the_claims_and_addresses_of_the_page_are_those_of_discovery() {
    let folder = TempDir::new().unwrap();
    let demo = Demo::start(folder.path());
    let address = format!("{}/.well-known/openid-configuration", demo.pedell());
    let discovery: Value =
        serde_json::from_str(&Http::new(Outbound::anywhere()).unwrap().get_text(&address).await.unwrap()).unwrap();
    let issuers = page("docs/issuers.md");
    let (_, table) = issuers.split_once("| Claim | |\n").expect("the table of claims");
    let table = rows(table.split("\n\n").next().unwrap());
    let said: BTreeSet<&str> = table.iter().flat_map(|(cell, _)| code(cell)).collect();
    let served: BTreeSet<&str> =
        discovery["claims_supported"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(said, served);
    for (name, address) in discovery.as_object().unwrap() {
        let path =
            address.as_str().and_then(|address| address.strip_prefix(demo.pedell())).filter(|path| !path.is_empty());
        if let Some(path) = path {
            assert!(issuers.contains(path), "docs/issuers.md does not name {name}: {path}");
        }
    }
    let algorithms = discovery["token_endpoint_auth_signing_alg_values_supported"].as_array().unwrap();
    for algorithm in algorithms.iter().filter_map(Value::as_str) {
        assert!(issuers.contains(&format!("`{algorithm}`")), "docs/issuers.md does not name {algorithm}");
    }
}

/// Whatever the pages tell people to type exists, with the options they show.
#[test]
fn every_command_on_every_page_is_one() {
    let mut seen = BTreeSet::new();
    for name in [
        "README.md",
        "docs/operations.md",
        "docs/managers.md",
        "docs/connections.md",
        "docs/issuers.md",
        "docs/configuration.md",
        "docs/rosters.md",
        "docs/saml.md",
    ] {
        let page = page(name);
        let text = page.replace('`', "\n").replace("\\\n", " ");
        for line in text.lines().map(|line| line.trim_start_matches("cargo run --release -- demo")) {
            let Some((_, command)) = line
                .split_once("pedell ")
                .filter(|(before, _)| before.is_empty() || before.ends_with(['(', '|', '/', ' ']))
            else {
                continue;
            };
            let words: Vec<&str> = command.split_whitespace().collect();
            let is_word = |word: &&&str| word.chars().all(|c| c.is_ascii_lowercase());
            let path: Vec<&str> = words.iter().take(2).take_while(is_word).copied().collect();
            if path.is_empty() {
                continue;
            }
            let help = help(&path);
            for option in words.iter().filter_map(|word| word.strip_prefix("--")) {
                let option =
                    option.split('=').next().unwrap_or_default().trim_end_matches(|c: char| !c.is_alphanumeric());
                assert!(help.contains(&format!("--{option}")), "{name}: `pedell {command}`: there is no --{option}");
            }
            seen.insert(path.join(" "));
        }
    }
    assert!(seen.len() >= 12, "the pages were read: {seen:?}");
}

/// A command's help. The second word may be an argument instead of a command.
fn help(path: &[&str]) -> String {
    let ask = |path: &[&str]| Command::new(PEDELL).args(path).arg("--help").output().unwrap();
    let output = ask(path);
    assert!(output.status.success(), "there is no `pedell {}`", path.join(" "));
    String::from_utf8(output.stdout).unwrap()
}

/// Every setting of a web service's connection, and every way in which it fails, has a row.
#[test]
fn the_page_for_web_services_leaves_nothing_out() {
    let soap: SoapConnection = toml::from_str("").unwrap();
    let Value::Object(settings) = serde_json::to_value(&soap).unwrap() else { panic!("settings are a table") };
    let rows = rows(&page("docs/soap.md"));
    let said: BTreeSet<&str> = rows.iter().flat_map(|(cell, _)| code(cell)).collect();
    for setting in settings.keys() {
        assert!(said.contains(setting.as_str()) || said.contains(format!("{setting}.…").as_str()), "{setting}");
    }
    let elements: BTreeSet<&str> =
        rows.iter().filter(|(cell, _)| cell.contains("elements.…")).flat_map(|(_, row)| code(&row[3])).collect();
    for element in settings["elements"].as_object().unwrap().keys() {
        assert!(elements.contains(element.as_str()), "elements.{element}");
    }
    let failures = [
        SoapError::TimedOut,
        SoapError::TooLarge,
        SoapError::HalfACertificate,
        SoapError::NoEndpoint,
        SoapError::Connect(String::new()),
        SoapError::Broken(String::new()),
        SoapError::Tls(String::new()),
        SoapError::Answer(AnswerFault::Version),
        SoapError::Answer(AnswerFault::Result),
        SoapError::Answer(AnswerFault::NotSoap(String::new())),
        SoapError::Answer(AnswerFault::NoResult(String::new())),
        SoapError::Answer(AnswerFault::Contradiction(String::new())),
        SoapError::Answer(AnswerFault::Fault { code: String::new(), text: String::new() }),
        SoapError::Answer(AnswerFault::Unexpected { expected: String::new(), found: String::new() }),
        SoapError::NoVerdict { code: String::new(), is_known: true },
        SoapError::NoVerdict { code: String::new(), is_known: false },
    ];
    let statuses = [302, 401, 403, 404, 408, 429, 500, 502, 503, 504].map(SoapError::Status);
    for failure in failures.iter().chain(&statuses) {
        assert!(said.contains(failure.code()), "{}", failure.code());
    }
}

#[test]
fn the_test_command_installs_what_each_folder_of_peers_is_written_for() {
    let script = page("tests/run");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = 0;
    for folder in fs::read_dir(root.join("tests")).unwrap().map(|entry| entry.unwrap().path()) {
        if folder.join("package-lock.json").exists() {
            folders += 1;
            let line = format!("npm_packages {}", folder.strip_prefix(root).unwrap().display());
            assert!(script.contains(&line), "tests/run never says `{line}`");
        }
    }
    assert!(folders >= 5, "{folders}");
}

/// What the table of the OWASP ASVS names, exists: files, and tests in them; each requirement once.
#[test]
fn the_table_of_the_asvs_names_files_and_tests_that_exist() {
    let table = page("docs/asvs.md");
    let mut chapters = std::collections::BTreeMap::<String, Vec<String>>::new();
    for (id, row) in rows(&table) {
        let id = id.trim_matches('`').to_owned();
        chapters.entry(id.split('.').next().unwrap().to_owned()).or_default().push(id.clone());
        let (place, test) = (&row[4], &row[5]);
        for name in code(place).filter(|name| name.contains('/')) {
            assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(name).is_file(), "{id}: {name}");
        }
        let tests: Vec<&str> = code(test).filter(|name| name.contains("::")).collect();
        for test in &tests {
            let (file, function) = test.split_once("::").unwrap();
            assert!(page(file).contains(&format!("fn {function}(")), "{id}: {test}");
        }
        let has_a_reason =
            ["not applicable", "not met", "none"].iter().any(|word| (place.clone() + test).contains(word));
        assert!(!tests.is_empty() || has_a_reason, "{id} names neither a test nor a reason");
    }
    // ASVS 5.0.0 has so many in these chapters.
    for (chapter, count) in [("6", 47), ("7", 19), ("8", 13), ("12", 12)] {
        let ids = &chapters[chapter];
        let once: BTreeSet<&String> = ids.iter().collect();
        assert_eq!((ids.len(), once.len()), (count, count), "chapter V{chapter}");
    }
}

#[test]
fn password_fields_are_masked_and_take_what_password_managers_type() {
    let mut fields = 0;
    for name in ["templates/staff/login.html", "templates/staff/password.html"] {
        let template = page(name);
        for input in template.split("<input ").skip(1).map(|input| input.split('>').next().unwrap()) {
            let is_password = ["\"password\"", "\"present\"", "\"again\""]
                .iter()
                .any(|id| input.contains(&format!("name={id}")) || input.contains(&format!("id={id}")));
            if !is_password {
                continue;
            }
            fields += 1;
            assert!(input.contains("type=\"password\""), "{name}: {input}");
            assert!(
                input.contains("autocomplete=\"current-password\"") || input.contains("autocomplete=\"new-password\""),
                "{name}: {input}"
            );
            assert!(!input.contains("onpaste") && !input.contains("readonly"), "{name}: {input}");
        }
    }
    assert_eq!(fields, 4, "the login's, the present one, a new one twice");
}
