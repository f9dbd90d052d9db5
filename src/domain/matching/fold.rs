//! A text as words of plain lower-case letters.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Splits a name into words. Apostrophes and invisible characters vanish (D'Angelo is one word), everything else that
/// is neither letter nor digit separates. Latin letters lose accents and strokes; letters of other scripts are
/// compatibility-normalised and in lower case (NFKC, case-folded) but keep their marks, which are letters there.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut folder = Folder::default();
    // Before decomposition, which turns the acute accent into a space with a mark.
    for c in name.chars().filter(|c| !is_silent(*c)).nfkd() {
        for c in c.to_lowercase() {
            folder.take(c);
        }
    }
    folder.end_word();
    folder.words
}

#[derive(Default)]
struct Folder {
    words: Vec<String>,
    word: String,
    base_is_latin: bool,
}

impl Folder {
    fn take(&mut self, c: char) {
        if is_combining_mark(c) {
            // A word does not begin with a mark.
            if c == '\u{345}' {
                self.word.push('ι'); // as Unicode's case folding has it: capitals write it as a letter
            } else if !self.base_is_latin && !self.word.is_empty() {
                self.word.push(c);
            }
        } else if let Some(plain) = plain(c) {
            self.base_is_latin = true;
            self.word.push_str(plain);
        } else if c.is_alphanumeric() {
            self.base_is_latin = c.is_ascii();
            self.word.push(c);
        } else {
            self.end_word();
        }
    }

    fn end_word(&mut self) {
        self.base_is_latin = false;
        if !self.word.is_empty() {
            self.words.push(self.word.nfkc().collect());
            self.word.clear();
        }
    }
}

/// Letters that no decomposition makes plain (values mostly as in ICAO 9303-3 §6).
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'ø' => "o",
        'æ' => "ae",
        'œ' => "oe",
        'ł' | 'ƚ' => "l",
        'đ' | 'ð' | 'ɖ' | 'ɗ' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ŋ' => "n",
        'þ' => "th",
        'ŧ' => "t",
        'ə' | 'ǝ' => "e",
        'ƀ' | 'ɓ' => "b",
        'ƙ' => "k",
        'ƴ' => "y",
        'ς' => "σ",
        _ => return None,
    })
}

/// Apostrophes in all their disguises, and characters without width.
fn is_silent(c: char) -> bool {
    matches!(
        c,
        '\'' | '`'
            | '\u{b4}'
            | '\u{2b9}'..='\u{2bf}'
            | '\u{2c8}'
            | '\u{2ca}'
            | '\u{2cb}'
            | '\u{384}'
            | '\u{1fbd}'
            | '\u{1fbf}'
            | '\u{1ffd}'
            | '\u{1ffe}'
            | '\u{2018}'..='\u{201b}'
            | '\u{2032}'
            | '\u{2035}'
            | '\u{a78b}'
            | '\u{a78c}'
            | '\u{ff07}'
            | '\u{ff40}'
            | '\u{ad}'
            | '\u{200b}'..='\u{200d}'
            | '\u{2060}'
            | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_plain_letters() {
        for (name, expected) in [
            ("Müller", &["muller"][..]),
            ("MÜLLER-Lüdenscheidt", &["muller", "ludenscheidt"]),
            ("O’Brien", &["obrien"]),
            ("O\u{b4}Brien", &["obrien"]),
            ("Ｄ'Ａｎｇｅｌｏ", &["dangelo"]),
            ("Dr.Groß", &["dr", "gross"]),
            ("GROẞ", &["gross"]),
            ("Łódź Þór Đặng Işık Ağaoğlu", &["lodz", "thor", "dang", "isik", "agaoglu"]),
            ("İpek", &["ipek"]),
            ("Søren Ångström Bjørnæs", &["soren", "angstrom", "bjornaes"]),
            ("Ma\u{ad}ria", &["maria"]),
            ("Γιώργος", &["γιώργοσ"]),
            ("Йосип", &["йосип"]),
            ("प्रिया", &["प्रिया"]),
            ("\u{301}a", &["a"]),
            ("—…'", &[]),
        ] {
            assert_eq!(words(name), expected, "{name}");
        }
    }
}
