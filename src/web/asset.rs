//! Style sheets, scripts and pictures, compiled into the binary and served under a name that carries their content.
//!
//! `/assets/pedell.3f9c0a1b2c4d.css` never changes what it holds, so a handler may send
//! `Cache-Control: public, max-age=31536000, immutable` with everything that [`AssetSet::find`] returns.

use std::{fmt::Write as _, sync::LazyLock};

use aws_lc_rs::digest::{SHA256, digest};

/// One file as it is served.
#[derive(Debug)]
pub struct Asset {
    /// Absolute path with the content's hash in it, e.g. `/assets/pedell.3f9c0a1b2c4d.css`.
    pub path: String,
    /// The `Content-Type` to send.
    pub content_type: &'static str,
    /// The body.
    pub bytes: &'static [u8],
}

impl Asset {
    /// Names a file by its content. `content_type` follows from `extension`; one that we do not serve is sent as bytes.
    pub fn new(stem: &str, extension: &str, bytes: &'static [u8]) -> Self {
        let mut hash = String::with_capacity(12);
        for byte in &digest(&SHA256, bytes).as_ref()[..6] {
            let _ = write!(hash, "{byte:02x}");
        }
        let content_type = match extension {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => "application/octet-stream",
        };
        Self { path: format!("/assets/{stem}.{hash}.{extension}"), content_type, bytes }
    }
}

/// The files of one server.
#[derive(Debug)]
pub struct AssetSet(Vec<Asset>);

impl AssetSet {
    /// Collects files.
    pub fn new(assets: Vec<Asset>) -> Self {
        Self(assets)
    }

    /// The file at exactly this path; an old hash finds nothing.
    pub fn find(&self, path: &str) -> Option<&Asset> {
        self.0.iter().find(|asset| asset.path == path)
    }

    /// The path under which `stem.extension` is served now; empty if there is no such file.
    pub fn path_of(&self, stem: &str, extension: &str) -> &str {
        let named = |asset: &&Asset| {
            let mut parts = asset.path.trim_start_matches("/assets/").split('.');
            parts.next() == Some(stem) && parts.next_back() == Some(extension)
        };
        self.0.iter().find(named).map_or("", |asset| asset.path.as_str())
    }
}

/// The files of Pedell's own pages.
pub static ASSETS: LazyLock<AssetSet> = LazyLock::new(|| {
    AssetSet::new(vec![
        Asset::new("pedell", "css", include_bytes!("../../assets/pedell.css")),
        Asset::new("picker", "js", include_bytes!("../../assets/picker.js")),
        Asset::new("onward", "js", include_bytes!("../../assets/onward.js")),
        Asset::new("passkey", "js", include_bytes!("../../assets/passkey.js")),
        Asset::new("upload", "js", include_bytes!("../../assets/upload.js")),
        Asset::new("pedell", "svg", include_bytes!("../../assets/pedell.svg")),
    ])
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_under_its_own_name_only() {
        let path = ASSETS.path_of("pedell", "css");
        assert_eq!((path.split('.').next(), path.rsplit('.').next()), (Some("/assets/pedell"), Some("css")), "{path}");
        assert_eq!(ASSETS.find(path).unwrap().content_type, "text/css; charset=utf-8");
        for wrong in ["/assets/pedell.css", "/assets/pedell.000000000000.css", "/assets/../Cargo.toml", ""] {
            assert!(ASSETS.find(wrong).is_none(), "{wrong}");
        }
        assert_eq!(ASSETS.path_of("pedell", "exe"), "");
    }

    #[test]
    fn another_content_has_another_name() {
        assert_ne!(Asset::new("a", "css", b"one").path, Asset::new("a", "css", b"two").path);
    }
}
