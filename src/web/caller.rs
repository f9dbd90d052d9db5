//! Who is calling, as far as the connection and the headers say: address, browser, language.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ipnet::IpNet;

use super::{Door, page::Language};
use crate::base::Timestamp;

/// The address a request comes from: the connection's, or the one a trusted proxy says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Address(pub(super) IpAddr);

impl FromRequestParts<Door> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        Ok(Self(forwarded(&parts.headers, peer, &door.settings().trusted_proxies)))
    }
}

/// Walks `X-Forwarded-For` from the right: each hop is believed only if the one after it is a trusted proxy.
fn forwarded(headers: &HeaderMap, peer: IpAddr, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address.to_canonical()));
    let mut address = peer;
    // Not as text: what a client has put before our proxy's word must not make it unreadable.
    let fields: Vec<_> =
        headers.get_all("x-forwarded-for").iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    let hops: Vec<&str> = fields.iter().flat_map(|field| field.split(',')).collect();
    for hop in hops.into_iter().rev() {
        if !is_trusted(address) {
            break;
        }
        // Some proxies add the port.
        let hop = hop.trim();
        match hop.parse().or_else(|_| hop.parse::<SocketAddr>().map(|with_port| with_port.ip())) {
            Ok(before) => address = before,
            Err(_) => break,
        }
    }
    address.to_canonical()
}

/// The browser that carries a login: a random cookie, to which the login's sealed state is bound.
#[derive(Clone, Debug)]
pub(super) struct Browser {
    /// The cookie's value; `None` if the browser sent none.
    pub(super) id: Option<String>,
    jar: CookieJar,
}

impl FromRequestParts<Door> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Infallible> {
        let jar = CookieJar::from_headers(&parts.headers);
        let id = jar.get(browser_cookie(door)).map(|cookie| cookie.value().to_owned()).filter(|id| id.len() == 22);
        Ok(Self { id, jar })
    }
}

impl Browser {
    /// The browser's id, newly given if it has none.
    pub(super) fn identify(mut self, door: &Door) -> (String, CookieJar) {
        let id = self.id.take().unwrap_or_else(|| BASE64_URL_SAFE_NO_PAD.encode(door.pedell().random().bytes::<16>()));
        let cookie = Cookie::build((browser_cookie(door), id.clone()))
            .http_only(true)
            .secure(door.is_https())
            .same_site(SameSite::Lax)
            .path("/");
        (id, self.jar.add(cookie))
    }

    /// Keeps a login that is at a provider, under the short name that the provider gives back; in pieces, since browsers
    /// bound a cookie; until the errand is over. Every door sees them, since each that sends somebody away must be able to
    /// clear those of logins that were given up.
    pub(super) fn keep_login(self, door: &Door, away: Away, name: &str, sealed: &str, until: Timestamp) -> CookieJar {
        let prefix = away.prefix();
        let life = until.since(door.pedell().clock().now());
        let old: Vec<(String, usize)> = self
            .jar
            .iter()
            .filter(|cookie| Away::ALL.iter().any(|away| cookie.name().starts_with(away.prefix())))
            .map(|cookie| (cookie.name().to_owned(), cookie.value().len()))
            .collect();
        // Logins that were given up would pile up in the header until it is refused, by us or by a proxy in front.
        let bytes: usize = old.iter().map(|(_, bytes)| bytes).sum();
        let mut jar = match bytes + sealed.len() {
            0..KEPT_LOGIN_BYTES => self.jar,
            _ => old.into_iter().fold(self.jar, |jar, (name, _)| jar.remove(Cookie::build(name).path("/"))),
        };
        for (n, piece) in sealed.as_bytes().chunks(LOGIN_PIECE_BYTES).enumerate() {
            let cookie = Cookie::build((format!("{prefix}{name}-{n}"), String::from_utf8_lossy(piece).into_owned()))
                .http_only(true)
                .secure(door.is_https())
                .same_site(SameSite::Lax)
                .path("/")
                .max_age(life.try_into().unwrap_or_default()); // no length of time that we use is too long
            jar = jar.add(cookie);
        }
        jar
    }

    /// The sealed login under this name.
    pub(super) fn kept_login(&self, away: Away, name: &str) -> Option<String> {
        let piece = |n: usize| self.jar.get(&format!("{}{name}-{n}", away.prefix())).map(Cookie::value);
        let whole: String = (0..LOGIN_PIECES).map_while(piece).collect();
        (!whole.is_empty()).then_some(whole)
    }

    /// The sealed pass to an account.
    pub(super) fn account_pass(&self, door: &Door) -> Option<String> {
        self.jar.get(account_cookie(door)).map(|cookie| cookie.value().to_owned())
    }

    /// Keeps a pass to an account until the browser ends; it says itself until when it is good.
    pub(super) fn keep_account_pass(self, door: &Door, sealed: &str) -> CookieJar {
        let cookie = Cookie::build((account_cookie(door), sealed.to_owned()))
            .http_only(true)
            .secure(door.is_https())
            .same_site(SameSite::Lax)
            .path("/");
        self.jar.add(cookie)
    }

    /// Forgets the pass.
    pub(super) fn drop_account_pass(self, door: &Door) -> CookieJar {
        self.jar.remove(Cookie::build(account_cookie(door)).secure(door.is_https()).path("/"))
    }

    /// Whether any cookie came at all.
    pub(super) fn is_known(&self) -> bool {
        self.id.is_some()
    }

    /// The university chosen last time.
    pub(super) fn remembered_university(&self) -> Option<&str> {
        self.jar.get("pedell-university").map(Cookie::value)
    }

    /// The language chosen last time.
    pub(super) fn remembered_language(&self) -> Option<&str> {
        self.jar.get("pedell-language").map(Cookie::value)
    }

    /// Remembers a choice that says nothing about the person beyond it.
    pub(super) fn remember(self, door: &Door, university: Option<&str>, language: Language) -> CookieJar {
        let build = |name: &'static str, value: &str| {
            Cookie::build((name, value.to_owned()))
                .http_only(true)
                .secure(door.is_https())
                .same_site(SameSite::Lax)
                .path("/")
                .permanent() // browsers cap this at 400 days
        };
        let jar = self.jar.add(build("pedell-language", language.code()));
        match university {
            Some(university) => jar.add(build("pedell-university", university)),
            None => jar,
        }
    }
}

/// Where a login is that has left our site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Away {
    /// At a SAML identity provider; the name is the `RelayState`.
    Saml,
    /// At an OpenID provider or OAuth server; the name is the `state`.
    Provider,
}

impl Away {
    const ALL: [Self; 2] = [Self::Saml, Self::Provider];

    /// What its cookies begin with.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Saml => "pedell-saml-",
            Self::Provider => "pedell-login-",
        }
    }
}

/// Below what browsers take for a cookie, with its name and attributes (RFC 6265 §6.1: 4096 bytes).
const LOGIN_PIECE_BYTES: usize = 3_500;
/// Pieces that a login may have.
const LOGIN_PIECES: usize = 5;
/// Logins under way that a browser keeps, in bytes, before older ones are dropped: the whole line has to pass a proxy in
/// front (nginx takes 8 KiB for one).
const KEPT_LOGIN_BYTES: usize = 6 * 1024;

/// `__Host-` binds the cookie to this host and TLS; a browser takes it over `https` only.
fn browser_cookie(door: &Door) -> &'static str {
    if door.is_https() { "__Host-pedell-browser" } else { "pedell-browser" }
}

/// The same for a pass to an account.
fn account_cookie(door: &Door) -> &'static str {
    if door.is_https() { "__Host-pedell-account" } else { "pedell-account" }
}

/// The language for this request.
pub(super) fn language(ui_locales: Option<&str>, browser: &Browser, headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::choose(ui_locales, browser.remembered_language(), accepted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: &str, header: &str, trusted: &[&str]) -> String {
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", header.parse().unwrap());
        forwarded(&headers, peer.parse().unwrap(), &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed_and_from_the_right() {
        assert_eq!(from("203.0.113.9", "10.0.0.1", &[]), "203.0.113.9");
        assert_eq!(from("203.0.113.9", "10.0.0.1", &["192.0.2.0/24"]), "203.0.113.9");
        assert_eq!(from("192.0.2.1", "198.51.100.7", &["192.0.2.0/24"]), "198.51.100.7");
        assert_eq!(from("192.0.2.1", "1.1.1.1, 198.51.100.7", &["192.0.2.0/24"]), "198.51.100.7");
        assert_eq!(from("192.0.2.1", "198.51.100.7, 192.0.2.2", &["192.0.2.0/24"]), "198.51.100.7");
        assert_eq!(from("192.0.2.1", "198.51.100.7, garbage", &["192.0.2.0/24"]), "192.0.2.1");
        assert_eq!(from("192.0.2.1", "198.51.100.7:4711", &["192.0.2.0/24"]), "198.51.100.7");
        assert_eq!(from("::ffff:192.0.2.1", "198.51.100.7", &["192.0.2.0/24"]), "198.51.100.7");
    }

    #[test]
    fn what_a_client_puts_before_the_proxys_word_does_not_hide_it() {
        let proxy: IpAddr = "127.0.0.1".parse().unwrap();
        let trusted = ["127.0.0.0/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", header::HeaderValue::from_bytes(b"\xff\xfe, 203.0.113.9").unwrap());
        assert_eq!(forwarded(&headers, proxy, &trusted).to_string(), "203.0.113.9");
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", header::HeaderValue::from_bytes(b"127.0.0.1, \xff").unwrap());
        headers.append("x-forwarded-for", header::HeaderValue::from_static("203.0.113.9"));
        assert_eq!(forwarded(&headers, proxy, &trusted).to_string(), "203.0.113.9");
    }
}
