//! Which prefix means which namespace, at the place where a reader stands.

use super::{XmlFault, text};
use crate::{base::limits, protocol::saml::names};

/// Declarations in force, innermost last. The texts lie in one buffer, so that a declaration costs no allocation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    texts: String,
    bindings: Vec<Binding>,
    /// For each open element, how long `bindings` and `texts` were before it.
    marks: Vec<(usize, usize)>,
}

#[derive(Clone, Copy, Debug)]
struct Binding {
    start: usize,
    prefix_end: usize,
    end: usize,
}

impl Scope {
    /// An element begins.
    pub(crate) fn push(&mut self) {
        self.marks.push((self.bindings.len(), self.texts.len()));
    }

    /// The innermost element ends, and its declarations with it.
    pub(crate) fn pop(&mut self) {
        let (bindings, texts) = self.marks.pop().unwrap_or_default();
        self.bindings.truncate(bindings);
        self.texts.truncate(texts);
    }

    /// Open elements.
    pub(crate) fn depth(&self) -> usize {
        self.marks.len()
    }

    /// `xmlns:prefix="uri"` on the innermost element, checked against Namespaces in XML 1.0 §3. The default namespace
    /// has the prefix `""`.
    pub(crate) fn declare(&mut self, prefix: &str, uri: &str) -> Result<(), XmlFault> {
        if prefix == "xml" {
            return if uri == names::XML { Ok(()) } else { Err(XmlFault::Prefix) };
        }
        if prefix == "xmlns" || uri == names::XML || uri == names::XMLNS || (uri.is_empty() && !prefix.is_empty()) {
            return Err(XmlFault::Prefix);
        }
        if !uri.is_empty() && !is_absolute(uri) {
            return Err(XmlFault::RelativeNamespace);
        }
        if prefix.len() > limits::XML_NAME_BYTES || uri.len() > limits::XML_NAME_BYTES {
            return Err(XmlFault::NameTooLong);
        }
        if self.bindings.len() >= limits::XML_NAMESPACES_IN_SCOPE {
            return Err(XmlFault::TooManyNamespaces);
        }
        if self.own().any(|(own, _)| own == prefix) {
            return Err(XmlFault::Malformed);
        }
        let start = self.texts.len();
        self.texts.push_str(prefix);
        let prefix_end = self.texts.len();
        self.texts.push_str(uri);
        self.bindings.push(Binding { start, prefix_end, end: self.texts.len() });
        Ok(())
    }

    /// The namespace that `prefix` means here. The default namespace is `""` where there is none.
    pub(crate) fn lookup(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(names::XML);
        }
        let found = self.bindings.iter().rev().map(|b| self.texts_of(*b)).find(|(own, _)| *own == prefix);
        found.map(|(_, uri)| uri).or(if prefix.is_empty() { Some("") } else { None })
    }

    /// The declarations of the innermost element.
    pub(crate) fn own(&self) -> impl Iterator<Item = (&str, &str)> {
        let from = self.marks.last().map_or(0, |mark| mark.0);
        self.bindings[from..].iter().map(|b| self.texts_of(*b))
    }

    /// All declarations in force, the innermost of each prefix only.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.bindings
            .iter()
            .map(|b| self.texts_of(*b))
            .enumerate()
            .filter(|(at, (prefix, _))| !self.bindings[at + 1..].iter().any(|b| self.texts_of(*b).0 == *prefix))
            .map(|(_, binding)| binding)
    }

    /// Appends ` xmlns:prefix="uri"` for all declarations in force, so that a piece cut out of here can stand alone.
    pub(crate) fn push_declarations(&self, tag: &mut Vec<u8>) {
        for (prefix, uri) in self.all() {
            push_declaration(prefix, uri, tag);
        }
    }

    fn texts_of(&self, binding: Binding) -> (&str, &str) {
        (&self.texts[binding.start..binding.prefix_end], &self.texts[binding.prefix_end..binding.end])
    }
}

/// Appends ` xmlns:prefix="uri"` in canonical form.
pub(crate) fn push_declaration(prefix: &str, uri: &str, tag: &mut Vec<u8>) {
    tag.extend_from_slice(if prefix.is_empty() { b" xmlns" } else { b" xmlns:" });
    tag.extend_from_slice(prefix.as_bytes());
    tag.extend_from_slice(b"=\"");
    text::push_attribute_value(uri, tag);
    tag.push(b'"');
}

/// Whether a namespace URI begins with a scheme (RFC 3986 §3.1).
fn is_absolute(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inner_declaration_hides_the_outer_one_until_its_element_ends() {
        let mut scope = Scope::default();
        scope.push();
        scope.declare("a", "urn:1").unwrap();
        scope.declare("", "urn:d").unwrap();
        scope.push();
        scope.declare("a", "urn:2").unwrap();
        scope.declare("", "").unwrap();
        assert_eq!(scope.lookup("a"), Some("urn:2"));
        assert_eq!(scope.lookup(""), Some(""));
        assert_eq!(scope.all().collect::<Vec<_>>(), [("a", "urn:2"), ("", "")]);
        scope.pop();
        assert_eq!((scope.lookup("a"), scope.lookup(""), scope.lookup("b")), (Some("urn:1"), Some("urn:d"), None));
    }

    #[test]
    fn declarations_against_the_rules_are_refused() {
        let mut scope = Scope::default();
        scope.push();
        for (prefix, uri, fault) in [
            ("xmlns", "urn:1", XmlFault::Prefix),
            ("xml", "urn:1", XmlFault::Prefix),
            ("a", names::XML, XmlFault::Prefix),
            ("a", "", XmlFault::Prefix),
            ("a", "relative/path", XmlFault::RelativeNamespace),
            ("", "#fragment", XmlFault::RelativeNamespace),
        ] {
            assert_eq!(scope.declare(prefix, uri), Err(fault), "{prefix}={uri}");
        }
        scope.declare("a", "urn:1").unwrap();
        assert_eq!(scope.declare("a", "urn:2"), Err(XmlFault::Malformed));
    }
}
