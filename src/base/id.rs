//! Identifiers: ULIDs as text, one type per thing so that they cannot be mixed up.

use ulid::Ulid;

use super::{Clock, Random};

/// A fresh ULID (sortable by time of creation), 26 characters of Crockford's base 32.
pub fn fresh(clock: &Clock, random: &Random) -> String {
    let millis = u64::try_from(clock.now().as_millis()).unwrap_or(0);
    let entropy = u128::from_be_bytes(random.bytes::<16>()) >> 48;
    Ulid::from_parts(millis, entropy).to_string()
}

/// Declares a typed identifier over a ULID's text.
#[macro_export]
macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// A new one.
            pub fn fresh(clock: &$crate::base::Clock, random: &$crate::base::Random) -> Self {
                Self($crate::base::id::fresh(clock, random))
            }

            /// Parses what [`Self::as_str`] gave; anything that is not a ULID is refused.
            pub fn parse(text: &str) -> Option<Self> {
                let upper = text.to_ascii_uppercase();
                ulid::Ulid::from_string(&upper).ok().map(|id| Self(id.to_string()))
            }

            /// The 26 characters.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                Self::parse(&text).ok_or_else(|| format!("{text:?} is not an identifier"))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

#[cfg(test)]
mod tests {
    typed_id!(
        /// A thing.
        ThingId
    );

    #[test]
    fn an_identifier_survives_its_text_and_nothing_else_parses() {
        let id = ThingId::fresh(&crate::base::Clock::default(), &crate::base::Random::seeded(1));
        assert_eq!(ThingId::parse(id.as_str()), Some(id.clone()));
        assert_eq!(ThingId::parse(&id.as_str().to_ascii_lowercase()), Some(id));
        for bad in ["", "x", "../../etc/passwd", "01ARZ3NDEKTSV4RRFFQ69G5FAVX", "01ARZ3NDEKTSV4RRFFQ69G5FA'"] {
            assert_eq!(ThingId::parse(bad), None, "{bad}");
        }
    }
}
