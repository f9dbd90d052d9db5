//! Canonical bytes of an element: Exclusive XML Canonicalization 1.0 with a `PrefixList`, and Canonical XML 1.0, both
//! without comments. Fed with one event after another, so that it serves messages and federations alike.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};

use super::{
    XmlFault,
    scope::{Scope, push_declaration},
    text,
};
use crate::base::limits;

/// Which canonicalisation a signature names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Method {
    /// Exclusive; these prefixes (`""` for `#default`) are treated as if it were inclusive.
    Exclusive(Vec<String>),
    /// Canonical XML 1.0: everything that surrounds the element counts.
    Inclusive,
}

/// Writes canonical bytes for one element (the apex) and what it holds.
#[derive(Debug)]
pub(crate) struct Canonicaliser {
    method: Method,
    scope: Scope,
    /// What the output has declared so far.
    rendered: Scope,
    /// `xml:…` attributes of elements around the apex, which inclusive canonicalisation takes over.
    inherited: Vec<(String, String)>,
    out: Vec<u8>,
}

impl Canonicaliser {
    /// For an element that stands in no other, unless [`Self::ancestor`] says so.
    pub(crate) fn new(method: Method) -> Self {
        Self { method, scope: Scope::default(), rendered: Scope::default(), inherited: Vec::new(), out: Vec::new() }
    }

    /// An element around the apex, outermost first: its declarations hold, but it is not written.
    pub(crate) fn ancestor(&mut self, tag: &BytesStart) -> Result<(), XmlFault> {
        for attribute in read_tag(tag, &mut self.scope)? {
            if attribute.prefix == "xml" && self.method == Method::Inclusive {
                self.inherited.retain(|(local, _)| local != attribute.local);
                self.inherited.push((attribute.local.to_owned(), attribute.value.into_owned()));
            }
        }
        Ok(())
    }

    /// What comes next in the document. Comments are left out; declarations and document types are refused, since they
    /// cannot stand inside an element.
    pub(crate) fn event(&mut self, event: &Event) -> Result<(), XmlFault> {
        match event {
            Event::Start(tag) => return self.start(tag),
            Event::End(tag) => {
                self.scope.pop();
                self.rendered.pop();
                self.out.extend_from_slice(b"</");
                self.out.extend_from_slice(tag.name().0.as_bytes());
                self.out.push(b'>');
            }
            Event::Text(raw) => text::push_text(raw, &mut self.out),
            Event::CData(raw) => text::push_text(raw, &mut self.out),
            Event::GeneralRef(name) => text::push_reference(name, &mut self.out)?,
            Event::PI(content) => {
                let content = content.replace("\r\n", "\n").replace('\r', "\n");
                let (target, data) = content.split_once([' ', '\t', '\n']).unwrap_or((&content, ""));
                let data = data.trim_start_matches([' ', '\t', '\n']);
                self.out.extend_from_slice(b"<?");
                self.out.extend_from_slice(target.as_bytes());
                if !data.is_empty() {
                    self.out.push(b' ');
                    self.out.extend_from_slice(data.as_bytes());
                }
                self.out.extend_from_slice(b"?>");
            }
            Event::Comment(_) | Event::Eof => {}
            Event::DocType(_) => return Err(XmlFault::Doctype),
            Event::Decl(_) | Event::Empty(_) => return Err(XmlFault::Malformed),
        }
        Ok(())
    }

    /// What was written and not yet taken.
    pub(crate) fn written(&mut self) -> &mut Vec<u8> {
        &mut self.out
    }

    /// The declarations that the output has made and that hold at its end: what a piece of it needs to stand alone.
    pub(crate) fn rendered(&self) -> &Scope {
        &self.rendered
    }

    fn start(&mut self, tag: &BytesStart) -> Result<(), XmlFault> {
        let Self { method, scope, rendered, inherited, out } = self;
        let is_apex = rendered.depth() == 0;
        let mut attributes = read_tag(tag, scope)?;
        rendered.push();
        if is_apex {
            for (local, value) in inherited.iter() {
                if !attributes.iter().any(|a| a.prefix == "xml" && a.local == local) {
                    attributes.push(RawAttribute { prefix: "xml", local, value: Cow::Borrowed(value) });
                }
            }
        }
        let qualified = tag.name().0;
        let element_prefix = split_name(qualified)?.0;

        let mut shown: Vec<(&str, &str)> = Vec::new();
        let mut show = |prefix, uri| {
            if rendered.lookup(prefix) != Some(uri) && !shown.iter().any(|(p, _)| *p == prefix) {
                shown.push((prefix, uri));
            }
        };
        match method {
            Method::Inclusive if is_apex => scope.all().for_each(|(prefix, uri)| show(prefix, uri)),
            Method::Inclusive => scope.own().for_each(|(prefix, uri)| show(prefix, uri)),
            Method::Exclusive(listed) => {
                let used = attributes.iter().map(|a| a.prefix).filter(|prefix| !prefix.is_empty());
                for prefix in used.chain([element_prefix]).filter(|prefix| *prefix != "xml") {
                    show(prefix, scope.lookup(prefix).ok_or(XmlFault::Prefix)?);
                }
                // What a listed prefix means can only change at the apex and where something is declared.
                if is_apex || scope.own().next().is_some() {
                    for prefix in listed.iter().filter(|prefix| *prefix != "xml") {
                        if let Some(uri) = scope.lookup(prefix) {
                            show(prefix, uri);
                        }
                    }
                }
            }
        }
        shown.sort_unstable();

        out.push(b'<');
        out.extend_from_slice(qualified.as_bytes());
        for (prefix, uri) in shown {
            rendered.declare(prefix, uri)?;
            push_declaration(prefix, uri, out);
        }
        sort_attributes(&mut attributes, scope)?;
        for attribute in &attributes {
            out.push(b' ');
            if !attribute.prefix.is_empty() {
                out.extend_from_slice(attribute.prefix.as_bytes());
                out.push(b':');
            }
            out.extend_from_slice(attribute.local.as_bytes());
            out.extend_from_slice(b"=\"");
            text::push_attribute(&attribute.value, out)?;
            out.push(b'"');
        }
        out.push(b'>');
        if out.len() > limits::SAML_CANONICAL_BYTES {
            return Err(XmlFault::TooLarge);
        }
        Ok(())
    }
}

/// An attribute that declares no namespace, its value as it stands between the quotes.
pub(crate) struct RawAttribute<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) local: &'a str,
    pub(crate) value: Cow<'a, str>,
}

/// Sorts by namespace and local name (Canonical XML 1.0 §2.3); the same twice is no XML.
fn sort_attributes(attributes: &mut Vec<RawAttribute>, scope: &Scope) -> Result<(), XmlFault> {
    let is_twice = if attributes.iter().all(|attribute| attribute.prefix.is_empty()) {
        attributes.sort_unstable_by_key(|attribute| attribute.local);
        attributes.windows(2).any(|pair| pair[0].local == pair[1].local)
    } else {
        let mut keyed = Vec::with_capacity(attributes.len());
        for attribute in attributes.drain(..) {
            let uri = if attribute.prefix.is_empty() { Some("") } else { scope.lookup(attribute.prefix) };
            keyed.push((uri.ok_or(XmlFault::Prefix)?, attribute));
        }
        keyed.sort_unstable_by_key(|(uri, attribute)| (*uri, attribute.local));
        let is_twice = keyed.windows(2).any(|pair| pair[0].0 == pair[1].0 && pair[0].1.local == pair[1].1.local);
        attributes.extend(keyed.into_iter().map(|(_, attribute)| attribute));
        is_twice
    };
    if is_twice { Err(XmlFault::Malformed) } else { Ok(()) }
}

/// Enters an element: its declarations into `scope`, its other attributes returned; names checked, numbers bounded.
pub(crate) fn read_tag<'a>(tag: &'a BytesStart, scope: &mut Scope) -> Result<Vec<RawAttribute<'a>>, XmlFault> {
    scope.push();
    if scope.depth() > limits::XML_DEPTH {
        return Err(XmlFault::TooDeep);
    }
    let mut attributes = Vec::new();
    // Without quick-xml's own check for duplicates, which is quadratic before we have counted.
    for (count, attribute) in tag.attributes().with_checks(false).enumerate() {
        let attribute = attribute.map_err(|_| XmlFault::Malformed)?;
        if count >= limits::XML_ATTRIBUTES {
            return Err(XmlFault::TooManyAttributes);
        }
        match split_name(attribute.key.0)? {
            ("", "xmlns") => scope.declare("", &text::attribute_value(&attribute.value)?)?,
            ("xmlns", prefix) => scope.declare(prefix, &text::attribute_value(&attribute.value)?)?,
            (prefix, local) => attributes.push(RawAttribute { prefix, local, value: attribute.value }),
        }
    }
    Ok(attributes)
}

/// Splits a qualified name into its prefix (`""` if there is none) and local part.
pub(crate) fn split_name(name: &str) -> Result<(&str, &str), XmlFault> {
    if name.len() > limits::XML_NAME_BYTES {
        return Err(XmlFault::NameTooLong);
    }
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    if is_name(local) && (name.len() == local.len() || is_name(prefix)) {
        Ok((prefix, local))
    } else {
        Err(XmlFault::Malformed)
    }
}

/// `NCName`, exactly for ASCII and generously beyond it: the tree builder is exact.
fn is_name(name: &str) -> bool {
    let is_start = |b: &u8| b.is_ascii_alphabetic() || *b == b'_' || *b >= 0x80;
    name.as_bytes().first().is_some_and(is_start)
        && name.bytes().all(|b| is_start(&b) || b.is_ascii_digit() || b == b'-' || b == b'.')
}

#[cfg(test)]
mod tests {
    use std::{io::Write, process::Command};

    use super::{super::outline::Outline, *};

    fn exclusive(document: &str) -> String {
        let outline = Outline::of(document).unwrap();
        outline.canonicalise(outline.root(), &[], Method::Exclusive(Vec::new())).unwrap()
    }

    /// The canonical form of the `number`th element below the root.
    fn child(document: &str, number: usize, method: Method) -> String {
        let outline = Outline::of(document).unwrap();
        let child = outline.children(outline.root()).nth(number).unwrap();
        outline.canonicalise(child, &[], method).unwrap()
    }

    #[test]
    fn the_start_and_end_tags_of_canonical_xml_1_0_section_3_3_come_out_as_published() {
        let document = "<doc>\n   <e1   />\n   <e2   ></e2>\n   <e3   name = \"elem3\"   id=\"elem3\"   />\n   \
            <e4   name=\"elem4\"   id=\"elem4\"   ></e4>\n   <e5 a:attr=\"out\" b:attr=\"sorted\" attr2=\"all\" \
            attr=\"I'm\"\n      xmlns:b=\"http://www.ietf.org\"\n      xmlns:a=\"http://www.w3.org\"\n      \
            xmlns=\"http://example.org\"/>\n   <e6 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n      \
            <e7 xmlns=\"http://www.ietf.org\">\n         <e8 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n            \
            <e9 xmlns=\"\" xmlns:a=\"http://www.ietf.org\"/>\n         </e8>\n      </e7>\n   </e6>\n</doc>";
        let published = "<doc>\n   <e1></e1>\n   <e2></e2>\n   <e3 id=\"elem3\" name=\"elem3\"></e3>\n   \
            <e4 id=\"elem4\" name=\"elem4\"></e4>\n   <e5 xmlns=\"http://example.org\" \
            xmlns:a=\"http://www.w3.org\" xmlns:b=\"http://www.ietf.org\" attr=\"I'm\" attr2=\"all\" \
            b:attr=\"sorted\" a:attr=\"out\"></e5>\n   <e6 xmlns:a=\"http://www.w3.org\">\n      \
            <e7 xmlns=\"http://www.ietf.org\">\n         <e8 xmlns=\"\">\n            \
            <e9 xmlns:a=\"http://www.ietf.org\"></e9>\n         </e8>\n      </e7>\n   </e6>\n</doc>";
        let outline = Outline::of(document).unwrap();
        assert_eq!(outline.canonicalise(outline.root(), &[], Method::Inclusive).unwrap(), published);
    }

    #[test]
    fn characters_of_canonical_xml_1_0_section_3_4_come_out_as_published() {
        let document = "<doc>\r\n   <text>First line&#x0d;&#10;Second line</text>\r\n   <value>&#x32;</value>\r\n   \
            <compute><![CDATA[value>\"0\" && value<\"10\" ?\"valid\":\"error\"]]></compute>\r\n   \
            <compute expr='value>\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"'>valid</compute>\r\n   \
            <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>\r\n</doc>";
        let published = "<doc>\n   <text>First line&#xD;\nSecond line</text>\n   <value>2</value>\n   \
            <compute>value&gt;\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute>\n   \
            <compute expr=\"value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; \
            ?&quot;valid&quot;:&quot;error&quot;\">valid</compute>\n   \
            <norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm>\n</doc>";
        assert_eq!(exclusive(document), published);
    }

    #[test]
    fn the_same_element_in_two_surroundings_is_the_same_when_exclusive_as_published() {
        // Exclusive XML Canonicalization 1.0 §2.2
        let first = "<n0:local xmlns:n0=\"http://foobar.org\" xmlns:n3=\"ftp://example.org\">\
            <n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org\"/></n1:elem2></n0:local>";
        let second = "<n2:pdu xmlns:n1=\"http://example.com\" xmlns:n2=\"http://foo.example\" xml:lang=\"fr\" \
            xml:space=\"retain\"><n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\">\
            <n3:stuff xmlns:n3=\"ftp://example.org\"/></n1:elem2></n2:pdu>";
        let published = "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\">\
            <n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff></n1:elem2>";
        assert_eq!(child(first, 0, Method::Exclusive(Vec::new())), published);
        assert_eq!(child(second, 0, Method::Exclusive(Vec::new())), published);
        assert_eq!(
            child(second, 0, Method::Inclusive),
            "<n1:elem2 xmlns:n1=\"http://example.net\" xmlns:n2=\"http://foo.example\" xml:lang=\"en\" \
             xml:space=\"retain\"><n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff></n1:elem2>"
        );
    }

    #[test]
    fn a_listed_prefix_is_written_where_it_is_declared_although_nothing_uses_it() {
        let document =
            "<a:r xmlns:a='urn:a' xmlns:x='urn:x' xmlns='urn:d'><a:c q='x:v'><a:d xmlns:x='urn:y'/></a:c></a:r>";
        let listed = Method::Exclusive(vec!["x".into(), String::new(), "absent".into()]);
        assert_eq!(
            child(document, 0, listed),
            "<a:c xmlns=\"urn:d\" xmlns:a=\"urn:a\" xmlns:x=\"urn:x\" q=\"x:v\"><a:d xmlns:x=\"urn:y\"></a:d></a:c>"
        );
        assert_eq!(
            child(document, 0, Method::Exclusive(Vec::new())),
            "<a:c xmlns:a=\"urn:a\" q=\"x:v\"><a:d></a:d></a:c>"
        );
    }

    #[test]
    fn comments_vanish_and_an_element_left_out_vanishes_whole() {
        let document = "<r>a<!-- b -->c<s><s>x</s></s><s/><![CDATA[<d>]]></r>";
        let outline = Outline::of(document).unwrap();
        let left_out = outline.children(outline.root()).next().unwrap();
        let canonical = outline.canonicalise(outline.root(), &[left_out], Method::Inclusive).unwrap();
        assert_eq!(canonical, "<r>ac<s></s>&lt;d&gt;</r>");
    }

    #[test]
    fn canonicalising_twice_changes_nothing() {
        let once = exclusive("<a:r xmlns:a='urn:a' a:b='1&#10;\t\"' c=\"'\">&#13;\r\n&amp;&#x1F600;]]&gt;</a:r>");
        assert_eq!(exclusive(&once), once);
    }

    #[test]
    fn a_namespace_repeated_by_every_child_cannot_blow_the_output_up() {
        let uri = format!("urn:{}", "u".repeat(1000));
        let document = format!("<r xmlns:a='{uri}'>{}</r>", "<a:x/>".repeat(8000));
        let outline = Outline::of(&document).unwrap();
        let result = outline.canonicalise(outline.root(), &[], Method::Exclusive(Vec::new()));
        assert_eq!(result, Err(XmlFault::TooLarge));
    }

    #[test]
    fn two_attributes_of_the_same_expanded_name_are_refused() {
        let document = "<r xmlns:a='urn:a' xmlns:b='urn:a' a:x='1' b:x='2'/>";
        let outline = Outline::of(document).unwrap();
        assert_eq!(outline.canonicalise(outline.root(), &[], Method::Inclusive), Err(XmlFault::Malformed));
    }

    #[test]
    fn the_bytes_are_those_of_libxml2_where_xmllint_is_installed() {
        let documents = [
            "<r xmlns='urn:d' xmlns:a='urn:a'><a:c xmlns='' a:z='1' y='2'><d xmlns:a='urn:b' a:z='3'/></a:c><e/></r>",
            "<r b='&lt;&#9;&#xD;' a=\"'&quot;&gt;>\">ä€😀 &#x1F600; &gt; ]]&gt;<![CDATA[ <&> ]]]]><![CDATA[>]]></r>",
            "<r>\r\n\t<?target  some data ?><?bare?><x   a = '1'\r\n b='2\r\n3'   /></r >",
            "<p:r xmlns:p='urn:p' xmlns:q='urn:q' xml:lang='de'><p:a q:b='1' p:b='2' b='0' xml:space='preserve'/></p:r>",
            "<r xmlns:a='urn:z' xmlns:b='urn:y' a:n='1' b:n='2' n='3' xmlns:unused='urn:unused'><b:k xmlns:a='urn:z'/></r>",
            "<a:r xmlns:a='urn:1'><a:r xmlns:a='urn:2'><a:r xmlns:a='urn:1'><b xmlns='urn:1'><b xmlns=''/></b></a:r></a:r></a:r>",
        ];
        for document in documents {
            for (option, method) in [("--exc-c14n", Method::Exclusive(Vec::new())), ("--c14n", Method::Inclusive)] {
                let mut file = tempfile::NamedTempFile::new().unwrap();
                file.write_all(document.as_bytes()).unwrap();
                let Ok(theirs) = Command::new("xmllint").arg(option).arg(file.path()).output() else { return };
                // Straight through the canonicaliser: the outline refuses processing instructions.
                let mut ours = Canonicaliser::new(method);
                let mut reader = super::super::outline::new_reader(document);
                loop {
                    match reader.read_event().unwrap() {
                        Event::Eof => break,
                        event => ours.event(&event).unwrap(),
                    }
                }
                assert_eq!(
                    String::from_utf8_lossy(ours.written()),
                    String::from_utf8_lossy(&theirs.stdout).trim_end_matches('\n'),
                    "{option} {document}"
                );
            }
        }
    }
}
