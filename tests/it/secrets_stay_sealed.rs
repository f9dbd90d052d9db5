//! Whoever steals the disk learns no name, no birth date, no matriculation number: every byte of the databases, of their
//! write-ahead logs and of our own log is read and searched.

use std::{
    fs, io,
    path::Path,
    process::Command,
    sync::{Arc, Mutex, PoisonError},
};

use aho_corasick::AhoCorasick;
use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use pedell::{
    domain::{policy::Actor, rule::Field},
    flow::import_roster::ImportOptions,
};
use sqlx::{Connection, PgConnection};
use tracing_subscriber::fmt::MakeWriter;

use crate::{
    saml_login::Says,
    scene::{Place, Scene, on_each_engine},
    site::{Answer, HEADER, Shop, Site, Student, list},
};

/// Letters that stand in no word of ours, so that a hit is one.
const PEOPLE: [Student; 3] = [
    Student { number: "90417263", given: "Quirinäa Xanthe", family: "Zwölfpfünder-Öxle", born: "1987-10-29" },
    Student { number: "81536274", given: "Yngwie", family: "Vlqxhausen", born: "1991-02-23" },
    Student { number: "AB72635445", given: "Þórunn", family: "Kjærgaardqvist", born: "2001-12-31" },
];
/// Typed, but on no list.
const STRANGER: Student = Student { number: "72645546", given: "Wxyla", family: "Ghjkowitz", born: "1979-07-17" };
const CLERKS_TYPO: &str = "Vlqxhusen";
/// Stands in the databases in the clear, in one of each kind.
const CONTROL: [&str; 3] = ["Hochschule Findemich", "verification.decided", "the log is read"];

/// Everything that is written to the log of this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Every form in which a person could stand somewhere.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let mut texts = vec![text.to_owned(), text.to_lowercase(), text.to_uppercase()];
    texts.extend(text.split(['-', ' ']).filter(|part| part.len() > 4 && !part.is_ascii()).map(str::to_owned));
    // Folded, as matching compares names.
    let folded = text.to_lowercase().replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace(['-', ' '], "");
    texts.push(folded);
    if let [year, month, day] = text.split('-').collect::<Vec<_>>()[..]
        && year.len() == 4
        && year.bytes().all(|byte| byte.is_ascii_digit())
    {
        texts.extend([format!("{day}.{month}.{year}"), format!("{year}{month}{day}"), format!("{day}{month}{year}")]);
    }
    texts.sort();
    texts.dedup();
    let mut forms = Vec::new();
    for text in texts {
        let bytes = text.as_bytes().to_vec();
        forms.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        forms.push(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
        forms.push(bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect());
        forms.push(url::form_urlencoded::byte_serialize(&bytes).collect::<String>().into_bytes());
        // Base 64 depends on where in three bytes the text begins: what does not is searched.
        for before in 0..3 {
            let padded = [vec![0; before], bytes.clone()].concat();
            for encoded in [BASE64_STANDARD.encode(&padded), BASE64_URL_SAFE_NO_PAD.encode(&padded)] {
                let (from, to) = (if before == 0 { 0 } else { 4 }, padded.len() / 3 * 4);
                if to > from + 8 {
                    forms.push(encoded.as_bytes()[from..to].to_vec());
                }
            }
        }
        let escaped: String =
            text.chars().map(|c| if c.is_ascii() { c.to_string() } else { format!("\\u{:04x}", c as u32) }).collect();
        forms.push(escaped.into_bytes());
        forms.push(bytes);
    }
    forms
}

/// A haystack with a name for each of its parts.
struct Dump(Vec<(String, Vec<u8>)>);

impl Dump {
    fn add_folder(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                self.add_folder(&path);
            } else if let Ok(bytes) = fs::read(&path) {
                self.0.push((path.display().to_string(), bytes));
            }
        }
    }

    fn bytes(&self) -> usize {
        self.0.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    /// Which of the needles are there, and where; all of them in one pass.
    fn found(&self, needles: &[Vec<u8>]) -> Vec<(String, &str)> {
        let search = AhoCorasick::new(needles).unwrap();
        let mut found = Vec::new();
        for (name, bytes) in &self.0 {
            for hit in search.find_iter(bytes) {
                found.push((String::from_utf8_lossy(&needles[hit.pattern()]).into_owned(), name.as_str()));
            }
        }
        found.sort();
        found.dedup();
        found
    }
}

/// Everything that is on the disk of this instance.
async fn dump(place: &Place) -> Dump {
    let mut dump = Dump(Vec::new());
    let Some(url) = &place.postgres else {
        dump.add_folder(&place.folder);
        let is_there = |end: &str| dump.0.iter().any(|(name, _)| name.ends_with(end));
        assert!(is_there(".db") && is_there(".db-wal"), "database and write-ahead log were read");
        return dump;
    };
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql("CHECKPOINT").execute(&mut connection).await.unwrap();
    let (folder, major, database): (String, i32, i64) = sqlx::query_as(
        "SELECT current_setting('data_directory'), current_setting('server_version_num')::int / 10000, oid::bigint
         FROM pg_database WHERE datname = current_database()",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
    let own = format!("/usr/lib/postgresql/{major}/bin/pg_dump");
    let program = if Path::new(&own).exists() { own } else { "pg_dump".to_owned() };
    let dumped = Command::new(program).args(["--inserts", "--dbname", url]).output().unwrap();
    assert!(dumped.status.success(), "{}", String::from_utf8_lossy(&dumped.stderr));
    dump.0.push(("pg_dump".to_owned(), dumped.stdout));
    // Readable by whoever started the throwaway server; another server's files may not be.
    if fs::read_dir(&folder).is_ok() {
        dump.add_folder(&Path::new(&folder).join("base").join(database.to_string()));
        dump.add_folder(&Path::new(&folder).join("pg_wal"));
    } else {
        eprintln!("NOT READ: the raw files of PostgreSQL in {folder}");
    }
    dump
}

/// Imports, verifications, refusals, direct checks, an upload, a rotation, a cancelled token.
async fn a_busy_day(scene: &Scene) -> (Site, Shop) {
    scene.add_university("findemich", |profile| profile.name_de = CONTROL[0].into()).await;
    scene.import(list(&PEOPLE)).await.unwrap();
    let (site, shop) = (scene.site().await, scene.shop("shop").await);
    for student in PEOPLE {
        let token = site.issue(&shop, student).await;
        site.post(&shop, "/redeem", &[("token", &token)]).await;
        site.post(&shop, "/cancel", &[("token", &token), ("reason", "returned")]).await;
        assert_eq!(site.check(&shop, student, "musterstadt").await.json()["eligible"], true);
        site.check(&shop, Student { born: "1987-10-30", ..student }, "musterstadt").await;
    }
    for wrong in [STRANGER, Student { family: CLERKS_TYPO, ..PEOPLE[1] }] {
        assert_eq!(site.browser().verify(&shop, wrong, &[]).await.status, 422);
        assert_eq!(site.check(&shop, wrong, "musterstadt").await.json()["reason"], "not_enrolled");
    }
    scene.pedell.rotate_tenant_keys(&scene.university.id, &Actor::Operator).await.unwrap();
    let uploader = scene.uploader("campus", &scene.university.id).await;
    let upload = async |csv: String| {
        let request = site.http.put(site.url("/v1/rosters/2026W")).basic_auth("campus", Some(&uploader.secret));
        Answer::of(request.body(csv)).await.status
    };
    assert_eq!(upload(list(&PEOPLE)).await, 200);
    // A faulty row: reasons are reported, and nothing of it is kept.
    let faulty = format!("{HEADER}{}{};{};;31.31.1999\n", PEOPLE[0].row(), STRANGER.number, STRANGER.family);
    assert_eq!(upload(faulty.clone()).await, 422);
    scene
        .import_with(faulty, ImportOptions { skip_faulty: true, allow_shrink: true, ..ImportOptions::DEFAULT })
        .await
        .unwrap();
    logins_and_accounts(scene, &site).await;
    (site, shop)
}

/// Somebody who logs in, whose letters stand in no word of ours either.
const LOGS_IN: Says =
    Says { id: "xq7wzpseudonymous", given: "Wqzentha", family: "Xjörkblöffen", born: "19930713", semester: "20262" };
/// What she adds to her account.
const OWN_BIRTH_DATE: &str = "1994-08-16";
/// Stands in the pixels of her photo, again and again.
const PIXELS: [u8; 3] = [0xC7, 0x3A, 0x5E];

/// A login, an account with a birth date and a photo, a consent, a token with all of it, and the download.
async fn logins_and_accounts(scene: &Scene, site: &Site) {
    scene.log_in_by_saml().await;
    let shop = scene
        .shop_with("photos", |_, issuer| {
            issuer.claims.push(Field::Picture);
            issuer.products[0].rule.accept_self_asserted = vec![Field::Birthdate, Field::Picture];
        })
        .await;
    let browser = site.browser();
    let page = browser.account(scene, LOGS_IN).await;
    browser.change(&page, "birth_date", &[("birth_date", OWN_BIRTH_DATE)]).await;
    assert_eq!(browser.upload(&page, &photo()).await.status, 303);
    let code = browser.code_by_login(scene, &shop, LOGS_IN, &[("scope", "openid profile birthdate picture")]).await;
    let answer = site.redeem_code(&shop, &code).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let all = browser.get("/account/download").await;
    assert!(all.body.contains(LOGS_IN.family) && all.body.contains("data:image/jpeg;base64,"), "{}", all.body);
    browser.change(&browser.get("/account").await, "withdraw", &[("client", "photos")]).await;
}

/// An uncompressible photo would hide itself; this one is of one colour.
fn photo() -> Vec<u8> {
    let mut bytes = io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(256, 256, image::Rgb(PIXELS)).write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

/// What the photo is kept as: a stretch of the JPEG's entropy-coded data, and its beginning.
fn forms_of_the_photo() -> Vec<Vec<u8>> {
    let kept = pedell::protocol::photo::kept(&photo()).unwrap();
    let middle = kept.len() * 3 / 4;
    let mut forms = vec![kept[..64].to_vec(), kept[middle..middle + 32].to_vec(), photo()[..64].to_vec()];
    for before in 0..3 {
        let padded = [vec![0; before], kept[..63].to_vec()].concat();
        forms.push(BASE64_STANDARD.encode(&padded).as_bytes()[4..80].to_vec());
    }
    forms
}

#[tokio::test(flavor = "multi_thread")]
async fn no_name_birth_date_or_number_is_anywhere_on_the_disk_or_in_the_log() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter("pedell=trace,sqlx=debug,tower_http=trace")
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    // For every thread of this binary: other tests' log is searched too, which harms nothing.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    on_each_engine(async |scene| {
        tracing::trace!(target: "pedell", "the log is read");
        let (_site, shop) = a_busy_day(&scene).await;
        let mut dump = dump(&scene.place).await;
        dump.0.push(("our own log".to_owned(), log.0.lock().unwrap().clone()));
        assert!(dump.bytes() > 100_000, "there is something to search");
        let controls = CONTROL.map(|control| control.as_bytes().to_vec());
        let found = dump.found(&controls);
        for control in CONTROL {
            assert!(found.iter().any(|(text, _)| text == control), "{control:?}, which is there, is found: {found:?}");
        }
        let mut secrets: Vec<&str> = vec![CLERKS_TYPO, &shop.secret];
        for student in PEOPLE.iter().chain([&STRANGER]) {
            secrets.extend([student.number, student.given, student.family]);
            secrets.push(student.born);
        }
        secrets.extend([LOGS_IN.given, LOGS_IN.family, LOGS_IN.id, LOGS_IN.born, "1993-07-13", OWN_BIRTH_DATE]);
        let mut needles: Vec<Vec<u8>> = secrets.into_iter().flat_map(forms).collect();
        needles.extend(forms_of_the_photo());
        assert_eq!(dump.found(&needles), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_there_is_found_in_each_form() {
    on_each_engine(async |scene| {
        // Another than above: on PostgreSQL all tests share one write-ahead log.
        let planted = "Hlqöxhafen-Ödgrünn";
        for form in forms(planted) {
            let stuffed = [vec![0xAA; 1_000], form.clone(), vec![0xBB; 1_000]].concat();
            assert_eq!(Dump(vec![("there".into(), stuffed)]).found(&[form]).len(), 1);
        }
        // The same search does find a name that somebody stores in the clear.
        scene.add_university("findemich", |profile| profile.keywords = vec![planted.to_owned()]).await;
        assert!(!dump(&scene.place).await.found(&forms(planted)).is_empty());
    })
    .await;
}
