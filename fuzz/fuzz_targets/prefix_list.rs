//! Any bytes as a file of prefixes: no panic, and what was taken is found again. `cargo fuzz run prefix_list`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pedell::protocol::prefix_list::PrefixTable;

fuzz_target!(|bytes: &[u8]| {
    let mut table = PrefixTable::default();
    if table.add(bytes).is_ok() {
        for line in String::from_utf8_lossy(bytes).lines() {
            if let Ok(address) = line.trim().parse::<std::net::IpAddr>() {
                assert!(table.covers(address), "{address}");
            }
        }
    }
});
