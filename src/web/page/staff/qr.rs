//! A picture that a phone reads, as the path of an SVG: no script and no file of its own.

use std::fmt::Write;

use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules around (ISO/IEC 18004 §9.1).
const QUIET: i32 = 4;

/// A picture of squares.
#[derive(Clone, Debug)]
pub struct Qr {
    /// Modules of one side, the quiet ones too.
    pub size: i32,
    /// The dark ones.
    pub path: String,
}

impl Qr {
    /// The picture of a text; none if it is too long for one.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let mut path = String::new();
        for y in 0..code.size() {
            for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
                let _ = write!(path, "M{},{}h1v1h-1z", x + QUIET, y + QUIET);
            }
        }
        Some(Self { size: code.size() + 2 * QUIET, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_its_three_corners_and_a_quiet_edge() {
        let qr = Qr::of("otpauth://totp/Pedell:ada?secret=GEZDGNBVGY3TQOJQ").unwrap();
        for corner in [(QUIET, QUIET), (qr.size - QUIET - 7, QUIET), (QUIET, qr.size - QUIET - 7)] {
            assert!(qr.path.contains(&format!("M{},{}h1", corner.0, corner.1)), "{corner:?}");
        }
        assert!(!qr.path.contains("M3,") && !qr.path.contains(",3h"));
        assert!(Qr::of(&"x".repeat(5000)).is_none());
    }
}
