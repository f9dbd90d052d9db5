//! Finding a university by what people type: case, accents and the order of words do not matter, `ue` finds `ü`.
//!
//! `assets/picker.js` does the same while typing; this is for those without script.

use unicode_normalization::UnicodeNormalization;

/// A query longer than this is cut (characters).
const QUERY_CHARS: usize = 100;

/// Whether every word of `query` begins or stands in one of `texts`. The empty query finds everything.
pub fn matches(query: &str, texts: &[&str]) -> bool {
    let (plain, spelled) = (texts.iter().map(|text| fold(text, false)).collect::<Vec<_>>().join(" "), {
        texts.iter().map(|text| fold(text, true)).collect::<Vec<_>>().join(" ")
    });
    let query: String = query.chars().take(QUERY_CHARS).collect();
    fold(&query, false).split_whitespace().all(|word| plain.contains(word) || spelled.contains(word))
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

    const TEXTS: [&str; 3] = ["Technische Universität Groß-Möhringen", "Möhringen", "TU GM, TUGM"];

    #[test]
    fn a_university_is_found_however_it_is_typed() {
        for query in
            ["", " ", "uni", "moehringen", "MÖHRINGEN", "mohringen tech", "gross", "groß möhr", "tugm", "tu-gm"]
        {
            assert!(matches(query, &TEXTS), "{query:?}");
        }
    }

    #[test]
    fn another_university_is_not() {
        for query in ["bremen", "universität bremen", "<script>", "tugmx"] {
            assert!(!matches(query, &TEXTS), "{query:?}");
        }
    }

    #[test]
    fn an_endless_query_is_cut() {
        assert!(matches(&("uni ".repeat(25) + "bremen"), &TEXTS));
    }
}
