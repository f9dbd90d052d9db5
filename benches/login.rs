//! Logins beside the bare hash that each of them takes, and tokens while everybody logs in at once.
//!
//! `cargo bench --bench login`. Prints the logins of a second, their ratio to bare Argon2id on as many threads, and the p99
//! of `/token` at a steady rate: quiet, and during a storm of logins; all from one run. Goals: at least 0.95 of the bare
//! hash, and a p99 within 1.5 times the quiet one. `PEDELL_BENCH_SECONDS` shortens each part (10).
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench")]
#![expect(clippy::cast_precision_loss, reason = "a few thousand")]

mod gateway;

use std::{
    env, fs,
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use axum::{Router, http::StatusCode};
use pedell::{
    base::{
        Random,
        secret::{PlainToken, SecretString},
    },
    domain::{
        staff::{Rank, Rights, TenantKind},
        tenant::Slug,
    },
    flow::{
        Pedell,
        hashing::places_here,
        staff::Visitor,
        staff_admin::{NewStaff, StaffPlace},
        staff_login::LoginAnswer,
        staff_sessions::StaffSession,
    },
    protocol::totp::step_at,
    store::Location,
    vault::{PasswordCost, PasswordHash},
    web::{Door, router},
};
use tower::ServiceExt;

use crate::gateway::{codes, doors, scene, token_request};

const PEOPLE: usize = 40;
const AT_ONCE: usize = 40;
const TOKENS_A_SECOND: u32 = 100;
const PASSWORD: &str = "Elke dag sta ik als 1ste bij de bakker";

#[tokio::main(worker_threads = 2)]
async fn main() {
    let seconds = env::var("PEDELL_BENCH_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(10);
    let life = Duration::from_secs(seconds);
    let folder = tempfile::tempdir().unwrap();
    let mut engines = vec![("SQLite", Location::Sqlite(folder.path().to_path_buf()))];
    if let Ok(url) = env::var("PEDELL_TEST_POSTGRES") {
        engines.push(("PostgreSQL", Location::Postgres { url: url.into(), max_connections: 16 }));
    }
    for (engine, location) in engines {
        let (pedell, basic) = scene(location).await;
        let people = Arc::new(people(&pedell).await);
        let bare = bare(life);
        let logins = Storm::begin(&pedell, &people).for_the(life).await;
        println!(
            "{engine}: {logins:.1} logins/s; bare Argon2id on {} threads {bare:.1}/s; ratio {:.2}",
            places_here(),
            logins / bare
        );
        let tokens = TOKENS_A_SECOND as usize * usize::try_from(seconds).unwrap();
        let door = router(Door::new(pedell.clone(), doors()));
        let quiet = latencies(&door, &basic, codes(&pedell, tokens).await).await;
        let for_the_storm = codes(&pedell, tokens).await;
        let storm = Storm::begin(&pedell, &people);
        let stormy = latencies(&door, &basic, for_the_storm).await;
        let during = storm.end().await;
        println!(
            "{engine}: /token at {TOKENS_A_SECOND}/s, p50 / p99: quiet {:.1} / {:.1} ms, during {during:.1} logins/s \
             {:.1} / {:.1} ms; ratio of the p99 {:.2}; peak memory {} MB",
            quiet.at(50),
            quiet.at(99),
            stormy.at(50),
            stormy.at(99),
            stormy.at(99) / quiet.at(99),
            peak_memory(),
        );
        pedell.stores().close().await;
    }
}

/// Hashes a second, by as many threads as hash here.
fn bare(life: Duration) -> f64 {
    let password: SecretString = PASSWORD.into();
    let hash = PasswordHash::make(&Random::default(), &password, PasswordCost::default()).unwrap();
    let begin = Instant::now();
    let threads: Vec<_> = (0..places_here())
        .map(|_| {
            let (hash, password) = (hash.clone(), password.clone());
            thread::spawn(move || {
                let mut done = 0;
                while begin.elapsed() < life {
                    assert!(hash.matches(&password).unwrap());
                    done += 1;
                }
                done
            })
        })
        .collect();
    let done: u32 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    f64::from(done) / begin.elapsed().as_secs_f64()
}

/// Everybody logs in again and again.
struct Storm {
    begin: Instant,
    is_over: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Storm {
    fn begin(pedell: &Pedell, people: &Arc<Vec<String>>) -> Self {
        let (is_over, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let tasks = (0..AT_ONCE)
            .map(|n| {
                let (pedell, people) = (pedell.clone(), people.clone());
                let (is_over, done) = (is_over.clone(), done.clone());
                tokio::spawn(async move {
                    let password: SecretString = PASSWORD.into();
                    while !is_over.load(Ordering::Relaxed) {
                        let answer = pedell.staff_login(&people[n % PEOPLE], &password, &visitor(n)).await.unwrap();
                        assert!(matches!(answer, LoginAnswer::Begun(_)), "{answer:?}");
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        Self { begin: Instant::now(), is_over, done, tasks }
    }

    async fn for_the(self, life: Duration) -> f64 {
        tokio::time::sleep(life).await;
        self.end().await
    }

    /// Logins a second, the last ones included.
    async fn end(self) -> f64 {
        self.is_over.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.unwrap();
        }
        self.done.load(Ordering::Relaxed) as f64 / self.begin.elapsed().as_secs_f64()
    }
}

struct Latencies(Vec<Duration>);

impl Latencies {
    /// This percentile, in milliseconds.
    fn at(&self, percent: usize) -> f64 {
        self.0[(self.0.len() * percent / 100).min(self.0.len() - 1)].as_secs_f64() * 1000.0
    }
}

/// Tokens at a steady rate, whatever the answers take: from when each was due.
async fn latencies(door: &Router, basic: &str, codes: Vec<String>) -> Latencies {
    let begin = tokio::time::Instant::now();
    let mut asked = Vec::new();
    for (n, code) in (0u32..).zip(codes) {
        let due = begin + Duration::from_secs(1) * n / TOKENS_A_SECOND;
        tokio::time::sleep_until(due).await;
        let (door, basic) = (door.clone(), basic.to_owned());
        asked.push(tokio::spawn(async move {
            let response = door.oneshot(token_request(&code, &basic)).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
            due.elapsed()
        }));
    }
    let mut took = Vec::new();
    for one in asked {
        took.push(one.await.unwrap());
    }
    took.sort_unstable();
    Latencies(took)
}

/// Clerks of an agency: their login is over with the password.
async fn people(pedell: &Pedell) -> Vec<String> {
    let first = pedell.first_operator("operator-1".parse().unwrap(), "Olga", false).await.unwrap().unwrap();
    let operator = joins(pedell, &first.path).await;
    let slug = Slug::parse("tickets").unwrap();
    let agency = pedell.create_tenant(&operator, TenantKind::Agency, slug, ("Vorverkauf", "Box office")).await.unwrap();
    let invite = async |by: &StaffSession, login: &str, rank, outlet| {
        let place = StaffPlace { name: login.to_owned(), rank, outlet, rights: Rights::all_of(rank), last_day: None };
        let new = NewStaff { login: login.parse().unwrap(), place };
        pedell.invite_staff(by, &agency, new).await.unwrap().1
    };
    let manager = invite(&operator, "manager-1", Rank::AgencyManager, None).await;
    let manager = joins(pedell, &manager.path).await;
    let outlet = pedell.create_outlet(&manager, &agency, "Bahnhof").await.unwrap().id;
    let mut logins = Vec::new();
    for n in 0..PEOPLE {
        let login = format!("clerk-{n:03}");
        let invitation = invite(&manager, &login, Rank::Clerk, Some(outlet.clone())).await;
        joins(pedell, &invitation.path).await;
        logins.push(login);
    }
    logins
}

/// Somebody opens their link, and sets up what is asked.
async fn joins(pedell: &Pedell, link: &str) -> StaffSession {
    let code = PlainToken::presented(link.rsplit('=').next().unwrap());
    let mut token = pedell.accept_invitation(&code, &PASSWORD.into(), &visitor(0)).await.unwrap();
    let session = pedell.staff_session(&token).await.unwrap().unwrap();
    if !session.is_in() {
        let factor = pedell.begin_enrolment(&session).unwrap();
        let code = factor.secret.code(step_at(pedell.clock().now()));
        token = pedell.confirm_enrolment(&session, &factor.sealed, &code).await.unwrap().token;
    }
    pedell.staff_session(&token).await.unwrap().unwrap()
}

fn visitor(n: usize) -> Visitor {
    let last = u8::try_from(n % 250).unwrap();
    Visitor {
        address: IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)),
        browser: "a bench".to_owned(),
        known: None,
        certificate: None,
    }
}

/// The most that this process had in memory.
fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
    peak.map_or_else(|| "?".to_owned(), |kib: u64| (kib / 1024).to_string())
}
