//! What a password has to be: long enough, not known, not guessed from who somebody is. Whole sentences are welcome.

use zxcvbn::{Score, zxcvbn};

use crate::base::limits;

/// What is asked of one person's password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    /// Whether it is one of two factors.
    pub with_second_factor: bool,
    /// Whether the tenant wants four kinds of characters.
    pub composition: bool,
}

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordFault {
    /// Fewer characters than this.
    TooShort(usize),
    /// More than [`limits::PASSWORD_CHARS`].
    TooLong,
    /// Made of the person's or the tenant's names.
    Personal,
    /// Guessed too soon.
    Weak,
    /// A kind of character is missing that the tenant wants.
    Composition,
}

impl PasswordRules {
    /// The fewest characters.
    pub const fn least(self) -> usize {
        if self.with_second_factor { limits::PASSWORD_LEAST_WITH_FACTOR } else { limits::PASSWORD_LEAST_ALONE }
    }

    /// Checks a password for somebody who has, and whose tenant has, these names.
    pub fn check(self, password: &str, names: &[&str]) -> Result<(), PasswordFault> {
        let length = password.chars().count();
        if length < self.least() {
            return Err(PasswordFault::TooShort(self.least()));
        }
        if length > limits::PASSWORD_CHARS {
            return Err(PasswordFault::TooLong);
        }
        if self.composition && !is_composed(password) {
            return Err(PasswordFault::Composition);
        }
        let words = words(names);
        if is_made_of(password, &words) {
            return Err(PasswordFault::Personal);
        }
        let inputs: Vec<&str> = words.iter().map(String::as_str).collect();
        let enough = if self.with_second_factor { Score::Two } else { Score::Three };
        if zxcvbn(password, &inputs).score() < enough { Err(PasswordFault::Weak) } else { Ok(()) }
    }
}

/// The words of these names that are long enough to matter, in small letters.
fn words(names: &[&str]) -> Vec<String> {
    let split = names.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
    let mut words: Vec<String> = split.filter(|word| word.chars().count() >= 4).map(str::to_lowercase).collect();
    words.push("pedell".to_owned());
    words
}

/// Whether what is left beside such words is shorter than the shortest password: `Lindenstadt2026!` is its own name.
fn is_made_of(password: &str, words: &[String]) -> bool {
    let lower = password.to_lowercase();
    let mut rest = lower.clone();
    for word in words {
        rest = rest.replace(word.as_str(), "");
    }
    rest.len() < lower.len() && rest.chars().count() < limits::PASSWORD_LEAST_WITH_FACTOR
}

fn is_composed(password: &str) -> bool {
    password.chars().any(char::is_lowercase)
        && password.chars().any(char::is_uppercase)
        && password.chars().any(char::is_numeric)
        && password.chars().any(|c| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: PasswordRules = PasswordRules { with_second_factor: true, composition: false };
    const ALONE: PasswordRules = PasswordRules { with_second_factor: false, composition: false };
    const NAMES: &[&str] = &["Ada Lovelace", "ada.lovelace@uni.example", "Universität Lindenstadt"];

    #[test]
    fn a_sentence_is_welcome_and_eight_random_characters_are_enough_beside_a_second_factor() {
        assert_eq!(ALONE.check("Elke dag sta ik als 1ste bij de bakker", NAMES), Ok(()));
        assert_eq!(TWO.check("vK7#qx2P", NAMES), Ok(()));
        assert_eq!(ALONE.check("vK7#qx2P", NAMES), Err(PasswordFault::TooShort(15)));
        assert_eq!(TWO.check("vK7#qx2", NAMES), Err(PasswordFault::TooShort(8)));
        assert_eq!(ALONE.check(&"ä f9".repeat(33), NAMES), Err(PasswordFault::TooLong));
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for common in ["password1", "Passw0rd!", "qwertzuiop", "12345678", "iloveyou1"] {
            assert_eq!(TWO.check(common, NAMES), Err(PasswordFault::Weak), "{common}");
        }
        assert_eq!(ALONE.check("aaaaaaaaaaaaaaaaaaaa", NAMES), Err(PasswordFault::Weak));
        for personal in ["Lindenstadt2026!", "AdaLovelace!1", "lovelace.uni", "Pedell2026!"] {
            assert_eq!(TWO.check(personal, NAMES), Err(PasswordFault::Personal), "{personal}");
        }
    }

    #[test]
    fn composition_is_asked_only_where_the_tenant_wants_it() {
        let composed = PasswordRules { composition: true, ..TWO };
        assert_eq!(composed.check("quiet-otter-hums-9", NAMES), Err(PasswordFault::Composition));
        assert_eq!(composed.check("Quiet-otter-hums-9", NAMES), Ok(()));
        assert_eq!(TWO.check("quiet-otter-hums-9", NAMES), Ok(()));
    }
}
