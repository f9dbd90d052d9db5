//! A gateway with a shop, set up by its own commands.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{document::add, process::Running, program::Program, provider::Provider};

/// Registered for the shop; nothing listens there.
pub(crate) const REDIRECT_URI: &str = "http://127.0.0.1:47110/callback";

/// How often the gateway looks at its folder of providers, and some time to read it on a busy machine.
const METADATA_READ: Duration = Duration::from_secs(8);

const SHOP: &str = r#"
name = "Ticketshop"
authentication = "client_secret_basic"
[kind.issuer]
redirect_uris = ["http://127.0.0.1:47110/callback"]
claims = ["given_name", "family_name"]
[[kind.issuer.products]]
key = "ticket"
name_de = "Semesterticket"
name_en = "Semester ticket"
rule = { version = 1, required_fields = ["given_name", "family_name"] }
"#;

/// An instance.
pub(crate) struct Gateway {
    pub(crate) program: Program,
    pub(crate) public_url: String,
    pub(crate) secret: String,
    folder: TempDir,
}

impl Gateway {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let public_url = format!("http://{address}");
        let configuration = format!(
            "[server]\nlisten = \"{address}\"\npublic_url = \"{public_url}\"\n[database]\nurl = \"sqlite:data\"\n\
             [keys]\nmaster_key_file = \"master.key\"\n[limits]\nrequests_per_minute_per_address = 1000000\n\
             [log]\nfilter = \"info,sqlx=error\"\n"
        );
        let program = Program::new(folder.path(), &configuration);
        fs::create_dir(folder.path().join("idp-metadata")).unwrap();
        program.done(&["keys", "init"]);
        let secret = add(&program, "client", "shop", SHOP);
        Self { program, public_url, secret, folder }
    }

    /// Our metadata, as a provider is given them.
    pub(crate) fn metadata(&self) -> String {
        self.program.done(&["saml", "metadata"])
    }

    /// A provider's university: added, connected by two people, live.
    pub(crate) fn connect(&self, provider: &Provider) {
        let slug = provider.university();
        let university = format!(
            "name_de = \"{slug}\"\nname_en = \"{slug}\"\ncalendar = {{ summer_month = 4, winter_month = 10 }}\n"
        );
        add(&self.program, "university", slug, &university);
        self.write_metadata(provider);
        let connection = format!(
            "kind = \"saml\"\nentity_id = \"{}\"\nsemester_attribute = \"studySemester\"\n",
            provider.entity_id()
        );
        fs::write(self.program.folder.join("connection.toml"), connection).unwrap();
        let set = self.program.done(&["connection", "set", slug, "connection.toml", "--by", "ada"]);
        assert_eq!(set.lines().count(), 1, "no fault and no warning: {set}");
        self.program.done(&["connection", "promote", slug, "--by", "ada"]);
        self.program.done(&["connection", "approve", slug, "--version", "1", "--by", "grace"]);
    }

    /// Takes a provider's new metadata, and waits until they count.
    pub(crate) fn learn(&self, provider: &Provider) {
        self.write_metadata(provider);
        thread::sleep(METADATA_READ);
    }

    fn write_metadata(&self, provider: &Provider) {
        let file = self.folder.path().join("idp-metadata").join(format!("{}.xml", provider.university()));
        fs::write(file, provider.metadata()).unwrap();
    }

    /// Runs it until the handle is dropped; its log goes to a file.
    pub(crate) fn serve(&self) -> Running {
        let mut command = Command::new("bash");
        command.args(["-c", "exec \"$0\" serve > >(tee log) 2>&1", crate::process::PEDELL]);
        command.current_dir(&self.program.folder).env("PEDELL_CONFIG", "pedell.toml");
        let (service, line) = Running::start(command);
        let line = line.expect("it logs a line");
        assert!(line.contains("Pedell is at the door"), "{line}");
        service
    }

    /// The log's line about a reference number.
    pub(crate) fn logged(&self, reference: &str) -> String {
        let began = Instant::now();
        loop {
            let log = fs::read_to_string(self.folder.path().join("log")).unwrap();
            if let Some(line) = log.lines().find(|line| line.contains(reference)) {
                return line.to_owned();
            }
            assert!(began.elapsed() < Duration::from_secs(10), "nothing is logged under {reference}: {log}");
            thread::sleep(Duration::from_millis(50));
        }
    }
}
