//! A fresh instance with one university, on each engine.

use std::{
    env, io,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use pedell::{
    base::{Clock, Random, Timestamp, id},
    domain::{
        client::{Authentication, Client, ClientId, ClientKind, ClientProfile, IssuerProfile, Product},
        person::{BirthDate, MatriculationNumber, PersonName, TypedClaim},
        policy::{self, Actor, Scope},
        rule::Rule,
        semester::{Calendar, Semester},
        tenant::{Slug, University, UniversityProfile},
    },
    flow::{
        Pedell, Settings,
        import_roster::{ImportError, ImportOptions, ImportReport, OnProgress},
        login::{Asked, AskedOf},
        staff::StaffSettings,
        verify_by_roster::{Guesser, RosterAnswer},
    },
    peers::outbound::{Allowed, Outbound},
    store::{Location, Stores, tenant::Tenant},
    vault::{MasterKey, SigningAlgorithm},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

/// A running gateway and its one university.
pub(crate) struct Scene {
    pub(crate) pedell: Pedell,
    pub(crate) university: University,
    pub(crate) clock: Clock,
    pub(crate) place: Place,
}

/// Where an instance's data are, for a second process to open the same.
#[derive(Clone)]
pub(crate) struct Place {
    /// `None`: SQLite, in `folder`.
    pub(crate) postgres: Option<String>,
    /// Holds the master key.
    pub(crate) folder: PathBuf,
}

/// Runs `test` on a fresh SQLite folder, and on a fresh PostgreSQL database if there is a server.
pub(crate) async fn on_each_engine(test: impl AsyncFn(Scene)) {
    on_each_engine_from(start(), test).await;
}

/// When these tests begin: a moment of [`WINTER`], so that no test grows old.
pub(crate) fn start() -> Timestamp {
    Timestamp::parse("2026-11-23T08:00:00Z").unwrap()
}

/// The same from now on, for tests with another process on the same data, which has the system's clock.
pub(crate) async fn on_each_engine_now(test: impl AsyncFn(Scene)) {
    on_each_engine_from(Clock::default().now(), test).await;
}

async fn on_each_engine_from(start: Timestamp, test: impl AsyncFn(Scene)) {
    let scene = async |place| Scene::new(place, Clock::manual(start)).await;
    if one_connection().is_none() {
        let folder = TempDir::new().unwrap();
        test(scene(Place { postgres: None, folder: folder.path().to_owned() }).await).await;
    }
    let Some(server) = env::var("PEDELL_TEST_POSTGRES").ok().filter(|url| !url.is_empty()) else {
        eprintln!("NOT RUN on PostgreSQL: PEDELL_TEST_POSTGRES names no server (tests/run starts one)");
        return;
    };
    let name = format!("test_{}", id::fresh(&Clock::default(), &Random::default()).to_lowercase());
    execute(&server, &format!("CREATE DATABASE {name}")).await;
    let folder = TempDir::new().unwrap();
    let mut url = url::Url::parse(&server).unwrap();
    url.set_path(&name);
    test(scene(Place { postgres: Some(url.to_string()), folder: folder.path().to_owned() }).await).await;
    execute(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

async fn execute(server: &str, sql: &str) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

impl Place {
    /// Opens the instance that is (or will be) there.
    pub(crate) async fn open(&self, clock: Clock) -> Pedell {
        self.open_with(clock, |_| ()).await
    }

    /// The same with other settings: a second node, or the same one after a restart.
    pub(crate) async fn open_with(&self, clock: Clock, change: impl FnOnce(&mut Settings)) -> Pedell {
        let mut settings = settings();
        change(&mut settings);
        Pedell::new(self.stores().await, self.master_key(), clock, Random::default(), settings).await.unwrap()
    }

    pub(crate) async fn stores(&self) -> Stores {
        let location = match &self.postgres {
            None => Location::Sqlite(self.folder.clone()),
            Some(url) => {
                Location::Postgres { url: url.clone().into(), max_connections: one_connection().unwrap_or(10) }
            }
        };
        Stores::open(location).await.unwrap()
    }

    pub(crate) fn master_key(&self) -> MasterKey {
        let path: &Path = &self.folder.join("master.key");
        if path.exists() {
            MasterKey::read(path).unwrap()
        } else {
            MasterKey::create(path, &Random::default()).unwrap()
        }
    }
}

pub(crate) fn settings() -> Settings {
    Settings {
        public_url: "https://pedell.example".to_owned(),
        token_life: Duration::from_secs(300),
        signing_algorithm: SigningAlgorithm::default(),
        retired_key_overlap: Duration::from_secs(3600),
        failed_attempts_per_number: 1_000_000,
        failed_attempts_per_address: 1_000_000,
        attempt_window: Duration::from_secs(900),
        outbound: Outbound::public_and([Allowed::parse("127.0.0.1").unwrap()]),
        staff: StaffSettings {
            password_cost: pedell::vault::PasswordCost { memory_kib: 64, passes: 1 },
            ..StaffSettings::default()
        },
    }
}

fn profile() -> UniversityProfile {
    UniversityProfile {
        name_de: "Universität Musterstadt".to_owned(),
        name_en: "University of Musterstadt".to_owned(),
        place: "Musterstadt".to_owned(),
        keywords: Vec::new(),
        calendar: Calendar::university(),
        semester_keys: Vec::new(),
        ask_birth_date: true,
        numbers_are_digits: true,
        contact: None,
    }
}

impl Scene {
    async fn new(place: Place, clock: Clock) -> Self {
        let pedell = place.open(clock.clone()).await;
        let slug = Slug::parse("musterstadt").unwrap();
        let university = pedell.create_university(slug, profile(), &Actor::Operator).await.unwrap();
        Self { pedell, university, clock, place }
    }

    /// Another university beside the scene's own.
    pub(crate) async fn add_university(&self, slug: &str, change: impl FnOnce(&mut UniversityProfile)) -> University {
        let mut profile = profile();
        change(&mut profile);
        self.pedell.create_university(Slug::parse(slug).unwrap(), profile, &Actor::Operator).await.unwrap()
    }

    pub(crate) fn scope(&self) -> Scope {
        policy::operator(&self.university.id)
    }

    pub(crate) async fn tenant(&self) -> Tenant {
        self.pedell.stores().tenant(&self.scope()).await.unwrap()
    }

    /// Imports a file as it is.
    pub(crate) async fn import(&self, csv: impl Into<Vec<u8>>) -> Result<ImportReport, ImportError> {
        self.import_with(csv, ImportOptions::default()).await
    }

    pub(crate) async fn import_with(
        &self,
        csv: impl Into<Vec<u8>>,
        options: ImportOptions,
    ) -> Result<ImportReport, ImportError> {
        self.import_to(&self.university, WINTER, csv, options).await
    }

    /// Imports a file for any university and semester.
    pub(crate) async fn import_to(
        &self,
        university: &University,
        semester: Semester,
        csv: impl Into<Vec<u8>>,
        options: ImportOptions,
    ) -> Result<ImportReport, ImportError> {
        let file = io::Cursor::new(csv.into());
        let quiet: OnProgress = Arc::new(|_| {});
        self.pedell.import_roster(&policy::operator(&university.id), university, semester, file, options, quiet).await
    }

    /// The given names on the list, if the student who types this is found.
    pub(crate) async fn find(&self, number: &str, given: &str, family: &str, born: &str) -> Option<String> {
        let typed = TypedClaim {
            matriculation_number: MatriculationNumber::parse(number).unwrap(),
            given_names: PersonName::parse(given).unwrap(),
            family_name: PersonName::parse(family).unwrap(),
            birth_date: Some(BirthDate::parse(born).unwrap()),
        };
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        match self
            .pedell
            .ask_roster(&self.scope(), &self.asked(), &typed, Guesser { address, through: None })
            .await
            .unwrap()
        {
            RosterAnswer::Found { evidence, .. } => evidence.given_names.map(|name| name.as_str().to_owned()),
            RosterAnswer::NotFound | RosterAnswer::NoRoster => None,
            RosterAnswer::TooMany { .. } => panic!("the scene's limits are never reached"),
        }
    }

    fn asked(&self) -> AskedOf {
        let product = Product {
            key: "ticket".to_owned(),
            name_de: "Semesterticket".to_owned(),
            name_en: "Semester ticket".to_owned(),
            rule: Rule::default(),
        };
        let issuer = IssuerProfile {
            redirect_uris: Vec::new(),
            universities: Vec::new(),
            claims: Vec::new(),
            products: vec![product.clone()],
            direct_checks: true,
        };
        let profile = ClientProfile {
            name: "Shop".to_owned(),
            authentication: Authentication::ClientSecretBasic,
            networks: Vec::new(),
            certificate: None,
            certificate_bound_tokens: false,
            kind: ClientKind::Issuer(issuer),
        };
        let client = Client { id: ClientId::parse("shop").unwrap(), profile, tenant: None, active: true };
        let period = self.university.profile.calendar.period(WINTER);
        AskedOf { asked: Asked { client, product }, university: self.university.clone(), semester: WINTER, period }
    }
}

/// The semester of every list in these tests.
pub(crate) const WINTER: Semester =
    Semester::new(2026, pedell::domain::semester::Term::Winter).expect("2026 is a year");

/// With `PEDELL_TEST_CONNECTIONS=1` everything runs on PostgreSQL through one connection: whoever asks for a second while
/// holding the first waits for ever there, as they would in service with enough of their kind.
fn one_connection() -> Option<u32> {
    env::var("PEDELL_TEST_CONNECTIONS").ok().map(|text| text.parse().unwrap())
}
