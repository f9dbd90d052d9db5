//! How fast rosters are read, beside the `csv` crate that only splits the same file: `cargo bench --bench roster_csv`.
//!
//! One million rows in memory, one core, median of five runs each, taken in turn. The figures that count are the ratios.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints its figures and may stop at any surprise"
)]

use std::{fmt::Write, time::Instant};

use pedell::{
    domain::semester::Semester,
    protocol::roster_csv::{Options, Reader, Row},
};

const ROWS: usize = 1_000_000;
const RUNS: usize = 5;

fn main() {
    let semester = Semester::parse_canonical("2026W").unwrap();
    for (name, quote) in [("plain", ""), ("every cell quoted", "\"")] {
        let file = roster(quote);
        let mut floor = Vec::new();
        let mut ours = Vec::new();
        for _ in 0..RUNS {
            floor.push(seconds(|| split_only(&file)));
            ours.push(seconds(|| read(&file, semester)));
        }
        let (floor, ours) = (median(floor), median(ours));
        println!(
            "{name}: {ROWS} rows, {} MB: csv splits {:.2} million rows/s, pedell reads students {:.2} million rows/s, ratio {:.1}",
            file.len() / 1_000_000,
            millions(floor),
            millions(ours),
            ours / floor,
        );
    }
}

fn roster(quote: &str) -> Vec<u8> {
    let families = ["Müller", "Schmidt", "Weber", "von der Heide", "Yılmaz", "Nguyễn", "Schneider-Groß", "Kaya"];
    let given = ["Anna", "Lena Marie", "Björn", "Ali", "Thi Van", "José", "Karl-Heinz", "Zoë"];
    let mut file = String::from("Matrikelnummer;Nachname;Vorname;Geburtsdatum;PLZ\r\n");
    for i in 0..ROWS {
        let (day, month, year) = (1 + i % 28, 1 + i % 12, 1990 + i % 18);
        let row = [
            format!("{:07}", i * 7),
            families[i % 8].to_owned(),
            given[i / 8 % 8].to_owned(),
            format!("{day:02}.{month:02}.{year}"),
            format!("{:05}", 1067 + i % 90_000),
        ];
        let cells: Vec<String> = row.iter().map(|cell| format!("{quote}{cell}{quote}")).collect();
        write!(file, "{}\r\n", cells.join(";")).unwrap();
    }
    file.into_bytes()
}

fn split_only(file: &[u8]) -> usize {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(file);
    let mut record = csv::ByteRecord::new();
    let mut rows = 0;
    while reader.read_byte_record(&mut record).unwrap() {
        rows += 1;
    }
    rows
}

fn read(file: &[u8], semester: Semester) -> usize {
    let students = Reader::open(file, Options::new(semester)).unwrap();
    students.filter(|row| matches!(row, Ok(Row::Student { .. }))).count()
}

fn seconds(work: impl FnOnce() -> usize) -> f64 {
    let begin = Instant::now();
    assert_eq!(work(), ROWS);
    begin.elapsed().as_secs_f64()
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

fn millions(seconds: f64) -> f64 {
    1.0 / seconds
}
