//! Which language a page is in.

use std::str::FromStr;

use jiff::civil::Date;

use crate::base::Timestamp;

/// A header or parameter longer than this is not read (bytes).
const PREFERENCE_BYTES: usize = 512;
/// Entries of a list of languages that are looked at.
const PREFERENCE_ENTRIES: usize = 16;

/// A language that every page exists in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// German, and what is shown when nothing else is asked for.
    #[default]
    De,
    /// English.
    En,
}

impl Language {
    /// Every one, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::De, Self::En];

    /// The first of these that names a language we have: `ui_locales` (`OpenID` Connect Core §3.1.2.1, a space-separated
    /// list, also what a page's language link sets), the cookie that remembers an earlier choice, `Accept-Language`
    /// (RFC 9110 §12.5.4).
    pub fn choose(ui_locales: Option<&str>, cookie: Option<&str>, accept_language: Option<&str>) -> Self {
        let asked = readable(ui_locales).split(' ').take(PREFERENCE_ENTRIES).find_map(|tag| tag.parse().ok());
        asked
            .or_else(|| readable(cookie).parse().ok())
            .or_else(|| accepted(readable(accept_language)))
            .unwrap_or_default()
    }

    /// The tag of BCP 47, for `lang`, `ui_locales` and the cookie.
    pub const fn code(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
        }
    }

    /// The language in itself, for the link that switches to it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::De => "Deutsch",
            Self::En => "English",
        }
    }

    /// A day as people write it: `1. Oktober 2026`, `1 October 2026`.
    pub fn date(self, date: Date) -> String {
        match self {
            Self::De => format!("{}. {} {}", date.day(), german_month(date.month()), date.year()),
            Self::En => date.strftime("%-d %B %Y").to_string(),
        }
    }

    /// A moment as people in Germany read their clock: `24. November 2026, 06:10`.
    pub fn moment(self, moment: Timestamp) -> String {
        let clock = moment.display_in_berlin();
        let time = clock.rsplit(' ').next().unwrap_or_default();
        let day = self.date(moment.date_in_berlin());
        match self {
            Self::De => format!("{day}, {time} Uhr"),
            Self::En => format!("{day}, {time}"),
        }
    }
}

/// A tag that names no language we have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such language here")]
pub struct UnknownLanguage;

impl FromStr for Language {
    type Err = UnknownLanguage;

    /// By the primary subtag alone: `de-AT` is German.
    fn from_str(tag: &str) -> Result<Self, UnknownLanguage> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(primary)).ok_or(UnknownLanguage)
    }
}

/// The text, or nothing if it is too long to be read.
fn readable(text: Option<&str>) -> &str {
    text.filter(|text| text.len() <= PREFERENCE_BYTES).unwrap_or_default()
}

/// The language with the highest weight; of equals the first. `q=0` means "not this one".
fn accepted(header: &str) -> Option<Language> {
    let mut best: Option<(u16, Language)> = None;
    for entry in header.split(',').take(PREFERENCE_ENTRIES) {
        let mut parts = entry.split(';');
        let Some(language) = parts.next().and_then(|tag| tag.parse().ok()) else { continue };
        let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1000), weight).unwrap_or(0);
        if weight > best.map_or(0, |(weight, _)| weight) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

/// `0.85` as 850 (RFC 9110 §12.4.2: at most three decimals, at most 1).
fn weight(text: &str) -> Option<u16> {
    let (whole, decimals) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

const fn german_month(month: i8) -> &'static str {
    match month {
        1 => "Januar",
        2 => "Februar",
        3 => "März",
        4 => "April",
        5 => "Mai",
        6 => "Juni",
        7 => "Juli",
        8 => "August",
        9 => "September",
        10 => "Oktober",
        11 => "November",
        _ => "Dezember",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn german_is_spoken_to_those_who_ask_for_nothing_we_have() {
        for header in [None, Some(""), Some("fr, nl;q=0.9"), Some("*"), Some("en;q=0"), Some(";;;,,,q=1")] {
            assert_eq!(Language::choose(None, None, header), Language::De, "{header:?}");
        }
    }

    #[test]
    fn the_highest_weight_wins_and_of_equals_the_first() {
        for (header, expected) in [
            ("en-GB,en;q=0.9,de;q=0.8", Language::En),
            ("de;q=0.7, en;q=0.71", Language::En),
            ("en;q=0.5, de;q=0.5", Language::En),
            ("fr, EN-us ; q=0.3", Language::En),
            ("en;q=0.2, de-AT", Language::De),
            ("en;q=nonsense, de;q=0.001", Language::De),
            ("en;q=1.5, de;q=0.1", Language::De),
        ] {
            assert_eq!(Language::choose(None, None, Some(header)), expected, "{header}");
        }
    }

    #[test]
    fn a_link_outranks_the_cookie_and_the_cookie_the_browser() {
        assert_eq!(Language::choose(Some("fr en"), Some("de"), Some("de")), Language::En);
        assert_eq!(Language::choose(None, Some("en"), Some("de")), Language::En);
        assert_eq!(Language::choose(Some("xx"), Some("yy"), Some("en")), Language::En);
    }

    #[test]
    fn an_endless_list_is_not_read() {
        let long = "fr,".repeat(100_000) + "en";
        assert_eq!(Language::choose(Some(&long), Some(&long), Some(&long)), Language::De);
        assert_eq!(Language::choose(None, None, Some(&("fr,".repeat(16) + "en"))), Language::De);
    }

    #[test]
    fn a_day_is_written_as_the_language_writes_it() {
        let day = jiff::civil::date(2027, 3, 1);
        assert_eq!(Language::De.date(day), "1. März 2027");
        assert_eq!(Language::En.date(day), "1 March 2027");
        let moment = Timestamp::parse("2026-11-24T05:10:00Z").unwrap();
        assert_eq!(Language::De.moment(moment), "24. November 2026, 06:10 Uhr");
        assert_eq!(Language::En.moment(moment), "24 November 2026, 06:10");
    }
}
