//! Reading canonical bytes: by namespace and direct child only, all texts of an element joined.

use roxmltree::{Document, Node, ParsingOptions};

use super::XmlFault;
use crate::base::limits;

/// Builds the tree of bytes that are already bounded and without a document type.
pub(crate) fn parse(canonical: &str) -> Result<Document<'_>, XmlFault> {
    let nodes_limit = u32::try_from(limits::XML_NODES).unwrap_or(u32::MAX);
    let options = ParsingOptions { allow_dtd: false, nodes_limit, entity_resolver: None };
    Document::parse_with_options(canonical, options).map_err(|_| XmlFault::Malformed)
}

/// Direct children that are called so.
pub(crate) fn children<'a, 'i: 'a>(
    node: Node<'a, 'i>,
    namespace: &'static str,
    local: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| is(*child, namespace, local))
}

/// The first direct child that is called so.
pub(crate) fn child<'a, 'i: 'a>(
    node: Node<'a, 'i>,
    namespace: &'static str,
    local: &'static str,
) -> Option<Node<'a, 'i>> {
    children(node, namespace, local).next()
}

/// Whether an element is called so.
pub(crate) fn is(node: Node, namespace: &str, local: &str) -> bool {
    node.is_element() && node.tag_name().name() == local && node.tag_name().namespace() == Some(namespace)
}

/// An attribute without namespace.
pub(crate) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|a| a.namespace().is_none() && a.name() == name).map(|a| a.value())
}

/// All texts of an element joined, whatever comments stood between them; white space at both ends removed.
pub(crate) fn text(node: Node) -> String {
    let mut texts = node.children().filter(Node::is_text).filter_map(|text| text.text());
    let first = texts.next().unwrap_or_default();
    let mut joined = first.to_owned();
    joined.extend(texts);
    let trimmed = joined.trim();
    if trimmed.len() == joined.len() { joined } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_texts_of_an_element_are_one_and_those_of_its_children_are_not_among_them() {
        let document = parse("<a> adm<!-- x -->in<b>no</b>@uni<![CDATA[.]]>example </a>").unwrap();
        assert_eq!(text(document.root_element()), "admin@uni.example");
    }

    #[test]
    fn a_child_is_found_by_namespace_and_only_directly() {
        let document = parse("<a xmlns='urn:1'><b><c/></b><c xmlns='urn:2'/></a>").unwrap();
        assert!(child(document.root_element(), "urn:1", "c").is_none());
        assert!(child(document.root_element(), "urn:2", "c").is_some());
    }
}
