//! Looking an address up among a million blocked prefixes, beside looking it up in a hash set.
//!
//! `cargo bench --bench networks`. Prints nanoseconds and their ratio, from one run. Goal: well under a microsecond.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench")]

use std::{
    collections::HashSet,
    fmt::Write,
    hint::black_box,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Instant,
};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use pedell::{base::Random, protocol::prefix_list::PrefixTable};

const PREFIXES: usize = 1_000_000;
const LOOKUPS: usize = 1_000_000;
const ROUNDS: usize = 5;

fn main() {
    let random = Random::seeded(7);
    let address = |v6: bool| -> IpAddr {
        if v6 { Ipv6Addr::from(random.bytes::<16>()).into() } else { Ipv4Addr::from(random.bytes::<4>()).into() }
    };
    // As registries give networks out: a quarter IPv6, short ones among long ones.
    let mut file = String::new();
    let mut hash = HashSet::new();
    while hash.len() < PREFIXES {
        let [a, b] = random.bytes::<2>();
        let network: IpNet = match address(a % 4 == 0) {
            IpAddr::V4(v4) => Ipv4Net::new(v4, 16 + b % 17).unwrap().trunc().into(),
            IpAddr::V6(v6) => Ipv6Net::new(v6, 29 + b % 36).unwrap().trunc().into(),
        };
        if hash.insert(network.network()) {
            writeln!(file, "{network}").unwrap();
        }
    }
    let began = Instant::now();
    let mut table = PrefixTable::default();
    table.add(file.as_bytes()).unwrap();
    println!("{} prefixes, {} MB of text, read in {:?}", table.len(), file.len() / 1_000_000, began.elapsed());
    let asked: Vec<IpAddr> = (0..LOOKUPS).map(|n| address(n % 4 == 0)).collect();
    let (mut trie, mut map) = (f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        trie = trie.min(each(&asked, |address| table.covers(*address)));
        map = map.min(each(&asked, |address| hash.contains(address)));
    }
    println!("trie {trie:.0} ns, hash set {map:.0} ns a lookup, {:.1} times as long", trie / map);
    assert!(trie < 500.0, "not well under a microsecond");
}

/// Nanoseconds each.
fn each(asked: &[IpAddr], found: impl Fn(&IpAddr) -> bool) -> f64 {
    let began = Instant::now();
    black_box(asked.iter().filter(|address| found(address)).count());
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let each = began.elapsed().as_nanos() as f64 / asked.len() as f64;
    each
}
