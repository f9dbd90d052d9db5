//! Any bytes as a photo: refused, or made into a small JPEG. `cargo fuzz run photo`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pedell::protocol::photo;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(jpeg) = photo::kept(bytes) {
        assert!(jpeg.starts_with(&[0xFF, 0xD8]) && jpeg.ends_with(&[0xFF, 0xD9]));
    }
});
