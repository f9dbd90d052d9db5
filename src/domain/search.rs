//! Finding a university by what people type: case, accents and the order of words do not matter, `ue` finds `ü`.
//!
//! `assets/picker.js` does the same while typing, with the universities that are on the page.

use unicode_normalization::UnicodeNormalization;

/// A query longer than this is cut (characters).
const QUERY_CHARS: usize = 100;

/// Texts in which something may be found, folded once.
#[derive(Clone, Debug)]
pub struct Findable {
    plain: Box<str>,
    /// With `ae` for `ä`; `None` where it makes no difference.
    spelled: Option<Box<str>>,
}

/// What somebody has typed.
#[derive(Clone, Debug)]
pub struct Query(Vec<String>);

impl Findable {
    /// Any of these texts finds it.
    pub fn new(texts: &[&str]) -> Self {
        let folded = |spelled| {
            let parts: Vec<_> = texts.iter().map(|text| fold(text, spelled)).collect();
            parts.join(" ").into_boxed_str()
        };
        let (plain, spelled) = (folded(false), folded(true));
        Self { spelled: (spelled != plain).then_some(spelled), plain }
    }

    /// For sorting.
    pub fn key(&self) -> &str {
        &self.plain
    }
}

impl Query {
    /// The words of what was typed.
    pub fn new(text: &str) -> Self {
        let cut: String = text.chars().take(QUERY_CHARS).collect();
        Self(fold(&cut, false).split_whitespace().map(str::to_owned).collect())
    }

    /// Whether nothing is searched for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every word begins or stands in it. The empty query finds everything.
    pub fn finds(&self, findable: &Findable) -> bool {
        self.0.iter().all(|word| {
            findable.plain.contains(word) || findable.spelled.as_ref().is_some_and(|spelled| spelled.contains(word))
        })
    }
}

/// One text as it is compared with another: what only looks different is the same.
pub fn sameness(text: &str) -> String {
    fold(text, true).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lower case without accents; umlauts become one letter, or two if `spelled`. Punctuation becomes space.
fn fold(text: &str, spelled: bool) -> String {
    let lower = text.to_lowercase().replace('ß', "ss");
    let lower = if spelled { lower.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue") } else { lower };
    let bare = lower.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c));
    bare.map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(query: &str) -> bool {
        Query::new(query).finds(&Findable::new(&["Technische Universität Groß-Möhringen", "Möhringen", "TU GM, TUGM"]))
    }

    #[test]
    fn a_university_is_found_however_it_is_typed() {
        for query in
            ["", " ", "uni", "moehringen", "MÖHRINGEN", "mohringen tech", "gross", "groß möhr", "tugm", "tu-gm"]
        {
            assert!(matches(query), "{query:?}");
        }
    }

    #[test]
    fn another_university_is_not() {
        for query in ["bremen", "universität bremen", "<script>", "tugmx"] {
            assert!(!matches(query), "{query:?}");
        }
    }

    #[test]
    fn an_endless_query_is_cut() {
        assert!(matches(&("uni ".repeat(25) + "bremen")));
    }

    #[test]
    fn the_same_name_is_the_same_however_it_is_written() {
        assert_eq!(sameness("Universität  Köln"), sameness("universitaet-koeln"));
        assert_ne!(sameness("Universität Köln"), sameness("Universität Bonn"));
    }
}
