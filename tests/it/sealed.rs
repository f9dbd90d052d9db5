//! Whoever steals a database, its log of writes, or the process's log learns nobody's name, birth date or number.

use std::{
    fs,
    io::{self, Write},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{
    scene::{Scene, on_each_engine},
    site::{Student, list},
};

/// Nobody else in these tests is called that.
const XAVERINE: Student = Student {
    number: "00918273645",
    given: "Xaverine Quendoline",
    family: "Zwölfkemper-Ypsilanti",
    born: "1987-03-29",
};
const WITH_TYPO: Student = Student { family: "Zwölfkämper-Ypsilanto", ..XAVERINE };

/// What must not be found, as the databases and logs might write it.
fn needles() -> Vec<Vec<u8>> {
    let texts = [
        "Xaverine",
        "Quendoline",
        "Zwölfkemper",
        "Ypsilanti",
        "Zwoelfkemper",
        "zwolfkemper",
        "Ypsilanto",
        "918273645",
        "1987-03-29",
        "29.03.1987",
        "19870329",
    ];
    let mut needles = Vec::new();
    for text in texts {
        for form in [text.to_owned(), text.to_lowercase(), text.to_uppercase()] {
            needles.push(form.encode_utf16().flat_map(u16::to_le_bytes).collect());
            needles.push(form.into_bytes());
        }
    }
    needles
}

/// Which needle a heap holds.
fn found(heap: &[u8]) -> Option<String> {
    let has = |needle: &Vec<u8>| memchr::memmem::find(heap, needle).is_some();
    needles().iter().find(|needle| has(needle)).map(|needle| String::from_utf8_lossy(needle).into_owned())
}

/// Everything that the process has logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_stands_in_databases_write_ahead_logs_or_the_log() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_env_filter("pedell=trace,sqlx=debug,tower_http=trace")
        .with_writer(move || writer.clone())
        .init();
    on_each_engine(async |scene| {
        scene.import(list(&[XAVERINE])).await.unwrap();
        let (site, shop) = (scene.site().await, scene.shop("shop").await);
        site.issue(&shop, XAVERINE).await;
        assert_eq!(site.browser().verify(&shop, WITH_TYPO, &[]).await.status, 422);
        assert_eq!(site.check(&shop, XAVERINE, "musterstadt").await.json()["eligible"], true);
        assert_eq!(site.check(&shop, WITH_TYPO, "musterstadt").await.json()["eligible"], false);
        let upload = scene.uploader("campus", &scene.university.id).await;
        let put = site.http.put(site.url("/v1/rosters/2026W")).basic_auth(upload.id(), Some(&upload.secret));
        let faulty = list(&[XAVERINE]) + &Student { born: "1987-03-92", number: "77", ..XAVERINE }.row();
        assert_eq!(put.body(faulty).send().await.unwrap().status().as_u16(), 422);
        // A control that has to be found: the search itself works.
        let heap = whole(&scene).await;
        assert!(heap.windows(11).any(|window| window == b"musterstadt"), "the heap holds what is not secret");
        assert_eq!(found(&heap), None);
    })
    .await;
    let logged = log.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert!(logged.windows(13).any(|window| window == b"/verify/roste"), "the log was kept");
    assert_eq!(found(&logged), None);
    assert_eq!(found(b"xx YPSILANTI xx").as_deref(), Some("YPSILANTI"), "the search can find something");
}

/// Every byte of the instance's databases.
async fn whole(scene: &Scene) -> Vec<u8> {
    let mut heap = Vec::new();
    match &scene.place.postgres {
        None => read_all(&scene.place.folder, &mut heap),
        Some(url) => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            let tables: Vec<(String,)> = sqlx::query_as(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname LIKE 'pedell%'",
            )
            .fetch_all(&mut connection)
            .await
            .unwrap();
            assert!(tables.len() > 10, "{tables:?}");
            for (table,) in tables {
                let rows: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(format!("SELECT t::text FROM {table} t")))
                    .fetch_all(&mut connection)
                    .await
                    .unwrap();
                for (row,) in rows {
                    heap.extend_from_slice(row.as_bytes());
                    heap.extend(unhexed(&row));
                }
            }
            let (folder,): (String,) = sqlx::query_as("SHOW data_directory").fetch_one(&mut connection).await.unwrap();
            sqlx::raw_sql("CHECKPOINT").execute(&mut connection).await.unwrap();
            read_all(Path::new(&folder), &mut heap);
            connection.close().await.unwrap();
        }
    }
    heap
}

/// What stands behind `\x` in a row's text, as bytes.
fn unhexed(row: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in row.split("\\x").skip(1) {
        let digits: Vec<u8> = part.bytes().take_while(u8::is_ascii_hexdigit).collect();
        bytes.extend(
            digits.chunks_exact(2).filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()),
        );
    }
    bytes
}

/// Every file below a folder; the write-ahead logs among them. What belongs to the server alone and can't be read by this
/// user was read through SQL already.
fn read_all(folder: &Path, heap: &mut Vec<u8>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            read_all(&path, heap);
        } else if path.extension().is_none_or(|extension| extension != "key") {
            heap.extend(fs::read(&path).unwrap_or_default());
        }
    }
}
