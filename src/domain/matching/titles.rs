//! Academic titles, which universities' exports put into any field.

/// Words that are titles wherever a name begins or ends with them.
const TITLES: [&str; 9] = ["dr", "drs", "prof", "professor", "professorin", "doktor", "dipl", "univ", "priv"];
/// Words that belong to a title when they follow one: `Dr. rer. nat.`, `Dipl.-Ing. (FH)`, `Dr. h. c.`
const FURTHER: [&str; 24] = [
    "agr", "dent", "doz", "fh", "habil", "hc", "h", "c", "ing", "inf", "jur", "kfm", "math", "med", "mult", "nat",
    "oec", "phil", "phys", "pol", "psych", "rer", "theol", "vet",
];

/// The words without titles at the beginning and the end. A name that is nothing but titles stays as it is.
pub(super) fn without(words: &[String]) -> &[String] {
    let is_title = |word: &String| TITLES.contains(&word.as_str());
    let belongs = |word: &String| is_title(word) || FURTHER.contains(&word.as_str());
    let mut rest = words;
    if rest.first().is_some_and(is_title) {
        let end = rest.iter().position(|word| !belongs(word)).unwrap_or(rest.len());
        rest = &rest[end..];
    }
    if let Some(begin) = rest.iter().skip(1).position(is_title)
        && rest[begin + 1..].iter().all(belongs)
    {
        rest = &rest[..=begin];
    }
    if rest.is_empty() { words } else { rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_go_and_names_stay() {
        for (name, expected) in [
            ("dr med anna", "anna"),
            ("prof dr dr h c mult karl", "karl"),
            ("dipl ing fh eva maria", "eva maria"),
            ("weber dr", "weber"),
            ("weber prof dr med", "weber"),
            ("ing wen", "ing wen"),
            ("anna c", "anna c"),
            ("dr", "dr"),
            ("dr med", "dr med"),
            ("anna dr maria", "anna dr maria"),
            ("", ""),
        ] {
            let words: Vec<String> = name.split_whitespace().map(str::to_owned).collect();
            assert_eq!(without(&words).join(" "), expected, "{name}");
        }
    }
}
