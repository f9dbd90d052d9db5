//! One linear pass over a hostile document: limits and well-formedness checked, and where each element lies. No tree.

use memchr::memchr2;
use quick_xml::{Reader, events::Event};

use super::{
    XmlFault,
    canonical::{Canonicaliser, Method, RawAttribute, read_tag, split_name},
    scope::Scope,
    text,
};
use crate::{base::limits, protocol::saml::names};

/// A document that was looked over: what elements it has, and where.
#[derive(Debug)]
pub struct Outline<'a> {
    source: &'a str,
    elements: Vec<Element<'a>>,
    /// Every value of an attribute called `ID`, `Id`, `id` or `xml:id`, in any element.
    ids: Vec<String>,
}

/// An element's number in its document, in document order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At(usize);

#[derive(Debug)]
struct Element<'a> {
    start: usize,
    /// After the start tag.
    open_end: usize,
    end: usize,
    parent: Option<usize>,
    namespace: Option<&'static str>,
    local: &'a str,
    /// Index into `ids` of the attribute `ID`.
    id: Option<usize>,
    nodes: usize,
}

impl<'a> Outline<'a> {
    /// Looks over bytes from outside.
    pub fn of_bytes(bytes: &'a [u8]) -> Result<Self, XmlFault> {
        if bytes.len() > limits::SAML_MESSAGE_BYTES {
            return Err(XmlFault::TooLarge);
        }
        Self::of(std::str::from_utf8(bytes).map_err(|_| XmlFault::NotUtf8)?)
    }

    /// Looks over text that is already bounded, such as our own canonical form.
    pub fn of(source: &'a str) -> Result<Self, XmlFault> {
        let source = source.strip_prefix('\u{FEFF}').unwrap_or(source);
        if !text::is_characters(source) {
            return Err(XmlFault::Malformed);
        }
        Pass::new(source).run()
    }

    /// The document's element.
    pub fn root(&self) -> At {
        At(0)
    }

    /// Whether an element is called so. Only the namespaces of [`KNOWN`] are told apart.
    pub fn is(&self, at: At, namespace: &str, local: &str) -> bool {
        let element = &self.elements[at.0];
        element.namespace == Some(namespace) && element.local == local
    }

    /// Direct children that are elements, in order.
    pub fn children(&self, at: At) -> impl Iterator<Item = At> {
        let (parent, end) = (at.0, self.elements[at.0].end);
        (parent + 1..self.elements.len())
            .take_while(move |child| self.elements[*child].start < end)
            .filter(move |child| self.elements[*child].parent == Some(parent))
            .map(At)
    }

    /// Direct children that are called so.
    pub fn children_named(&self, at: At, namespace: &str, local: &str) -> impl Iterator<Item = At> {
        self.children(at).filter(move |child| self.is(*child, namespace, local))
    }

    /// How many elements anywhere in the document are called so.
    pub fn count_named(&self, namespace: &str, local: &str) -> usize {
        (0..self.elements.len()).filter(|element| self.is(At(*element), namespace, local)).count()
    }

    /// The attribute `ID`, unless there is none.
    pub fn id(&self, at: At) -> Option<&str> {
        self.elements[at.0].id.map(|id| self.ids[id].as_str())
    }

    /// How often a value occurs as an ID, by any name that any processor takes for one.
    pub fn count_id(&self, id: &str) -> usize {
        self.ids.iter().filter(|other| *other == id).count()
    }

    /// Elements, texts, references and comments of an element, itself included.
    pub fn nodes(&self, at: At) -> usize {
        self.elements[at.0].nodes
    }

    /// An element's canonical bytes, without the elements of `left_out`.
    pub fn canonicalise(&self, at: At, left_out: &[At], method: Method) -> Result<String, XmlFault> {
        let mut canonicaliser = Canonicaliser::new(method);
        for ancestor in self.ancestors(at) {
            self.with_start_tag(ancestor, |tag| canonicaliser.ancestor(tag))?;
        }
        let Element { start, end, .. } = self.elements[at.0];
        canonicaliser.written().reserve((end - start) * 5 / 4);
        let mut left_out: Vec<_> =
            left_out.iter().map(|at| (self.elements[at.0].start, self.elements[at.0].end)).collect();
        left_out.sort_unstable();
        let mut from = start;
        for (hole, hole_end) in left_out {
            if (from..end).contains(&hole) {
                self.canonicalise_piece(from, hole, &mut canonicaliser)?;
                from = hole_end;
            }
        }
        self.canonicalise_piece(from, end, &mut canonicaliser)?;
        String::from_utf8(std::mem::take(canonicaliser.written())).map_err(|_| XmlFault::NotUtf8)
    }

    /// A piece between elements that are left out. That tags match was found when the document was looked over.
    fn canonicalise_piece(&self, from: usize, to: usize, canonicaliser: &mut Canonicaliser) -> Result<(), XmlFault> {
        let mut reader = Reader::from_str(&self.source[from..to]);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        loop {
            match reader.read_event().map_err(|_| XmlFault::Malformed)? {
                Event::Eof => return Ok(()),
                event => canonicaliser.event(&event)?,
            }
        }
    }

    /// An element's text, if it holds nothing else and that without references.
    pub(crate) fn plain_text(&self, at: At) -> Option<&'a str> {
        let element = &self.elements[at.0];
        let content = &self.source[element.open_end..element.end];
        let text = &content[..memchr2(b'<', b'&', content.as_bytes()).unwrap_or(content.len())];
        (element.nodes <= 2 && content[text.len()..].starts_with("</")).then_some(text)
    }

    /// What prefixes mean inside an element.
    pub(crate) fn scope_inside(&self, at: At) -> Result<Scope, XmlFault> {
        let mut scope = Scope::default();
        for outer in self.ancestors(at).into_iter().chain([at.0]) {
            self.with_start_tag(outer, |tag| read_tag(tag, &mut scope).map(|_| ()))?;
        }
        Ok(scope)
    }

    fn ancestors(&self, at: At) -> Vec<usize> {
        let mut chain: Vec<_> =
            std::iter::successors(self.elements[at.0].parent, |outer| self.elements[*outer].parent).collect();
        chain.reverse();
        chain
    }

    fn with_start_tag(
        &self,
        element: usize,
        f: impl FnOnce(&quick_xml::events::BytesStart) -> Result<(), XmlFault>,
    ) -> Result<(), XmlFault> {
        let element = &self.elements[element];
        match new_reader(&self.source[element.start..element.open_end]).read_event() {
            Ok(Event::Start(tag)) => f(&tag),
            _ => Err(XmlFault::Malformed),
        }
    }
}

/// The namespaces that [`Outline::is`] tells apart.
const KNOWN: [&str; 5] = [names::ASSERTION, names::PROTOCOL, names::DSIG, names::XMLENC, names::METADATA];

/// The one place that decides how XML is read.
pub(crate) fn new_reader(source: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(source);
    configure(reader.config_mut());
    reader
}

/// Every tag in two events, and the checks that are off by default.
pub(crate) fn configure(config: &mut quick_xml::reader::Config) {
    config.expand_empty_elements = true;
    config.enable_all_checks(true);
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

struct Pass<'a> {
    source: &'a str,
    reader: Reader<&'a [u8]>,
    scope: Scope,
    open: Vec<usize>,
    nodes: usize,
    outline: Outline<'a>,
}

impl<'a> Pass<'a> {
    fn new(source: &'a str) -> Self {
        let outline = Outline { source, elements: Vec::new(), ids: Vec::new() };
        Self { source, reader: new_reader(source), scope: Scope::default(), open: Vec::new(), nodes: 0, outline }
    }

    fn run(mut self) -> Result<Outline<'a>, XmlFault> {
        loop {
            let before = position(&self.reader);
            let event = self.reader.read_event().map_err(|_| XmlFault::Malformed)?;
            self.nodes += 1;
            if self.nodes > limits::XML_NODES {
                return Err(XmlFault::TooManyNodes);
            }
            match event {
                Event::Start(tag) => self.start(before, &tag)?,
                Event::End(_) => {
                    self.nodes -= 1;
                    self.end()?;
                }
                Event::Text(raw) if !self.open.is_empty() => {
                    if raw.contains("]]>") {
                        return Err(XmlFault::Malformed);
                    }
                }
                Event::Text(raw) if raw.bytes().all(|b| b.is_ascii_whitespace()) => {}
                Event::GeneralRef(name) if !self.open.is_empty() => text::push_reference(&name, &mut Vec::new())?,
                Event::CData(_) if !self.open.is_empty() => {}
                Event::Text(_) | Event::GeneralRef(_) | Event::CData(_) | Event::Empty(_) => {
                    return Err(XmlFault::Malformed);
                }
                Event::Comment(_) => {}
                Event::Decl(declaration) => check_declaration(before, &declaration)?,
                Event::DocType(_) => return Err(XmlFault::Doctype),
                Event::PI(_) => return Err(XmlFault::ProcessingInstruction),
                Event::Eof => break,
            }
        }
        if !self.open.is_empty() || self.outline.elements.is_empty() {
            return Err(XmlFault::Malformed);
        }
        Ok(self.outline)
    }

    fn start(&mut self, start: usize, tag: &quick_xml::events::BytesStart) -> Result<(), XmlFault> {
        if self.open.is_empty() && !self.outline.elements.is_empty() {
            return Err(XmlFault::Malformed);
        }
        let name_end = start + 1 + tag.name().0.len();
        let name = self.source.get(start + 1..name_end).filter(|name| *name == tag.name().0);
        let (prefix, local) = split_name(name.ok_or(XmlFault::Malformed)?)?;
        let attributes = read_tag(tag, &mut self.scope)?;
        let mut id = None;
        for RawAttribute { prefix, local, value } in attributes {
            if self.scope.lookup(prefix).is_none() {
                return Err(XmlFault::Prefix);
            }
            let value = text::attribute_value(&value)?;
            if matches!((prefix, local), ("", "ID" | "Id" | "id") | ("xml", "id")) {
                if (prefix, local) == ("", "ID") {
                    id = Some(self.outline.ids.len());
                }
                self.outline.ids.push(value.into_owned());
            }
        }
        let uri = self.scope.lookup(prefix).ok_or(XmlFault::Prefix)?;
        self.outline.elements.push(Element {
            start,
            open_end: position(&self.reader),
            end: self.source.len(),
            parent: self.open.last().copied(),
            namespace: KNOWN.into_iter().find(|known| *known == uri),
            local,
            id,
            nodes: self.nodes,
        });
        self.open.push(self.outline.elements.len() - 1);
        Ok(())
    }

    fn end(&mut self) -> Result<(), XmlFault> {
        let index = self.open.pop().ok_or(XmlFault::Malformed)?;
        self.scope.pop();
        let element = &mut self.outline.elements[index];
        element.end = position(&self.reader);
        element.nodes = self.nodes - element.nodes + 1;
        Ok(())
    }
}

/// `<?xml …?>`: only at the very beginning, version 1.0, UTF-8 or its subset.
fn check_declaration(position: usize, declaration: &quick_xml::events::BytesDecl) -> Result<(), XmlFault> {
    let is_first = position == 0;
    if !is_first || declaration.version().map_err(|_| XmlFault::Malformed)? != "1.0" {
        return Err(XmlFault::Malformed);
    }
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(name)) if name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("us-ascii") => Ok(()),
        Some(_) => Err(XmlFault::NotUtf8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(document: &str) -> XmlFault {
        Outline::of_bytes(document.as_bytes()).unwrap_err()
    }

    #[test]
    fn elements_are_found_by_namespace_whatever_their_prefix() {
        let document = format!(
            "<?xml version='1.0' encoding='UTF-8'?><x:Response xmlns:x='{0}' ID='r'><Assertion xmlns='{1}' ID='a'>\
             <x:Response/></Assertion><Assertion ID='b'/></x:Response>\n",
            names::PROTOCOL,
            names::ASSERTION
        );
        let outline = Outline::of_bytes(document.as_bytes()).unwrap();
        assert!(outline.is(outline.root(), names::PROTOCOL, "Response"));
        let assertions: Vec<_> = outline.children_named(outline.root(), names::ASSERTION, "Assertion").collect();
        assert_eq!(assertions.iter().map(|at| outline.id(*at)).collect::<Vec<_>>(), [Some("a")]);
        assert_eq!(outline.children(outline.root()).count(), 2);
    }

    #[test]
    fn an_id_counts_by_every_name_and_through_references() {
        let outline = Outline::of("<r ID='a'><b id='a'/><c Id='&#97;'/><d xml:id='a'/><e name='a'/></r>").unwrap();
        assert_eq!(outline.count_id("a"), 4);
    }

    #[test]
    fn what_is_too_large_too_deep_or_too_many_is_refused() {
        assert_eq!(fault(&" ".repeat(limits::SAML_MESSAGE_BYTES + 1)), XmlFault::TooLarge);
        assert_eq!(fault(&"<a>".repeat(limits::XML_DEPTH + 1)), XmlFault::TooDeep);
        let attributes = |count| (0..count).map(|n| format!(" a{n}=''")).collect::<Vec<_>>().concat();
        assert_eq!(fault(&format!("<a{}/>", attributes(limits::XML_ATTRIBUTES + 1))), XmlFault::TooManyAttributes);
        assert!(Outline::of(&format!("<a{}/>", attributes(limits::XML_ATTRIBUTES))).is_ok());
        let declarations = (0..65).map(|n| format!(" xmlns:a{n}='urn:{n}'")).collect::<Vec<_>>().concat();
        assert_eq!(fault(&format!("<a{declarations}/>")), XmlFault::TooManyAttributes);
        assert_eq!(fault(&format!("<a>{}</a>", "<b/>".repeat(limits::XML_NODES))), XmlFault::TooManyNodes);
        assert_eq!(fault(&format!("<a>{}</a>", "&amp;".repeat(limits::XML_NODES))), XmlFault::TooManyNodes);
        let nested = (0..90)
            .map(|d| format!("<a xmlns:x{d}='urn:1' xmlns:y{d}='urn:1' xmlns:z{d}='urn:1'>"))
            .collect::<Vec<_>>()
            .concat();
        assert_eq!(fault(&nested), XmlFault::TooManyNamespaces);
        assert_eq!(fault(&format!("<{}/>", "a".repeat(2000))), XmlFault::NameTooLong);
    }

    #[test]
    fn a_document_type_or_an_entity_or_a_processing_instruction_is_refused() {
        assert_eq!(fault("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"), XmlFault::Doctype);
        assert_eq!(fault("<!DOCTYPE a SYSTEM 'http://127.0.0.1/x.dtd'><a/>"), XmlFault::Doctype);
        assert_eq!(fault("<a>&x;</a>"), XmlFault::Entity);
        assert_eq!(fault("<a>b<?p?>c</a>"), XmlFault::ProcessingInstruction);
    }

    #[test]
    fn other_encodings_are_refused() {
        assert_eq!(fault("<?xml version='1.0' encoding='UTF-16'?><a/>"), XmlFault::NotUtf8);
        assert_eq!(fault("<?xml version='1.0' encoding='ISO-8859-1'?><a/>"), XmlFault::NotUtf8);
        assert_eq!(Outline::of_bytes(b"<a>\xFF</a>").unwrap_err(), XmlFault::NotUtf8);
        assert!(Outline::of_bytes(b"\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8'?><a/>").is_ok());
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for document in [
            "",
            "   ",
            "text",
            "<a>",
            "<a></b>",
            "</a>",
            "<a/><b/>",
            "<a/>text",
            "text<a/>",
            "<a b=c/>",
            "<a b='1'",
            "<a 1b=''/>",
            "<a:/>",
            "<:a/>",
            "<a:b:c xmlns:a='urn:a'/>",
            "<a>\u{1}</a>",
            "<a b='<'/>",
            "<a>]]></a>",
            "<a>&amp</a>",
            "<a><!-- -- --></a>",
            "<a/><?xml version='1.0'?>",
            "<?xml version='1.1'?><a/>",
            "<a b/>",
            "<1/>",
            "<a/>&amp;",
            "<a/><![CDATA[x]]>",
        ] {
            assert_eq!(fault(document), XmlFault::Malformed, "{document}");
        }
        assert_eq!(fault("<a:b/>"), XmlFault::Prefix);
        assert_eq!(fault("<a b:c=''/>"), XmlFault::Prefix);
        assert_eq!(fault("<a xmlns:b=''/>"), XmlFault::Prefix);
        assert_eq!(fault("<a xmlns='relative'/>"), XmlFault::RelativeNamespace);
    }

    #[test]
    fn the_inside_of_an_element_knows_the_declarations_around_it() {
        let outline = Outline::of("<a xmlns:p='urn:1' xmlns:q='urn:2'><b xmlns:p='urn:3'/></a>").unwrap();
        let inner = outline.children(outline.root()).next().unwrap();
        let scope = outline.scope_inside(inner).unwrap();
        assert_eq!((scope.lookup("p"), scope.lookup("q")), (Some("urn:3"), Some("urn:2")));
    }

    #[test]
    fn nodes_are_counted_with_texts_and_references() {
        let outline = Outline::of("<a>x<b>y&amp;z</b></a>").unwrap();
        let inner = outline.children(outline.root()).next().unwrap();
        assert_eq!((outline.nodes(outline.root()), outline.nodes(inner)), (6, 4));
    }
}
