//! The configuration as operators write it, right and wrong, and the documents that describe it.

use std::{collections::BTreeMap, io::Write, time::Duration};

use tempfile::NamedTempFile;

use super::*;
use crate::vault::SigningAlgorithm;

const EXAMPLE: &str = include_str!("../../../docs/pedell.example.toml");
const PAGE: &str = include_str!("../../../docs/configuration.md");
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn load(toml: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigFaults> {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(toml.as_bytes()).unwrap();
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(Some(file.path()), environment)
}

/// The faults as they are shown, with the temporary file's name taken off: `12: …`.
fn faults(toml: &str, environment: &[(&str, &str)]) -> Vec<String> {
    let faults = load(toml, environment).expect_err("must be refused");
    let shown = |fault: &Fault| {
        let fault = fault.to_string();
        fault.strip_prefix('/').and_then(|rest| rest.split_once(':')).map_or(fault.clone(), |(_, rest)| rest.to_owned())
    };
    faults.iter().map(shown).collect()
}

fn single_fault(toml: &str, environment: &[(&str, &str)]) -> String {
    let faults = faults(toml, environment);
    assert_eq!(faults.len(), 1, "{faults:#?}");
    faults.into_iter().next().unwrap()
}

/// Every `section.key` of the example with its value as written.
fn example_keys() -> BTreeMap<String, String> {
    let mut section = "";
    let mut keys = BTreeMap::new();
    for line in EXAMPLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
        } else {
            let (key, value) = line.split_once(" = ").unwrap();
            keys.insert(format!("{section}.{key}"), value.to_owned());
        }
    }
    keys
}

fn known_keys() -> Vec<String> {
    let mut reader = Reader::new(Source::default());
    Config::read(&mut reader);
    let mut known = reader.known().to_vec();
    known.sort();
    known
}

#[test]
fn the_example_states_every_default_and_every_key() {
    assert_eq!(load(EXAMPLE, &[]).unwrap(), Config::default());
    assert_eq!(example_keys().into_keys().collect::<Vec<_>>(), known_keys());
}

#[test]
fn every_key_of_the_example_is_explained_above_it() {
    let lines: Vec<&str> = EXAMPLE.lines().collect();
    for (above, key) in lines.iter().zip(lines.iter().skip(1)).filter(|(_, line)| line.contains(" = ")) {
        assert!(key.starts_with('#') || above.starts_with("# "), "nothing explains `{key}`");
    }
}

#[test]
fn the_page_names_every_key_with_its_default() {
    let mut section = String::new();
    let mut page = BTreeMap::new();
    for line in PAGE.lines() {
        if let Some(heading) = line.strip_prefix("## `[") {
            heading.strip_suffix("]`").unwrap().clone_into(&mut section);
        } else if let Some(row) = line.strip_prefix("| `") {
            let cells: Vec<&str> = row.split(" | ").collect();
            let (key, default) = (cells[0].trim_matches('`'), cells[1].trim_matches('`'));
            page.insert(format!("{section}.{key}"), default.to_owned());
        }
    }
    assert_eq!(page, example_keys());
}

#[test]
fn without_a_file_everything_has_its_default() {
    assert_eq!(Config::load(None, std::iter::empty()).unwrap(), Config::default());
}

#[test]
fn the_environment_outranks_the_file() {
    let environment = [
        ("PEDELL_SERVER__PUBLIC_URL", "https://pedell.example"),
        ("PEDELL_SERVER__TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7,"),
        ("PEDELL_TOKENS__LIFE_SECONDS", "120"),
        ("PEDELL_TOKENS__SIGNING_ALGORITHM", "EdDSA"),
        ("PEDELL_DATABASE__URL", "postgres://pedell:geheim@db.example/pedell"),
        ("PEDELL_MASTER_KEY", KEY),
        ("PEDELL_CONFIG", "elsewhere.toml"),
        ("PEDELL_TEST_POSTGRES", "postgres://…"),
        ("PATH", "/bin"),
    ];
    let config = load("[tokens]\nlife_seconds = 600\nretired_key_overlap_seconds = 1_000\n", &environment).unwrap();
    assert_eq!(config.server.public_url.issuer(), "https://pedell.example");
    assert!(config.server.public_url.is_https());
    assert_eq!(config.server.trusted_proxies, ["10.0.0.0/8".parse().unwrap(), "192.0.2.7/32".parse().unwrap()]);
    assert_eq!(config.tokens.life, Duration::from_mins(2));
    assert_eq!(config.tokens.retired_key_overlap, Duration::from_secs(1_000));
    assert_eq!(config.tokens.signing_algorithm, SigningAlgorithm::EdDsa);
    let Database::Postgres(url) = &config.database.url else { panic!("{:?}", config.database.url) };
    assert_eq!(url.expose(), "postgres://pedell:geheim@db.example/pedell");
    let MasterKeySource::Environment(key) = &config.keys.master_key else { panic!("{:?}", config.keys) };
    assert!(key.master_key().is_ok());
}

#[test]
fn nothing_that_is_printed_shows_a_secret() {
    let environment =
        [("PEDELL_DATABASE__URL", "postgres://pedell:geheim@db.example/pedell"), ("PEDELL_MASTER_KEY", KEY)];
    let shown = format!("{:?}", load("", &environment).unwrap());
    assert!(!shown.contains("geheim") && !shown.contains(KEY), "{shown}");

    let wrong = [("PEDELL_DATABASE__URL", "postgers://pedell:geheim@db/x"), ("PEDELL_MASTER_KEY", "geheim")];
    let shown = format!("{:?}", faults("[database]\nurl = \"postgres://pedell:geheim@db.example/\"\n", &wrong));
    assert!(!shown.contains("geheim"), "{shown}");
    let shown = format!("{:?}", faults("[database]\nurl = [\"postgres://pedell:geheim@db.example/x\"]\n", &[]));
    assert!(!shown.contains("geheim"), "{shown}");
}

#[test]
fn every_fault_is_reported_at_once_with_its_place() {
    let toml = "\
[server]
listen = \"localhost\"
public_url = 7
lisen = \"127.0.0.1:1\"

[tokens]
life_seconds = 901
signing_algorithm = \"RS256\"

[studens]
x = 1
";
    let environment = [
        ("PEDELL_ROSTER__MAX_ROWS", "many"),
        ("PEDELL_ROSTER__MAX_RWOS", "1"),
        ("PEDELL_MASTER_KEY", "short"),
        ("PEDELL_MASTERKEY", KEY),
    ];
    assert_eq!(
        faults(toml, &environment),
        [
            "2: `server.listen` must be an IP address and a port, like 127.0.0.1:8080, not `localhost`",
            "3: `server.public_url` must be text, not a whole number",
            "PEDELL_MASTER_KEY: a master key is 32 bytes in base 64 (`pedell keys init` makes one)",
            "7: `tokens.life_seconds` must be a whole number from 60 to 900",
            "8: `tokens.signing_algorithm` must be `ES256` or `EdDSA`, not `RS256`",
            "PEDELL_ROSTER__MAX_ROWS: `roster.max_rows` must be a whole number from 1 to 5000000",
            "10: there is no section [studens]; did you mean `students`?",
            "PEDELL_ROSTER__MAX_RWOS: there is no such setting; did you mean `PEDELL_ROSTER__MAX_ROWS`?",
            "4: there is no key `server.lisen`; did you mean `server.listen`?",
            "PEDELL_MASTERKEY: there is no such setting; did you mean `PEDELL_MASTER_KEY`?",
        ]
    );
    let shown = load(toml, &environment).unwrap_err().to_string();
    assert!(shown.starts_with("the configuration has 10 faults\n  /"), "{shown}");
}

#[test]
fn a_file_that_is_no_toml_is_refused_with_its_line() {
    let fault = &faults("[server]\nlisten = \n", &[])[0];
    assert!(fault.starts_with("2: "), "{fault}");
    assert!(single_fault("listen = \"127.0.0.1:1\"\n", &[]).starts_with("1: `listen` stands outside a section"));
    assert!(single_fault("[server]\n[server]\n", &[]).starts_with("2: "));
    let big = format!("[server]\n#{}\n", "x".repeat(300_000));
    assert!(load(&big, &[]).unwrap_err().to_string().contains("more than 262144 bytes"));
    let missing = Config::load(Some(Path::new("no/such/file.toml")), std::iter::empty()).unwrap_err().to_string();
    assert!(missing.contains("no/such/file.toml: cannot be read"), "{missing}");
}

#[test]
fn a_public_url_is_https_and_nothing_but_a_host() {
    for (url, why) in [
        ("http://pedell.example", "must begin with https://"),
        ("http://127.0.0.1.example", "must begin with https://"),
        ("ftp://127.0.0.1", "must begin with https://"),
        ("https://pedell.example/path", "no path"),
        ("https://pedell.example/?a=b", "no path, no query"),
        ("https://pedell.example/#a", "no path, no query"),
        ("https://user@pedell.example", "user name"),
        ("https://:x@pedell.example", "user name"),
        ("mailto:a@b", "must name a host"),
        ("pedell.example", "is not a URL"),
        ("", "is not a URL"),
    ] {
        let fault = single_fault("", &[("PEDELL_SERVER__PUBLIC_URL", url)]);
        assert!(fault.contains(why), "{url}: {fault}");
    }
    for (url, issuer) in [
        ("https://pedell.example/", "https://pedell.example"),
        ("https://PEDELL.example:8443", "https://pedell.example:8443"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
    ] {
        let config = load("", &[("PEDELL_SERVER__PUBLIC_URL", url)]).unwrap();
        assert_eq!(config.server.public_url.issuer(), issuer);
        assert_eq!(config.server.public_url.url().path(), "/");
    }
}

#[test]
fn a_proxy_network_that_means_something_else_or_everybody_is_refused() {
    for (networks, why) in [
        ("[\"10.0.0.1/8\"]", "write `10.0.0.0/8`"),
        ("[\"0.0.0.0/0\"]", "anybody"),
        ("[\"proxy.example\"]", "no network"),
        ("[7]", "must be a list of texts only"),
        ("\"10.0.0.0/8\"", "must be a list of texts, not text"),
    ] {
        let fault = single_fault(&format!("[server]\ntrusted_proxies = {networks}\n"), &[]);
        assert!(fault.contains(why), "{networks}: {fault}");
    }
}

#[test]
fn a_database_is_a_folder_or_a_postgres_address() {
    for (url, why) in [
        ("sqlite:", "must name a folder"),
        ("sqlite::memory:", "must name a folder"),
        ("sqlite:a?mode=ro", "must name a folder"),
        ("mysql://host/db", "must be `sqlite:FOLDER` or"),
        ("var/data", "must be `sqlite:FOLDER` or"),
        ("postgres://host", "must name a database"),
        ("postgres://host/", "must name a database"),
    ] {
        let fault = single_fault("", &[("PEDELL_DATABASE__URL", url)]);
        assert!(fault.contains(why), "{url}: {fault}");
    }
    for (url, folder) in [("sqlite:var/x", "var/x"), ("sqlite:///srv/pedell", "/srv/pedell"), ("sqlite:/srv", "/srv")] {
        let config = load("", &[("PEDELL_DATABASE__URL", url)]).unwrap();
        assert_eq!(config.database.url, Database::Sqlite(folder.into()));
    }
}

#[test]
fn numbers_out_of_range_or_of_the_wrong_kind_are_refused() {
    for (toml, why) in [
        ("[database]\nmax_connections = 0\n", "from 1 to 1000"),
        ("[database]\nmax_connections = -1\n", "from 1 to 1000"),
        ("[database]\nmax_connections = 99999999999999999999\n", "from 1 to 1000"),
        ("[database]\nmax_connections = 1.5\n", "not a number with a fraction"),
        ("[database]\nmax_connections = \"10\"\n", "not text"),
        ("[roster]\nmax_bytes = 2_000_000_000\n", "from 1024 to 1073741824"),
        ("[students]\nattempt_window_seconds = 0x10\n", "from 60 to 86400"),
        ("[limits]\nrequests_per_minute_per_client = true\n", "not true or false"),
        ("[keys]\nmaster_key_file = \"\"\n", "must name a file"),
        ("[log]\nformat = \"xml\"\n", "must be `text` or `json`, not `xml`"),
        ("[log]\nfilter = \"pedell=loud\"\n", "is no filter"),
        ("[log]\nfilter = \"\"\n", "must not be empty"),
    ] {
        let fault = single_fault(toml, &[]);
        assert!(fault.contains(why), "{toml}: {fault}");
    }
}

#[test]
fn a_hostile_name_gets_a_short_fault() {
    let long = "x".repeat(100_000);
    let fault = single_fault("", &[(&format!("PEDELL_SERVER__{long}"), "1")]);
    assert!(fault.len() < 200 && fault.ends_with("there is no such setting"), "{fault}");
    let fault = single_fault(&format!("[log]\nformat = \"{long}\"\n"), &[]);
    assert!(fault.len() < 200, "{fault}");
}

const FEDERATION: &str = "[[saml.federation]]\nname = \"dfn-aai\"\nurl = \"https://aai.example/metadata.xml\"\n\
                          signing_certificates = [\"certs/aai.pem\"]\n";

#[test]
fn federations_are_tables_and_every_key_of_theirs_stands_on_the_page() {
    let mdq = FEDERATION.replace("dfn-aai", "mdq").replace("url =", "grace_seconds = 0\nmdq_url =");
    let config = load(&format!("{FEDERATION}{mdq}"), &[]).unwrap();
    let [first, second] = &config.saml.federations[..] else { panic!("{:?}", config.saml) };
    assert_eq!((first.name.as_str(), second.name.as_str()), ("dfn-aai", "mdq"));
    assert_eq!((first.grace, second.grace), (Duration::from_hours(72), Duration::ZERO));
    assert_eq!(second.place, FederationPlace::Mdq("https://aai.example/metadata.xml".parse().unwrap()));
    let mut source = Source::default();
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), FEDERATION).unwrap();
    source.add_file(file.path());
    let mut reader = Reader::new(source);
    Config::read(&mut reader);
    let known = reader.known().iter().filter_map(|name| name.strip_prefix("saml.federation[0]."));
    let (_, table) = PAGE.split_once("### `[[saml.federation]]`").unwrap();
    let rows =
        table.split("\n## ").next().unwrap().lines().filter_map(|line| line.strip_prefix("| **")?.split_once("**"));
    assert_eq!(rows.map(|(key, _)| key).collect::<Vec<_>>(), known.collect::<Vec<_>>());
    let (_, toml) = table.split_once("```toml\n").unwrap();
    assert!(load(toml.split_once("```").unwrap().0, &[]).is_ok());
}

#[test]
fn a_federation_that_could_not_be_believed_or_found_is_refused() {
    for (from, to, why) in [
        ("name = \"dfn-aai\"\n", "", "saml.federation[0]: `saml.federation[0].name` is missing"),
        ("dfn-aai", "DFN", "must be 1 to 40 of a-z"),
        ("url =", "#", "must have one of `url` and `mdq_url`"),
        ("url =", "mdq_url = \"https://a.example\"\nurl =", "must have one of `url` and `mdq_url`"),
        ("https://aai", "ftp://aai", "must be a web address"),
        ("[\"certs/aai.pem\"]", "[]", "without them nothing could be believed"),
        ("signing_", "singing_", "did you mean `saml.federation[0].signing_certificates`?"),
        ("[[saml.federation]]", "[saml.federation]", "must be tables like [[saml.federation]], not a table"),
        ("signing_certificates", "grace_seconds = 9999999\nsigning_certificates", "from 0 to 1209600"),
    ] {
        let faults = faults(&FEDERATION.replacen(from, to, 1), &[]);
        assert!(faults.iter().any(|fault| fault.contains(why)), "{to}: {faults:#?}");
    }
    assert!(single_fault(&format!("{FEDERATION}{FEDERATION}"), &[]).contains("two federations of the same name"));
    assert!(single_fault("", &[("PEDELL_SAML__FEDERATION", "x")]).contains("can only be set in the file"));
}

#[test]
fn what_our_metadata_may_not_claim_is_refused() {
    let categories = |list: &str| faults(&format!("[service_provider]\nentity_categories = [{list}]\n"), &[]);
    assert!(categories("\"http://refeds.org/category/research-and-scholarship\"")[0].contains("may not claim it"));
    let two = "\"https://refeds.org/category/anonymous\", \"https://refeds.org/category/personalized\"";
    assert!(categories(two)[0].contains("only one of"));
    for (key, value, why) in [
        ("technical_mail", "IT <it@verbund.example>", "must be a mail address"),
        ("security_mail", "nobody", "must be a mail address"),
        ("logo_url", "http://pedell.example/logo.png", "must begin with https://"),
        ("privacy_url_de", "datenschutz", "no web address"),
        ("name_de", "a\\nb", "one line"),
    ] {
        let fault = single_fault(&format!("[service_provider]\n{key} = \"{value}\"\n"), &[]);
        assert!(fault.contains(why), "{key}: {fault}");
    }
}
