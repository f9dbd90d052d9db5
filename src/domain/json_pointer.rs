//! Where in a JSON document a value stands: JSON Pointer (RFC 6901), and `*` for every element of a list.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::base::limits::{CLAIM_VALUES, JSON_POINTER_BYTES, JSON_POINTER_STEPS};

/// A place in a document, such as `/given_name` or `/studies/*/semester`.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JsonPointer {
    text: String,
    steps: Vec<String>,
}

/// Why a text is no pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PointerError {
    /// It has to begin with a slash; the whole document is no value.
    #[error("a JSON pointer begins with / and names at least one member, such as /given_name")]
    Start,
    /// Larger than any that is meant.
    #[error("a JSON pointer has at most {JSON_POINTER_BYTES} bytes and {JSON_POINTER_STEPS} steps")]
    TooLong,
    /// `~` is written `~0`, and `/` within a name `~1`.
    #[error("in a JSON pointer ~ stands only in ~0 (for ~) and ~1 (for /)")]
    Escape,
}

impl JsonPointer {
    /// Reads RFC 6901 §3.
    pub fn parse(text: &str) -> Result<Self, PointerError> {
        let steps = text.strip_prefix('/').filter(|rest| !rest.is_empty()).ok_or(PointerError::Start)?;
        let steps: Vec<&str> = steps.split('/').collect();
        if text.len() > JSON_POINTER_BYTES || steps.len() > JSON_POINTER_STEPS {
            return Err(PointerError::TooLong);
        }
        let steps = steps.into_iter().map(unescaped).collect::<Option<_>>().ok_or(PointerError::Escape)?;
        Ok(Self { text: text.to_owned(), steps })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The member of the document in which it lies.
    pub fn first_step(&self) -> &str {
        self.steps.first().map_or("", String::as_str)
    }

    /// What stands there: nothing, one value, or one for each `*`. A list at the end counts as its elements. At most
    /// [`CLAIM_VALUES`].
    pub fn find<'v>(&self, document: &'v Value) -> Vec<&'v Value> {
        let mut here = vec![document];
        for step in &self.steps {
            here = here.into_iter().flat_map(|value| below(value, step)).take(CLAIM_VALUES).collect();
        }
        let elements = here.into_iter().flat_map(|value| match value {
            Value::Array(elements) => elements.iter().collect(),
            Value::Null => Vec::new(),
            other => vec![other],
        });
        elements.take(CLAIM_VALUES).collect()
    }

    /// The same as texts, without white space around them. Truth values and whole numbers are written as JSON writes
    /// them; objects, fractions and lists of lists say nothing.
    pub fn texts(&self, document: &Value) -> Vec<String> {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Bool(_) => Some(value.to_string()),
            // What is no whole number of 64 bits has lost digits: two students could become one.
            Value::Number(number) if number.is_i64() || number.is_u64() => Some(value.to_string()),
            _ => None,
        };
        self.find(document).into_iter().filter_map(text).filter(|text| !text.is_empty()).collect()
    }
}

fn below<'v>(value: &'v Value, step: &str) -> Vec<&'v Value> {
    match value {
        Value::Object(members) => members.get(step).into_iter().collect(),
        Value::Array(elements) if step == "*" => elements.iter().collect(),
        // RFC 6901 §4: no leading zeros.
        Value::Array(elements) if step == "0" || !step.starts_with('0') => {
            let is_index = step.bytes().all(|byte| byte.is_ascii_digit());
            let index = step.parse::<usize>().ok().filter(|_| is_index);
            index.and_then(|index| elements.get(index)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn unescaped(step: &str) -> Option<String> {
    let mut name = String::with_capacity(step.len());
    let mut rest = step.chars();
    while let Some(character) = rest.next() {
        name.push(match character {
            '~' => match rest.next() {
                Some('0') => '~',
                Some('1') => '/',
                _ => return None,
            },
            other => other,
        });
    }
    Some(name)
}

impl fmt::Debug for JsonPointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for JsonPointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for JsonPointer {
    type Error = PointerError;
    fn try_from(text: String) -> Result<Self, PointerError> {
        Self::parse(&text)
    }
}

impl From<JsonPointer> for String {
    fn from(pointer: JsonPointer) -> String {
        pointer.text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn texts(document: &Value, pointer: &str) -> Vec<String> {
        JsonPointer::parse(pointer).unwrap().texts(document)
    }

    #[test]
    fn the_examples_of_rfc_6901_section_5() {
        let document =
            json!({ "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, " ": 7, "m~n": 8 });
        for (pointer, found) in
            [("/foo/0", "bar"), ("/a~1b", "1"), ("/c%d", "2"), ("/e^f", "3"), ("/ ", "7"), ("/m~0n", "8")]
        {
            assert_eq!(texts(&document, pointer), [found], "{pointer}");
        }
        assert_eq!(texts(&document, "/foo"), ["bar", "baz"], "a list is its elements");
        for nothing in ["/foo/2", "/foo/-", "/foo/01", "/foo/+1", "/bar", "/foo/0/x"] {
            assert!(texts(&document, nothing).is_empty(), "{nothing}");
        }
    }

    #[test]
    fn a_star_goes_through_a_list_and_is_a_name_in_an_object() {
        let document =
            json!({ "studies": [{ "semester": "20262" }, { "semester": ["20271", null] }, 3], "*": { "x": true } });
        assert_eq!(texts(&document, "/studies/*/semester"), ["20262", "20271"]);
        assert_eq!(texts(&document, "/*/x"), ["true"]);
    }

    #[test]
    fn what_is_no_text_says_nothing() {
        let document = json!({ "a": { "b": 1 }, "n": null, "e": "  ", "l": [["x"]], "s": " padded ", "f": 1.5 });
        let large: Value = serde_json::from_str(r#"{"id": 123456789012345678901234567890}"#).unwrap();
        assert!(texts(&large, "/id").is_empty());
        for nothing in ["/a", "/n", "/e", "/l", "/f"] {
            assert!(texts(&document, nothing).is_empty(), "{nothing}");
        }
        assert_eq!(texts(&document, "/s"), ["padded"]);
    }

    #[test]
    fn what_is_no_pointer_is_refused() {
        for (text, error) in [
            ("", PointerError::Start),
            ("/", PointerError::Start),
            ("given_name", PointerError::Start),
            ("/a~", PointerError::Escape),
            ("/a~2", PointerError::Escape),
            (&"/a".repeat(JSON_POINTER_STEPS + 1), PointerError::TooLong),
            (&format!("/{}", "a".repeat(JSON_POINTER_BYTES)), PointerError::TooLong),
        ] {
            assert_eq!(JsonPointer::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn values_are_bounded() {
        let many = json!({ "v": vec![vec!["x"; CLAIM_VALUES]; 3] });
        assert_eq!(texts(&many, "/v/*").len(), CLAIM_VALUES);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(/[a~01*]{0,3}){0,4}|\\PC{0,8}") {
            if let Ok(pointer) = JsonPointer::parse(&text) {
                pointer.find(&json!({ "a": [1, { "a": 2 }] }));
                prop_assert_eq!(pointer.as_str(), text);
            }
        }
    }
}
