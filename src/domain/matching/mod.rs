//! Whether what a student typed is the person in the university's list.
//!
//! The list is searched by matriculation number, so a name only confirms what the number already says. The rules are
//! therefore generous with *spelling* (a student must not be refused because an export lost its umlauts) and strict
//! with *letters that are spoken* (Schmidt is not Schmitt). They are written for universities in `docs/rosters.md`,
//! whose table of examples is one of the tests here.
//!
//! | File | Rule |
//! |---|---|
//! | `fold` | a text becomes words of plain letters: case, accents, apostrophes, hyphens, width |
//! | `joined` | words become one string in which ä, ae and a are the same |
//! | `titles` | academic titles are left out |
//! | `family_name` | compared as a whole, particles of nobility optional |
//! | `given_names` | the first must agree, further ones may be missing on either side |
//!
//! A name without any letter matches nobody, not even itself.

mod family_name;
mod fold;
mod given_names;
mod joined;
#[cfg(test)]
mod tests;
mod titles;

use super::person::{StudentRecord, TypedClaim};

/// What a university demands beyond number and names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatchRule {
    /// Both sides must have a birth date. Otherwise it is compared only where both have one.
    pub require_birth_date: bool,
}

/// Whether `typed` is the person of `record`. Every field is evaluated whatever the others say, so that the time this
/// takes does not tell which one was wrong.
pub fn matches(record: &StudentRecord, typed: &TypedClaim, rule: &MatchRule) -> bool {
    let number = record.matriculation_number == typed.matriculation_number;
    let given = given_names::agree(record.given_names.as_str(), typed.given_names.as_str());
    let family = family_name::agree(record.family_name.as_str(), typed.family_name.as_str());
    let born = match (record.birth_date, typed.birth_date) {
        (Some(recorded), Some(typed)) => recorded == typed,
        _ => !rule.require_birth_date,
    };
    number & given & family & born
}
