//! The name that somebody logs in with.

use serde::{Deserialize, Serialize};

use crate::base::limits;

/// 8 to 64 of `a-z`, `0-9` and `. _ @ + -`; capital letters are read as small ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LoginName(String);

impl LoginName {
    /// Reads what somebody typed.
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.trim().to_ascii_lowercase();
        let well_formed = limits::LOGIN_NAME_CHARS.contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._@+-".contains(&byte));
        well_formed.then_some(Self(name))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for LoginName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for LoginName {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| "a login name has 8 to 64 of a-z, 0-9 and . _ @ + -".to_owned())
    }
}

impl std::str::FromStr for LoginName {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        text.to_owned().try_into()
    }
}

impl From<LoginName> for String {
    fn from(name: LoginName) -> String {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_name_has_eight_plain_characters_and_no_case() {
        assert_eq!(LoginName::parse(" Ada.Lovelace@Uni.Example ").unwrap().as_str(), "ada.lovelace@uni.example");
        for bad in ["", "ada.l", "ada lovelace", "ada-lövelace", "<script>alert", &"a".repeat(65)] {
            assert_eq!(LoginName::parse(bad), None, "{bad}");
        }
    }
}
