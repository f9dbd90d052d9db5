//! Family names are compared as a whole.

use super::{
    fold::words,
    joined::{agree as joined_agree, joined},
    titles,
};

/// Particles of nobility and origin, of the languages in which they are often left out.
const PARTICLES: [&str; 48] = [
    "a", "af", "al", "am", "an", "auf", "aus", "av", "da", "das", "de", "degli", "dei", "del", "dela", "della", "dem",
    "den", "der", "des", "di", "do", "dos", "du", "e", "el", "im", "in", "l", "la", "las", "le", "les", "lo", "los",
    "t", "te", "ten", "ter", "und", "v", "van", "vom", "von", "y", "zu", "zum", "zur",
];
/// Titles of nobility: part of a German name, and left out as easily, but only before a particle (Steffi Graf keeps
/// hers).
const RANKS: [&str; 20] = [
    "baron",
    "baronesse",
    "baronin",
    "edle",
    "edler",
    "freifrau",
    "freiherr",
    "freiin",
    "frhr",
    "furst",
    "fuerst",
    "furstin",
    "fuerstin",
    "graf",
    "grafin",
    "graefin",
    "prinz",
    "prinzessin",
    "ritter",
    "herzog",
];

/// Whether two family names are the same: with all their words, or without particles on both sides.
///
/// Words are joined, so that double names may have a hyphen, a space or nothing between them, and both
/// `de la Croix`/`Delacroix` and `Goethe, von`/`von Goethe` agree.
pub(super) fn agree(one: &str, other: &str) -> bool {
    let (one, other) = (words(one), words(other));
    let (one, other) = (titles::without(&one), titles::without(&other));
    joined_agree(&joined(one), &joined(other))
        | joined_agree(&joined(&without_particles(one)), &joined(&without_particles(other)))
}

/// A name that is nothing but particles (Le, An, Du are names too) stays as it is.
fn without_particles(words: &[String]) -> Vec<String> {
    let is_particle = |word: &String| PARTICLES.contains(&word.as_str());
    let left: Vec<String> = words
        .iter()
        .enumerate()
        .filter(|(i, word)| {
            let is_rank = RANKS.contains(&word.as_str()) && words.get(i + 1).is_some_and(is_particle);
            !is_particle(word) && !is_rank
        })
        .map(|(_, word)| word.clone())
        .collect();
    if left.is_empty() { words.to_vec() } else { left }
}
