//! Words joined into one string in which the spellings of an umlaut are the same.

/// The words joined without a gap, in two ways: with umlauts unified within each word, and across the words. Two names
/// are the same if they agree in either: the first is right for `Costa-Oelze` (no `ao` there), the second for
/// `Rosa Engel` written as `Rosaengel`.
pub(super) fn joined(words: &[String]) -> [String; 2] {
    [words.iter().map(|word| unified(word)).collect(), unified(&words.concat())]
}

/// Whether two joined names agree; empty ones never do.
pub(super) fn agree(one: &[String; 2], other: &[String; 2]) -> bool {
    let same = |i: usize| !one[i].is_empty() && one[i] == other[i];
    same(0) | same(1)
}

/// Writes `ae`, `oe`, `ue` as `a`, `o`, `u`, which ä, ö and ü have become before, and `aa` (å) as `a`. Not after a
/// vowel or `q`, where they are no umlaut: Bauer stays apart from Baur, Neuer is Neuer.
fn unified(word: &str) -> String {
    let mut unified = String::with_capacity(word.len());
    // The letter before the one before would be enough; a name is short.
    let mut umlaut_possible = false;
    let mut previous = None;
    for c in word.chars() {
        match c {
            'e' if umlaut_possible => continue, // also the second in Rueegg, which is Rüegg and Ruegg
            'a' if previous == Some('a') => continue,
            'a' | 'o' | 'u' => umlaut_possible = !matches!(previous, Some('a' | 'e' | 'i' | 'o' | 'u' | 'q')),
            _ => umlaut_possible = false,
        }
        unified.push(c);
        previous = Some(c);
    }
    unified
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_umlaut_is_the_same_in_all_its_spellings() {
        for (word, expected) in [
            ("mueller", "muller"),
            ("goethe", "gothe"),
            ("baer", "bar"),
            ("ueberle", "uberle"),
            ("rueegg", "rugg"),
            ("ruegg", "rugg"),
            ("kierkegaard", "kierkegard"),
            ("schaeuble", "schauble"),
            ("baeuerle", "bauerle"),
        ] {
            assert_eq!(unified(word), expected);
        }
    }

    #[test]
    fn what_is_no_umlaut_stays() {
        for word in ["bauer", "neuer", "maier", "quentin", "leo", "heuer"] {
            assert_eq!(unified(word), word);
        }
    }
}
