//! One document of a WSDL 1.1, or an XML Schema that one imports: only what is needed to ask one question.

use roxmltree::{Document, Node};

use super::{WSDL, WSDL_SOAP, XSD, text::decode};
use crate::{
    base::limits,
    protocol::saml::xml::{
        XmlFault,
        outline::Outline,
        tree::{self, attribute, child, children},
    },
};

/// A name with its namespace; `""` for none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QName {
    /// Namespace URI.
    pub namespace: String,
    /// Local name.
    pub local: String,
}

/// What one document declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wsdl {
    /// Addresses of further documents, as they stand there; relative ones are seen from this document's own address.
    pub imports: Vec<String>,
    pub(super) messages: Vec<Message>,
    pub(super) port_types: Vec<PortType>,
    pub(super) bindings: Vec<Binding>,
    pub(super) ports: Vec<Port>,
    pub(super) schemas: Vec<Schema>,
}

/// `<message>`: its first part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) name: QName,
    /// `element` of the part, for document style.
    pub(super) element: Option<QName>,
}

/// `<portType>`: each operation with its input message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PortType {
    pub(super) name: QName,
    pub(super) operations: Vec<(String, QName)>,
}

/// `<binding>` for SOAP 1.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binding {
    pub(super) name: QName,
    pub(super) port_type: QName,
    pub(super) operations: Vec<BoundOperation>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BoundOperation {
    pub(super) name: String,
    pub(super) soap_action: String,
    pub(super) is_rpc: bool,
    /// `namespace` of its input's `<soap:body>`, for rpc style.
    pub(super) body_namespace: String,
}

/// `<port>` with a SOAP 1.1 address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Port {
    pub(super) binding: QName,
    pub(super) address: String,
    /// Which of the documents said so.
    pub(super) base: usize,
}

/// `<schema>`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Schema {
    pub(super) namespace: String,
    pub(super) qualified: bool,
}

/// Why a document is not one of a WSDL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WsdlFault {
    /// It cannot be read.
    #[error("{0}")]
    Xml(#[from] XmlFault),
    /// Something else.
    #[error("the document is neither a WSDL 1.1 nor an XML Schema, but <{0}>")]
    NotWsdl(String),
}

impl Wsdl {
    /// Reads one document; `base` is its number among the documents of its WSDL.
    pub fn parse(bytes: &[u8], base: usize) -> Result<Self, WsdlFault> {
        if bytes.len() > limits::WSDL_BYTES {
            return Err(XmlFault::TooLarge.into());
        }
        let text = decode(bytes)?;
        Outline::of(&text)?;
        let document: Document = tree::parse(text.strip_prefix('\u{FEFF}').unwrap_or(&text))?;
        let root = document.root_element();
        let mut wsdl = Self::default();
        if tree::is(root, XSD, "schema") {
            wsdl.schema(root);
        } else if tree::is(root, WSDL, "definitions") {
            wsdl.definitions(root, base);
        } else {
            return Err(WsdlFault::NotWsdl(root.tag_name().name().chars().take(100).collect()));
        }
        Ok(wsdl)
    }

    fn definitions(&mut self, root: Node, base: usize) {
        let target = attribute(root, "targetNamespace").unwrap_or_default();
        let named = |node: Node| QName {
            namespace: target.to_owned(),
            local: attribute(node, "name").unwrap_or_default().to_owned(),
        };
        self.imports.extend(
            children(root, WSDL, "import").filter_map(|import| attribute(import, "location")).map(str::to_owned),
        );
        for types in children(root, WSDL, "types") {
            children(types, XSD, "schema").for_each(|schema| self.schema(schema));
        }
        for message in children(root, WSDL, "message") {
            let element = child(message, WSDL, "part").and_then(|part| q_name(part, "element"));
            self.messages.push(Message { name: named(message), element });
        }
        for port_type in children(root, WSDL, "portType") {
            let operations = children(port_type, WSDL, "operation")
                .filter_map(|operation| {
                    let input = child(operation, WSDL, "input").and_then(|input| q_name(input, "message"))?;
                    Some((attribute(operation, "name")?.to_owned(), input))
                })
                .collect();
            self.port_types.push(PortType { name: named(port_type), operations });
        }
        for binding in children(root, WSDL, "binding") {
            let (Some(soap), Some(port_type)) = (child(binding, WSDL_SOAP, "binding"), q_name(binding, "type")) else {
                continue;
            };
            let style = attribute(soap, "style").unwrap_or("document");
            let operations = children(binding, WSDL, "operation").map(|operation| bound(operation, style)).collect();
            self.bindings.push(Binding { name: named(binding), port_type, operations });
        }
        for port in children(root, WSDL, "service").flat_map(|service| children(service, WSDL, "port")) {
            let address = child(port, WSDL_SOAP, "address").and_then(|address| attribute(address, "location"));
            if let (Some(address), Some(binding)) = (address, q_name(port, "binding")) {
                self.ports.push(Port { binding, address: address.trim().to_owned(), base });
            }
        }
    }

    fn schema(&mut self, schema: Node) {
        for reference in
            schema.children().filter(|node| tree::is(*node, XSD, "import") || tree::is(*node, XSD, "include"))
        {
            self.imports.extend(attribute(reference, "schemaLocation").map(str::to_owned));
        }
        self.schemas.push(Schema {
            namespace: attribute(schema, "targetNamespace").unwrap_or_default().to_owned(),
            qualified: attribute(schema, "elementFormDefault") == Some("qualified"),
        });
    }
}

fn bound(operation: Node, style: &str) -> BoundOperation {
    let soap = child(operation, WSDL_SOAP, "operation");
    let own = |name: &str| soap.and_then(|soap| attribute(soap, name));
    let body = child(operation, WSDL, "input").and_then(|input| child(input, WSDL_SOAP, "body"));
    BoundOperation {
        name: attribute(operation, "name").unwrap_or_default().to_owned(),
        soap_action: own("soapAction").unwrap_or_default().to_owned(),
        is_rpc: own("style").unwrap_or(style) == "rpc",
        body_namespace: body.and_then(|body| attribute(body, "namespace")).unwrap_or_default().to_owned(),
    }
}

/// A qualified name in an attribute's value. Without prefix it has the default namespace; with an unknown one it is none.
fn q_name(node: Node, name: &str) -> Option<QName> {
    let value = attribute(node, name)?.trim();
    let (prefix, local) = match value.split_once(':') {
        Some((prefix, local)) => (Some(prefix), local),
        None => (None, value),
    };
    let namespace = match prefix {
        Some(prefix) => node.lookup_namespace_uri(Some(prefix))?,
        None => node.lookup_namespace_uri(None).unwrap_or_default(),
    };
    Some(QName { namespace: namespace.to_owned(), local: local.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_wsdl_is_refused_before_anything_is_read() {
        assert_eq!(Wsdl::parse(b"<html/>", 0), Err(WsdlFault::NotWsdl("html".to_owned())));
        assert_eq!(Wsdl::parse(b"<!DOCTYPE definitions><definitions/>", 0), Err(WsdlFault::Xml(XmlFault::Doctype)));
        assert_eq!(Wsdl::parse(&vec![b' '; limits::WSDL_BYTES + 1], 0), Err(WsdlFault::Xml(XmlFault::TooLarge)));
    }

    #[test]
    fn imports_of_definitions_and_schemas_are_collected() {
        let document = format!(
            "<d:definitions xmlns:d='{WSDL}' xmlns:x='{XSD}'><d:import namespace='urn:a' location='a.wsdl'/><d:types>\
             <x:schema><x:import namespace='urn:b' schemaLocation='b.xsd'/><x:include schemaLocation='c.xsd'/>\
             <x:import namespace='urn:d'/></x:schema></d:types></d:definitions>"
        );
        assert_eq!(Wsdl::parse(document.as_bytes(), 0).unwrap().imports, ["a.wsdl", "b.xsd", "c.xsd"]);
    }
}
