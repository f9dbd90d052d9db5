//! Given names may be fewer on one side, but the first must agree.

use super::{
    fold::words,
    joined::{agree as joined_agree, joined},
    titles,
};

/// Particles that exports leave behind the given names: `Johann Wolfgang von`.
const TRAILING: [&str; 9] = ["de", "der", "van", "vom", "von", "zu", "zum", "zur", "v"];

/// Whether two lists of given names can be one person's.
///
/// They can if one is how the other begins, or if they begin with the same name and every name of the shorter is among
/// those of the longer. The first must agree because it is what tells siblings apart: in many families all brothers
/// share a further name, and borrowing a brother's number is the fraud that a name can stop. So a student who goes by
/// a later name has to type the first one as well.
///
/// "How it begins" compares joined names: Hans-Peter, Hans Peter and Hanspeter are the same.
pub(super) fn agree(one: &str, other: &str) -> bool {
    let (one, other) = (words(one), words(other));
    let (one, other) = (own(&one), own(&other));
    begins(one, other) | begins(other, one) | same_first_and_among(one, other) | same_first_and_among(other, one)
}

fn own(words: &[String]) -> &[String] {
    let mut names = titles::without(words);
    while let [first @ .., last] = names
        && !first.is_empty()
        && TRAILING.contains(&last.as_str())
    {
        names = first;
    }
    names
}

/// Whether all of `short` is what some first names of `long` are.
fn begins(short: &[String], long: &[String]) -> bool {
    let whole = joined(short);
    (1..=long.len()).filter(|&count| joined_agree(&whole, &joined(&long[..count]))).count() > 0
}

fn same_first_and_among(short: &[String], long: &[String]) -> bool {
    let each = |names: &[String]| names.iter().map(|name| joined(std::slice::from_ref(name))).collect::<Vec<_>>();
    let (short, long) = (each(short), each(long));
    let (Some(first), Some(other_first)) = (short.first(), long.first()) else { return false };
    joined_agree(first, other_first)
        & short.iter().all(|name| long.iter().any(|candidate| joined_agree(name, candidate)))
}
