//! Where a link may lead.

use std::fmt;

use url::Url;

use super::Language;

/// The target of a link on a page: never a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Href(String);

impl Href {
    /// Something to read, write to or call: `https:`, `http:`, `mailto:`, `tel:`, or a path of this server.
    pub fn parse(text: &str) -> Option<Self> {
        // `//host` and `/\host` are other servers to a browser.
        let local = text.starts_with('/') && !text.starts_with("//") && !text.contains(['\\', '\t', '\n', '\r']);
        let listed = || Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "https" | "http" | "mailto" | "tel"));
        (local || listed()).then(|| Self(text.to_owned()))
    }

    /// An issuer's redirect URI: the web, or an app's private scheme, which has a dot in it (RFC 8252 §7.1).
    pub fn redirect(url: &Url) -> Option<Self> {
        let scheme = url.scheme();
        (matches!(scheme, "https" | "http") || scheme.contains('.')).then(|| Self(url.as_str().to_owned()))
    }

    /// The same target with `ui_locales` asking for this language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> Self {
        let joint = if self.0.contains('?') { '&' } else { '?' };
        Self(format!("{}{joint}ui_locales={}", self.0, language.code()))
    }

    /// A link to write to somebody.
    pub fn mail(address: &str) -> Option<Self> {
        (address.contains('@') && !address.contains(['?', '&', '%', ' '])).then(|| Self(format!("mailto:{address}")))
    }
}

impl fmt::Display for Href {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_the_web_a_mailbox_a_telephone_or_a_path_of_ours() {
        for good in ["https://uni.example/help?a=1", "mailto:a@uni.example", "tel:+49301234", "/why?reference=1"] {
            assert_eq!(Href::parse(good).unwrap().to_string(), good);
        }
        for bad in
            ["javascript:alert(1)", " JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.example", "/\\evil.example"]
        {
            assert_eq!(Href::parse(bad), None, "{bad}");
        }
        for bad in ["", "evil.example", "file:///etc/passwd", "/\t/evil.example"] {
            assert_eq!(Href::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_redirect_may_open_an_app_but_no_script() {
        let redirect = |text: &str| Href::redirect(&Url::parse(text).unwrap());
        assert!(redirect("https://shop.example/cb?error=x").is_some());
        assert!(redirect("example.shop.app:/cb").is_some());
        assert_eq!(redirect("javascript:alert(1)"), None);
        assert_eq!(redirect("data:text/html,x"), None);
    }

    #[test]
    fn a_mailbox_cannot_smuggle_a_letter() {
        assert!(Href::mail("help@uni.example").is_some());
        assert_eq!(Href::mail("help@uni.example?bcc=x@evil.example"), None);
    }
}
