//! A roster of a million rows: its import beside the floor of the same run, and checks in it.
//!
//! `cargo bench --bench roster`; PostgreSQL too if `PEDELL_TEST_POSTGRES` names a server. `PEDELL_BENCH_ROWS` changes the
//! size. Each import runs in a process of its own, so that its peak memory is its own; the floors are
//!
//! * *read + crypto*: the same file read by the same reader, each row packed, indexed and sealed in memory, one thread;
//! * *bulk load*: the same sealed rows, sorted, put into an empty table by the engine's quickest way, nothing else:
//!   SQLite packed statements in one transaction, PostgreSQL one `COPY` and the index afterwards.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and ends at the first fault")]

use std::{
    env,
    fs::{self, File},
    hint::black_box,
    io::{BufWriter, Write},
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use pedell::{
    base::{Clock, Random, id},
    domain::{
        client::{Authentication, Client, ClientId, ClientKind, ClientProfile, IssuerProfile, Product},
        person::{BirthDate, MatriculationNumber, PersonName, TypedClaim},
        policy::{self, Actor},
        rule::Rule,
        semester::{Calendar, Semester, Term},
        tenant::{Slug, University, UniversityProfile},
    },
    flow::{
        Pedell, Settings,
        import_roster::{Difference, ImportOptions, Progress},
        login::{Asked, AskedOf},
        staff::StaffSettings,
        verify_by_roster::{Guesser, RosterAnswer},
    },
    peers::outbound::Outbound,
    protocol::roster_csv::{self, Reader, Row},
    store::{Location, Stores},
    vault::{Index, MasterKey, Place, SigningAlgorithm, TenantKeys, TenantToken},
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

const ROUNDS: usize = 3;
const IMPORTER: &str = "PEDELL_BENCH_IMPORTER";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if let Some(job) = env::var_os(IMPORTER) {
        return runtime.block_on(import(&Job::read(Path::new(&job))));
    }
    let rows = env::var("PEDELL_BENCH_ROWS").map_or(1_000_000, |rows| rows.parse().unwrap());
    runtime.block_on(run(rows));
}

async fn run(rows: u32) {
    let folder = TempDir::new().unwrap();
    let csv = folder.path().join("roster.csv");
    write_list(&csv, rows);
    println!("{rows} rows, {} MB of CSV, medians of {ROUNDS} rounds", fs::metadata(&csv).unwrap().len() / 1_000_000);
    let server = env::var("PEDELL_TEST_POSTGRES").ok().filter(|url| !url.is_empty());
    if server.is_none() {
        println!("NOT RUN on PostgreSQL: PEDELL_TEST_POSTGRES names no server");
    }
    for engine in [None, server.as_deref()].into_iter().take(1 + usize::from(server.is_some())) {
        println!("\n== {}", if engine.is_some() { "PostgreSQL" } else { "SQLite" });
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push(round(&csv, engine).await);
        }
        report(rows, &rounds);
    }
}

struct Round {
    read_and_crypto: Duration,
    bulk_load: Duration,
    import: Done,
    again: Done,
}

/// What an importing process says of itself.
#[derive(Clone)]
struct Done {
    time: Duration,
    reading: Duration,
    peak_mb: u64,
    p50: Duration,
    p99: Duration,
}

async fn round(csv: &Path, server: Option<&str>) -> Round {
    let began = Instant::now();
    let mut sealed = read_and_seal(csv);
    let read_and_crypto = began.elapsed();
    sealed.sort_unstable_by_key(|row| row.0);
    let folder = TempDir::new().unwrap();
    let database = match server {
        None => None,
        Some(server) => Some(Database::new(server).await),
    };
    let bulk_load = match &database {
        None => load_sqlite(&folder.path().join("floor.db"), &sealed).await,
        Some(database) => load_postgres(&database.url, &sealed).await,
    };
    drop(sealed);
    let url = database.as_ref().map(|database| database.url.clone());
    let job = Job { csv: csv.to_owned(), folder: folder.path().to_owned(), url };
    let (import, again) = (job.run(), job.run());
    if let Some(database) = database {
        database.drop().await;
    }
    Round { read_and_crypto, bulk_load, import, again }
}

fn report(rows: u32, rounds: &[Round]) {
    let median = |of: &dyn Fn(&Round) -> f64| {
        let mut values: Vec<_> = rounds.iter().map(of).collect();
        values.sort_unstable_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let line = |what: &str, of: &dyn Fn(&Round) -> Duration| {
        let seconds = median(&|round| of(round).as_secs_f64());
        println!("{what:<44} {seconds:>6.2} s  {:>9.0} rows/s", f64::from(rows) / seconds);
    };
    let floor = |round: &Round| round.read_and_crypto + round.bulk_load;
    line("floor: read + crypto", &|round| round.read_and_crypto);
    line("floor: bulk load", &|round| round.bulk_load);
    line("import, first list", &|round| round.import.time);
    line("   of that reading", &|round| round.import.reading);
    line("import, replacing and comparing", &|round| round.again.time);
    let ratio = |of: &dyn Fn(&Round) -> Duration| median(&|round| of(round).as_secs_f64() / floor(round).as_secs_f64());
    println!("import / floor                               {:>6.2}    (goal 1.30)", ratio(&|r| r.import.time));
    println!("import, replacing and comparing / floor      {:>6.2}", ratio(&|r| r.again.time));
    let peak = rounds.iter().map(|round| round.import.peak_mb.max(round.again.peak_mb)).max().unwrap();
    println!("peak memory, worst of all                    {peak:>6} MB (goal 150)");
    println!(
        "a check, p50 / p99                           {:.2} / {:.2} ms (SQLite at 500/s, goal p99 3; PostgreSQL at 100/s)",
        median(&|round| round.again.p50.as_secs_f64() * 1e3),
        median(&|round| round.again.p99.as_secs_f64() * 1e3)
    );
}

fn write_list(path: &Path, rows: u32) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    writeln!(file, "Matrikelnummer;Nachname;Vorname;Geburtsdatum").unwrap();
    for n in 0..rows {
        // An order that has nothing to do with that of the keyed hashes, as in any real list.
        writeln!(file, "{};{};{};{}", number(n), family(n), given(n), born(n)).unwrap();
    }
    file.flush().unwrap();
}

fn number(n: u32) -> String {
    format!("{:08}", 1_000_000 + n)
}

fn given(n: u32) -> String {
    const NAMES: [&str; 8] = ["Anna", "Jürgen", "Zoë", "Karl-Heinz", "Mia", "Łukasz", "Friederike", "Ali"];
    NAMES[n as usize % 8].to_owned()
}

fn family(n: u32) -> String {
    const NAMES: [&str; 7] = ["Müller", "Schmidt", "von der Heide", "Öztürk", "Groß", "Nguyen", "Leutheusser"];
    format!("{}{}", NAMES[n as usize % 7], char::from(b'a' + (n % 26) as u8))
}

fn born(n: u32) -> String {
    format!("{}-{:02}-{:02}", 1985 + n % 20, 1 + n % 12, 1 + n % 28)
}

/// The first floor: what has to be done for each row whatever holds them.
fn read_and_seal(csv: &Path) -> Vec<(Index, Vec<u8>)> {
    let random = Random::default();
    let tokens = [(1, TenantToken::fresh(&random))];
    let keys = TenantKeys::derive(&MasterKey::fresh(&random), "01J00000000000000000000000", &tokens).unwrap();
    let mut sealed = Vec::new();
    for row in Reader::open(File::open(csv).unwrap(), roster_csv::Options::new(WINTER)).unwrap() {
        let Row::Student { record, .. } = row.unwrap() else { panic!("no row is faulty") };
        let number = record.matriculation_number.normalised();
        let index = keys.index(1, "matriculation-number", number.as_bytes()).unwrap();
        let row = [b"01J00000000000000000000000", index.as_bytes().as_slice()].concat();
        let place = Place { table: "roster_rows", column: "record", row: &row };
        sealed.push((index, keys.seal(&random, place, &record.to_bytes())));
    }
    black_box(sealed)
}

const LIST: &str = "01J00000000000000000000000";
const PACKED: usize = 4_096;

/// The second floor on SQLite.
async fn load_sqlite(file: &Path, rows: &[(Index, Vec<u8>)]) -> Duration {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .synchronous(sqlx::sqlite::SqliteSynchronous::Normal);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let table = "CREATE TABLE floor (roster TEXT NOT NULL, number BLOB NOT NULL, record BLOB NOT NULL,
                 PRIMARY KEY (roster, number)) WITHOUT ROWID";
    connection.execute(table).await.unwrap();
    let began = Instant::now();
    let mut tx = connection.begin().await.unwrap();
    for rows in rows.chunks(PACKED) {
        let (mut numbers, mut bounds, mut records) = (Vec::new(), Vec::new(), Vec::new());
        for (number, record) in rows {
            numbers.extend_from_slice(number.as_bytes());
            write!(bounds, "{:09}{:09}", records.len() + 1, record.len()).unwrap();
            records.extend_from_slice(record);
        }
        sqlx::query(
            "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $2)
             INSERT INTO floor SELECT $1, substr($3, i * 16 + 1, 16), substr($5,
                CAST(substr($4, i * 18 + 1, 9) AS INTEGER), CAST(substr($4, i * 18 + 10, 9) AS INTEGER)) FROM n",
        )
        .bind(LIST)
        .bind(i64::try_from(rows.len()).unwrap())
        .bind(numbers)
        .bind(bounds)
        .bind(records)
        .execute(&mut *tx)
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    let time = began.elapsed();
    connection.close().await.unwrap();
    fs::remove_file(file).unwrap();
    time
}

/// The second floor on PostgreSQL.
async fn load_postgres(url: &str, rows: &[(Index, Vec<u8>)]) -> Duration {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let table = "CREATE TABLE floor (roster TEXT NOT NULL, number BYTEA NOT NULL, record BYTEA NOT NULL)";
    connection.execute(table).await.unwrap();
    let began = Instant::now();
    let mut copy = connection.copy_in_raw("COPY floor FROM STDIN (FORMAT BINARY)").await.unwrap();
    let mut data = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".to_vec();
    for (number, record) in rows {
        data.extend_from_slice(&3_i16.to_be_bytes());
        for field in [LIST.as_bytes(), number.as_bytes(), record] {
            data.extend_from_slice(&i32::try_from(field.len()).unwrap().to_be_bytes());
            data.extend_from_slice(field);
        }
        if data.len() > 1 << 19 {
            copy.send(std::mem::take(&mut data)).await.unwrap();
        }
    }
    data.extend_from_slice(&(-1_i16).to_be_bytes());
    copy.send(data).await.unwrap();
    copy.finish().await.unwrap();
    connection.execute("ALTER TABLE floor ADD PRIMARY KEY (roster, number)").await.unwrap();
    let time = began.elapsed();
    connection.execute("DROP TABLE floor").await.unwrap();
    connection.close().await.unwrap();
    time
}

/// A fresh PostgreSQL database.
struct Database {
    server: String,
    name: String,
    url: String,
}

impl Database {
    async fn new(server: &str) -> Self {
        let name = format!("bench_{}", id::fresh(&Clock::default(), &Random::default()).to_lowercase());
        let mut connection = PgConnection::connect(server).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.unwrap();
        let mut url = url::Url::parse(server).unwrap();
        url.set_path(&name);
        Self { server: server.to_owned(), name, url: url.to_string() }
    }

    async fn drop(self) {
        let mut connection = PgConnection::connect(&self.server).await.unwrap();
        let sql = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }
}

/// What an importing process has to do.
struct Job {
    csv: PathBuf,
    folder: PathBuf,
    url: Option<String>,
}

impl Job {
    fn run(&self) -> Done {
        let job = self.folder.join("job");
        let text = format!("{}\n{}\n{}", self.csv.display(), self.folder.display(), self.url.as_deref().unwrap_or(""));
        fs::write(&job, text).unwrap();
        let output = Command::new(env::current_exe().unwrap()).env(IMPORTER, &job).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let figures: Vec<u64> =
            String::from_utf8(output.stdout).unwrap().split_whitespace().map(|word| word.parse().unwrap()).collect();
        let micros = Duration::from_micros;
        Done {
            time: micros(figures[0]),
            reading: micros(figures[1]),
            peak_mb: figures[2] / 1024,
            p50: micros(figures[3]),
            p99: micros(figures[4]),
        }
    }

    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let mut lines = text.lines().map(str::to_owned);
        let (csv, folder) = (lines.next().unwrap().into(), lines.next().unwrap().into());
        Self { csv, folder, url: lines.next().filter(|url| !url.is_empty()) }
    }

    async fn open(&self) -> (Pedell, University) {
        let location = match &self.url {
            None => Location::Sqlite(self.folder.clone()),
            Some(url) => Location::Postgres { url: url.clone().into(), max_connections: 10 },
        };
        let key = self.folder.join("master.key");
        let random = Random::default();
        let master = if key.exists() { MasterKey::read(&key) } else { MasterKey::create(&key, &random) }.unwrap();
        let settings = Settings {
            public_url: "https://pedell.example".to_owned(),
            token_life: Duration::from_mins(5),
            signing_algorithm: SigningAlgorithm::default(),
            retired_key_overlap: Duration::from_hours(1),
            failed_attempts_per_number: 1_000_000,
            failed_attempts_per_address: 1_000_000,
            attempt_window: Duration::from_mins(15),
            outbound: Outbound::default(),
            staff: StaffSettings::default(),
        };
        let stores = Stores::open(location).await.unwrap();
        let pedell = Pedell::new(stores, master, Clock::default(), random, settings).await.unwrap();
        let known = pedell.stores().control().universities().await.unwrap().pop();
        let university = if let Some(university) = known {
            university
        } else {
            let profile = UniversityProfile {
                name_de: "Universität Musterstadt".to_owned(),
                name_en: "University of Musterstadt".to_owned(),
                place: "Musterstadt".to_owned(),
                keywords: Vec::new(),
                calendar: Calendar::university(),
                semester_keys: Vec::new(),
                ask_birth_date: true,
                numbers_are_digits: true,
                contact: None,
            };
            let slug = Slug::parse("musterstadt").unwrap();
            pedell.create_university(slug, profile, &Actor::Operator).await.unwrap()
        };
        (pedell, university)
    }
}

const WINTER: Semester = Semester::new(2026, Term::Winter).expect("2026 is a year");

/// The importing process: imports, then checks students at 500/s; prints microseconds and kilobytes.
async fn import(job: &Job) {
    let (pedell, university) = job.open().await;
    let scope = policy::operator(&university.id);
    let began = Instant::now();
    let reading = Arc::new(std::sync::Mutex::new(Duration::ZERO));
    let progress = {
        let reading = reading.clone();
        Arc::new(move |progress| {
            if matches!(progress, Progress::Reading { .. }) {
                *reading.lock().unwrap() = began.elapsed();
            }
        })
    };
    let file = File::open(&job.csv).unwrap();
    let options = ImportOptions::default();
    let report = pedell.import_roster(&scope, &university, WINTER, file, options, progress).await.unwrap();
    let (time, peak) = (began.elapsed(), peak_kb());
    assert!(matches!(report.difference, Difference { removed: 0, changed: 0, .. }));
    let rows = u32::try_from(report.rows).unwrap();
    // Each check writes its attempt: on PostgreSQL that is a flush to disk, and disks differ.
    let per_second = if job.url.is_some() { 100 } else { 500 };
    let (p50, p99) = check(&pedell, &university, rows, per_second).await;
    let reading = *reading.lock().unwrap();
    println!("{} {} {peak} {} {}", time.as_micros(), reading.as_micros(), p50.as_micros(), p99.as_micros());
    pedell.stores().close().await;
}

fn peak_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or("VmHWM: 0 kB");
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Checks for eight seconds, each begun on time whatever the others do; every fourth number is unknown.
async fn check(pedell: &Pedell, university: &University, rows: u32, per_second: u32) -> (Duration, Duration) {
    let asked = Arc::new(asked(university));
    let began = tokio::time::Instant::now();
    let mut running = Vec::new();
    for n in 0..per_second * 8 {
        let due = began + Duration::from_secs(1) * n / per_second;
        tokio::time::sleep_until(due).await;
        let (pedell, asked) = (pedell.clone(), asked.clone());
        running.push(tokio::spawn(async move {
            let student = n.wrapping_mul(2_654_435_761) % rows;
            let known = n % 4 != 0;
            let typed = TypedClaim {
                matriculation_number: MatriculationNumber::parse(&number(if known { student } else { rows + n }))
                    .unwrap(),
                given_names: PersonName::parse(&given(student)).unwrap(),
                family_name: PersonName::parse(&family(student)).unwrap(),
                birth_date: Some(BirthDate::parse(&born(student)).unwrap()),
            };
            let address = IpAddr::V4(Ipv4Addr::from(n));
            let scope = policy::operator(&asked.university.id);
            let began = Instant::now();
            let answer = pedell.ask_roster(&scope, &asked, &typed, Guesser { address, through: None }).await.unwrap();
            assert_eq!(matches!(answer, RosterAnswer::Found { .. }), known);
            began.elapsed()
        }));
    }
    let mut times = Vec::new();
    for check in running {
        times.push(check.await.unwrap());
    }
    times.sort_unstable();
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

fn asked(university: &University) -> AskedOf {
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
    let period = university.profile.calendar.period(WINTER);
    AskedOf { asked: Asked { client, product }, university: university.clone(), semester: WINTER, period }
}
