//! Which scopes (`…@uni.example`) an identity provider may speak for: `shibmd:Scope` in its metadata.

use regex::{Regex, RegexBuilder};

use crate::base::limits;

/// A scope from metadata.
#[derive(Clone, Debug)]
pub enum Scope {
    /// Exactly this domain, in lower case.
    Literal(String),
    /// Whatever matches as a whole.
    Pattern(Regex),
}

impl Scope {
    /// A `shibmd:Scope`; `None` if it is empty, or a pattern that is broken or too large.
    pub fn parse(text: &str, is_pattern: bool) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > limits::XML_NAME_BYTES {
            return None;
        }
        if !is_pattern {
            return Some(Self::Literal(text.to_lowercase()));
        }
        // It must stand by itself first, or `a)|(b` would break out of the anchors.
        let build = |pattern: &str| {
            RegexBuilder::new(pattern)
                .size_limit(limits::SAML_SCOPE_PATTERN_BYTES)
                .dfa_size_limit(limits::SAML_SCOPE_PATTERN_BYTES)
                .nest_limit(20)
                .build()
                .ok()
        };
        build(text)?;
        build(&format!(r"\A(?:{text})\z")).map(Self::Pattern)
    }

    /// Whether the provider may say `…@scope`. Without regard to case (domains have none).
    pub fn allows(&self, scope: &str) -> bool {
        let lower = scope.to_lowercase();
        match self {
            Self::Literal(own) => *own == lower,
            Self::Pattern(pattern) => pattern.is_match(&lower) || pattern.is_match(scope),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_scope_is_the_whole_domain_without_regard_to_case() {
        let scope = Scope::parse(" Uni.Example ", false).unwrap();
        assert!(scope.allows("uni.example") && scope.allows("UNI.EXAMPLE"));
        assert!(!scope.allows("evil-uni.example") && !scope.allows("uni.example.evil") && !scope.allows(""));
        assert!(!Scope::parse("uni.example", false).unwrap().allows("uniXexample"));
    }

    #[test]
    fn a_pattern_is_anchored_whether_or_not_it_says_so() {
        for pattern in [r"^([a-z]+\.)?uni\.example$", r"([a-z]+\.)?uni\.example"] {
            let scope = Scope::parse(pattern, true).unwrap();
            assert!(scope.allows("uni.example") && scope.allows("Physik.uni.example"), "{pattern}");
            for bad in ["uni.example.evil", "x.y.uni.example", "uni.example\n", "\nuni.example", "a@uni.example"] {
                assert!(!scope.allows(bad), "{pattern} {bad:?}");
            }
        }
        let alternatives = Scope::parse("a\\.example|b\\.example", true).unwrap();
        assert!(alternatives.allows("a.example") && !alternatives.allows("a.example.evil"));
    }

    #[test]
    fn a_pattern_that_breaks_out_of_its_anchors_or_explodes_is_refused() {
        for bad in ["a)|(b", "(", "(?x)a # ", "((a{1000}){1000}){1000}", "", "  "] {
            assert!(Scope::parse(bad, true).is_none(), "{bad}");
        }
    }
}
