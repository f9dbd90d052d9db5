//! Hands each section its values, collects what is wrong with them, and at the end names what nobody asked for.

use std::{borrow::Cow, num::NonZeroU32, ops::RangeInclusive, time::Duration};

use super::{
    fault::Fault,
    source::{Given, Source, Value, variable_of},
};

/// Suggestions are made up to this edit distance (Damerau–Levenshtein).
const NEAR: usize = 4;

pub(super) struct Reader {
    source: Source,
    known_sections: Vec<&'static str>,
    known: Vec<String>,
    known_variables: Vec<&'static str>,
    faults: Vec<Fault>,
}

/// One section while it reads itself. A key with a fault gets its default, so that reading goes on.
pub(super) struct Section<'a> {
    name: Cow<'static, str>,
    reader: &'a mut Reader,
}

impl Reader {
    pub(super) fn new(mut source: Source) -> Self {
        let faults = std::mem::take(&mut source.faults);
        Self { source, known_sections: Vec::new(), known: Vec::new(), known_variables: Vec::new(), faults }
    }

    pub(super) fn section(&mut self, name: &'static str) -> Section<'_> {
        self.known_sections.push(name);
        Section { name: Cow::Borrowed(name), reader: self }
    }

    /// The keys asked for so far, as `section.key`.
    #[cfg(test)]
    pub(super) fn known(&self) -> &[String] {
        &self.known
    }

    /// All faults, including whatever nobody asked for.
    pub(super) fn finish(mut self) -> Vec<Fault> {
        for given in &self.source.sections {
            if !self.known_sections.contains(&given.name.as_str()) {
                let near = nearest(&given.name, self.known_sections.iter().copied());
                let message = format!("there is no section [{}]{}", given.name, suggestion(near.as_deref()));
                self.faults.push(Fault { place: given.place.clone(), message });
            }
        }
        for given in self.source.values.values() {
            let section = given.name.split('.').next().unwrap_or_default();
            let is_variable = matches!(given.value, Value::Variable(_));
            if is_variable {
                let variables = self.known.iter().map(|name| variable_of(name));
                let near = nearest(&given.place, variables);
                let message = format!("there is no such setting{}", suggestion(near.as_deref()));
                self.faults.push(Fault { place: given.place.clone(), message });
            } else if self.known_sections.contains(&section) {
                let near = nearest(&given.name, self.known.iter().map(String::as_str));
                let message = format!("there is no key `{}`{}", given.name, suggestion(near.as_deref()));
                self.faults.push(Fault { place: given.place.clone(), message });
            }
        }
        for variable in self.source.variables.keys() {
            let settings = self.known.iter().map(|name| variable_of(name));
            let near = nearest(variable, self.known_variables.iter().map(ToString::to_string).chain(settings));
            let message = format!("there is no such setting{}", suggestion(near.as_deref()));
            self.faults.push(Fault { place: variable.clone(), message });
        }
        self.faults
    }

    fn fault(&mut self, place: String, message: String) {
        self.faults.push(Fault { place, message });
    }
}

impl Section<'_> {
    /// A text that `parse` turns into something that cannot be wrong. Its error completes "`section.key` …" and must not
    /// repeat a secret.
    #[expect(
        clippy::expect_used,
        reason = "defaults are constants; every test that loads a configuration parses them all"
    )]
    pub(super) fn parsed<T>(&mut self, key: &str, default: &str, parse: impl Fn(&str) -> Result<T, String>) -> T {
        self.optional(key, &parse).unwrap_or_else(|| parse(default).expect("the default is right"))
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&mut self, key: &str, default: &str, choices: &[(&str, T)]) -> T {
        self.parsed(key, default, |text| {
            let words: Vec<_> = choices.iter().map(|(word, _)| format!("`{word}`")).collect();
            let found = choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice);
            found.ok_or_else(|| format!("must be {}, not `{}`", words.join(" or "), shortened(text)))
        })
    }

    /// A whole number in this range.
    pub(super) fn number(&mut self, key: &str, default: u64, range: RangeInclusive<u64>) -> u64 {
        let Some(given) = self.take(key) else { return default };
        let number = match &given.value {
            Value::Integer(number) => number.and_then(|number| u64::try_from(number).ok()),
            Value::Variable(text) => text.trim().parse().ok(),
            other => {
                self.wrong(&given, &format!("must be a whole number, not {}", other.kind()));
                return default;
            }
        };
        number.filter(|number| range.contains(number)).unwrap_or_else(|| {
            self.wrong(&given, &format!("must be a whole number from {} to {}", range.start(), range.end()));
            default
        })
    }

    /// A number of things, at least one.
    pub(super) fn count(&mut self, key: &str, default: u32, most: u32) -> NonZeroU32 {
        let number = self.number(key, u64::from(default), 1..=u64::from(most));
        u32::try_from(number).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN)
    }

    /// A number of seconds; the key's name has to say so.
    pub(super) fn seconds(&mut self, key: &str, default: u64, range: RangeInclusive<u64>) -> Duration {
        debug_assert!(key.ends_with("_seconds"), "units stand in names");
        Duration::from_secs(self.number(key, default, range))
    }

    /// A list of texts, empty by default; in the environment separated by commas.
    pub(super) fn list<T>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        let Some(given) = self.take(key) else { return Vec::new() };
        let texts: Vec<&str> = match &given.value {
            Value::Variable(text) => text.split(',').map(str::trim).filter(|text| !text.is_empty()).collect(),
            Value::List(items) if items.iter().all(|item| matches!(item, Value::Text(_))) => items
                .iter()
                .filter_map(|item| if let Value::Text(text) = item { Some(text.as_str()) } else { None })
                .collect(),
            Value::List(_) => {
                self.wrong(&given, "must be a list of texts only");
                return Vec::new();
            }
            other => {
                self.wrong(&given, &format!("must be a list of texts, not {}", other.kind()));
                return Vec::new();
            }
        };
        let parsed = texts.into_iter().map(parse);
        parsed.filter_map(|item| item.map_err(|message| self.wrong(&given, &message)).ok()).collect()
    }

    /// A list of tables, `[[section.key]]`, empty by default; `read` is given each as a section of its own. There is no
    /// way to write them in the environment.
    pub(super) fn tables<T>(&mut self, key: &str, mut read: impl FnMut(&mut Section<'_>) -> T) -> Vec<T> {
        let Some(given) = self.take(key) else { return Vec::new() };
        let count = match &given.value {
            Value::Tables(count) => *count,
            Value::List(items) if items.is_empty() => 0,
            Value::Variable(_) => {
                self.wrong(&given, "can only be set in the file");
                0
            }
            other => {
                self.wrong(&given, &format!("must be tables like [[{}]], not {}", given.name, other.kind()));
                0
            }
        };
        (0..count)
            .map(|index| read(&mut Section { name: format!("{}[{index}]", given.name).into(), reader: self.reader }))
            .collect()
    }

    /// A text that has no default; one that is missing is a fault.
    pub(super) fn required<T>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let given = self.take(key);
        if given.is_none() {
            let name = format!("{}.{key}", self.name);
            self.reader.fault(self.name.to_string(), format!("`{name}` is missing"));
        }
        self.parse_given(&given?, parse)
    }

    /// A text that need not be there.
    pub(super) fn optional<T>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let given = self.take(key)?;
        self.parse_given(&given, parse)
    }

    /// What is wrong with a section as a whole.
    pub(super) fn fault(&mut self, message: &str) {
        self.reader.fault(self.name.to_string(), message.to_owned());
    }

    fn parse_given<T>(&mut self, given: &Given, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        match &given.value {
            Value::Text(text) | Value::Variable(text) => {
                parse(text).map_err(|message| self.wrong(given, &message)).ok()
            }
            other => {
                self.wrong(given, &format!("must be text, not {}", other.kind()));
                None
            }
        }
    }

    /// A variable that is no `section.key`, such as a secret that has no place in a file.
    pub(super) fn variable<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(String) -> Result<T, String>,
    ) -> Option<T> {
        self.reader.known_variables.push(name);
        let value = self.reader.source.variables.remove(name)?;
        parse(value).map_err(|message| self.reader.fault(name.to_owned(), message)).ok()
    }

    fn take(&mut self, key: &str) -> Option<Given> {
        let name = format!("{}.{key}", self.name);
        let given = self.reader.source.values.remove(&name);
        self.reader.known.push(name);
        given
    }

    fn wrong(&mut self, given: &Given, message: &str) {
        self.reader.fault(given.place.clone(), format!("`{}` {message}", given.name));
    }
}

/// At most forty characters of what was written, for a message.
pub(super) fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(40).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    if text.chars().nth(40).is_some() {
        short.push('…');
    }
    short
}

fn nearest<S: AsRef<str>>(wrong: &str, right: impl Iterator<Item = S>) -> Option<String> {
    if wrong.len() > 200 {
        return None;
    }
    let scored = right.map(|name| (strsim::damerau_levenshtein(wrong, name.as_ref()), name));
    let (distance, name) = scored.min_by_key(|(distance, _)| *distance)?;
    (distance <= NEAR).then(|| name.as_ref().to_owned())
}

fn suggestion(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}
