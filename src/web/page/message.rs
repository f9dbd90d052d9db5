//! The sentences, from Fluent files that are compiled in: one catalog per set of pages, one bundle per language.

use std::borrow::Borrow;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use jiff::civil::Date;
use unic_langid::LanguageIdentifier;

use super::Language;
use crate::base::Timestamp;

/// All sentences of a set of pages, in every language.
pub struct Catalog([FluentBundle<FluentResource>; Language::ALL.len()]);

impl Catalog {
    /// Reads the Fluent source of each language. What cannot be read is left out (and the pages' test fails on it).
    pub fn new(source: impl Fn(Language) -> &'static str) -> Self {
        Self(Language::ALL.map(|language| {
            let tag = LanguageIdentifier::from_bytes(language.code().as_bytes()).unwrap_or_default();
            let mut bundle = FluentBundle::new_concurrent(vec![tag]);
            // Marks that isolate directions would travel with what people copy; names are separated by punctuation.
            bundle.set_use_isolating(false);
            let read = FluentResource::try_new(source(language).to_owned());
            bundle.add_resource_overriding(read.unwrap_or_else(|(partly, _)| partly));
            bundle
        }))
    }

    /// The sentences in one language.
    pub fn text(&'static self, language: Language) -> Text {
        Text { language, bundle: &self.0[language as usize] }
    }
}

/// What a template speaks with.
#[derive(Clone, Copy)]
pub struct Text {
    language: Language,
    bundle: &'static FluentBundle<FluentResource>,
}

impl Text {
    /// The language of the page.
    pub fn language(&self) -> Language {
        self.language
    }

    /// A moment, see [`Language::moment`].
    pub fn moment(&self, moment: impl Borrow<Timestamp>) -> String {
        self.language.moment(*moment.borrow())
    }

    /// A day, see [`Language::date`].
    pub fn date(&self, date: impl Borrow<Date>) -> String {
        self.language.date(*date.borrow())
    }

    /// A sentence without variables.
    pub fn get(&self, key: &str) -> String {
        self.format(key, None)
    }

    /// A sentence with variables.
    pub fn with<'v, V>(&self, key: &str, variables: &[(&'static str, V)]) -> String
    where
        V: Clone + Into<FluentValue<'v>>,
    {
        let mut arguments = FluentArgs::with_capacity(variables.len());
        for (name, value) in variables {
            arguments.set(*name, value.clone());
        }
        self.format(key, Some(&arguments))
    }

    /// The key itself, in brackets that the pages' test looks for, if there is no such message.
    fn format(&self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        #[cfg(test)]
        tests::record(key);
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return format!("⟦{key}⟧");
        };
        let mut faults = Vec::new();
        let text = self.bundle.format_pattern(pattern, arguments, &mut faults).into_owned();
        if faults.is_empty() { text } else { format!("⟦{key}⟧ {text}") }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::{cell::RefCell, collections::BTreeSet};

    use super::*;

    thread_local! { static USED: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) } }

    pub(super) fn record(key: &str) {
        USED.with_borrow_mut(|used| used.insert(key.to_owned()));
    }

    /// Runs `render` and fails if a message was missing in what it returned, unreadable, unused, or not in every
    /// language.
    pub(crate) fn assert_complete(source: impl Fn(Language) -> &'static str, render: impl Fn(Language) -> Vec<String>) {
        let mut used = Vec::new();
        for language in Language::ALL {
            assert!(FluentResource::try_new(source(language).to_owned()).is_ok(), "{language:?} does not parse");
            USED.take();
            for page in render(language) {
                let around = |at: usize| page[at..].chars().take(60).collect::<String>();
                assert!(!page.contains('⟦'), "{language:?}: {}", around(page.find('⟦').unwrap()));
            }
            let (keys, asked) = (keys(source(language)), USED.take());
            let unused: Vec<_> = keys.difference(&asked).collect();
            assert!(unused.is_empty(), "{language:?} has messages that no page says: {unused:?}");
            used.push(keys);
        }
        assert!(used.windows(2).all(|pair| pair[0] == pair[1]), "the languages have different messages");
    }

    fn keys(source: &str) -> BTreeSet<String> {
        let starts = source.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
        starts.filter_map(|line| Some(line.split_once(" =")?.0.to_owned())).collect()
    }

    #[test]
    fn a_missing_message_or_variable_is_marked_and_does_not_panic() {
        let catalog: &'static Catalog = Box::leak(Box::new(Catalog::new(|_| "hello = Hello { $name }")));
        let text = catalog.text(Language::En);
        assert_eq!(text.with("hello", &[("name", "Ada")]), "Hello Ada");
        assert!(text.get("hello").starts_with("⟦hello⟧"));
        assert_eq!(text.get("bye"), "⟦bye⟧");
    }
}
