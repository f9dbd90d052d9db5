//! Where the service is and what it calls the request: from a WSDL's documents, with the settings over them.

use url::Url;

use super::wsdl::{Binding, BoundOperation, Wsdl};
use crate::{
    domain::soap_connection::{SoapConnection, is_private_enough},
    protocol::saml::Coded,
};

/// Everything about the service that a question needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// http or https.
    pub endpoint: String,
    /// Of the request's element; `""` for none.
    pub namespace: String,
    /// Whether the fields inside have it too.
    pub qualified: bool,
    /// The `SOAPAction` header's value, without its quotes.
    pub soap_action: String,
}

/// Why a WSDL does not say where to ask.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContractFault {
    /// No address.
    #[error("the WSDL has no port with a SOAP 1.1 address")]
    NoPort,
    /// No operation takes the request.
    #[error("no SOAP 1.1 operation of the WSDL takes <{0}> (`elements.request`)")]
    NoOperation(String),
    /// Not an http or https address.
    #[error("the WSDL's address {0:?} is no http or https address")]
    Address(String),
    /// It would have us send personal data and secrets to somebody else.
    #[error("the WSDL names another host, {0:?}: if that is right, set it as `endpoint`")]
    Elsewhere(String),
    /// Without TLS, though the WSDL came by TLS or the settings do not allow it.
    #[error("the service's address is one without TLS, {0:?}: set the https address as `endpoint`")]
    Unencrypted(String),
}

impl Coded for ContractFault {
    fn code(&self) -> &'static str {
        match self {
            Self::NoPort => "wsdl_no_port",
            Self::NoOperation(_) => "wsdl_no_operation",
            Self::Address(_) => "wsdl_address",
            Self::Elsewhere(_) => "wsdl_elsewhere",
            Self::Unencrypted(_) => "wsdl_unencrypted",
        }
    }
}

impl Contract {
    /// From settings that name an endpoint and no WSDL; `None` if they don't.
    pub fn of_settings(settings: &SoapConnection) -> Option<Self> {
        Some(Self {
            endpoint: settings.endpoint.clone()?,
            namespace: settings.namespace.clone().unwrap_or_default(),
            qualified: settings.qualified.unwrap_or(false),
            soap_action: settings.soap_action.clone().unwrap_or_default(),
        })
    }

    /// Whether personal data may go there: wherever the address comes from, without TLS only if the settings allow it.
    pub fn judge(&self, settings: &SoapConnection) -> Result<(), ContractFault> {
        let url = Url::parse(&self.endpoint).map_err(|_| ContractFault::Address(self.endpoint.clone()))?;
        if settings.unencrypted || is_private_enough(&url) {
            return Ok(());
        }
        Err(ContractFault::Unencrypted(url.into()))
    }

    /// From a WSDL's documents and the address each came from (none: it stands in the settings). Settings win.
    pub fn find(settings: &SoapConnection, documents: &[(Option<Url>, Wsdl)]) -> Result<Self, ContractFault> {
        let request = &settings.elements.request;
        let all = |f: fn(&Wsdl) -> usize| documents.iter().map(|(_, wsdl)| f(wsdl)).sum::<usize>();
        if all(|wsdl| wsdl.ports.len()) == 0 && settings.endpoint.is_none() {
            return Err(ContractFault::NoPort);
        }
        let bindings = documents.iter().flat_map(|(_, wsdl)| &wsdl.bindings);
        let (binding, operation, namespace, qualified) = bindings
            .flat_map(|binding| binding.operations.iter().map(move |operation| (binding, operation)))
            .find_map(|(binding, operation)| {
                let (namespace, qualified) = takes(documents, binding, operation, request)?;
                Some((binding, operation, namespace, qualified))
            })
            .ok_or_else(|| ContractFault::NoOperation(request.clone()))?;
        let endpoint = match &settings.endpoint {
            Some(endpoint) => endpoint.clone(),
            None => address(documents, binding)?,
        };
        Ok(Self {
            endpoint,
            namespace: settings.namespace.clone().unwrap_or(namespace),
            qualified: settings.qualified.unwrap_or(qualified),
            soap_action: settings.soap_action.clone().unwrap_or_else(|| operation.soap_action.clone()),
        })
    }
}

/// The request's namespace and whether its fields are qualified, if this operation takes an element called so.
fn takes(
    documents: &[(Option<Url>, Wsdl)],
    binding: &Binding,
    operation: &BoundOperation,
    request: &str,
) -> Option<(String, bool)> {
    if operation.is_rpc {
        // The element is called like the operation, its parts have no namespace (WS-I Basic Profile R2735).
        return (operation.name == request).then(|| (operation.body_namespace.clone(), false));
    }
    let mut port_types = documents.iter().flat_map(|(_, wsdl)| &wsdl.port_types);
    let port_type = port_types.find(|port_type| port_type.name == binding.port_type)?;
    let (_, input) = port_type.operations.iter().find(|(name, _)| *name == operation.name)?;
    let message = documents.iter().flat_map(|(_, wsdl)| &wsdl.messages).find(|message| message.name == *input)?;
    let element = message.element.as_ref().filter(|element| element.local == request)?;
    let mut schemas = documents.iter().flat_map(|(_, wsdl)| &wsdl.schemas);
    let qualified = schemas.any(|schema| schema.namespace == element.namespace && schema.qualified);
    Some((element.namespace.clone(), qualified && !element.namespace.is_empty()))
}

/// The binding's address, seen from the document that names it.
fn address(documents: &[(Option<Url>, Wsdl)], binding: &Binding) -> Result<String, ContractFault> {
    let mut ports = documents.iter().flat_map(|(_, wsdl)| &wsdl.ports);
    let port = ports.find(|port| port.binding == binding.name).ok_or(ContractFault::NoPort)?;
    let base = documents.get(port.base).and_then(|(url, _)| url.as_ref());
    let bad = || ContractFault::Address(port.address.chars().take(200).collect());
    let url = Url::options().base_url(base).parse(&port.address).map_err(|_| bad())?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() || !url.username().is_empty() {
        return Err(bad());
    }
    // What the settings trust is the WSDL's own host: a document must not send secrets elsewhere.
    if let Some(base) = base {
        if base.scheme() == "https" && url.scheme() != "https" {
            return Err(ContractFault::Unencrypted(url.into()));
        }
        if (base.host(), base.port_or_known_default()) != (url.host(), url.port_or_known_default()) {
            return Err(ContractFault::Elsewhere(url.into()));
        }
    }
    Ok(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::soap::{WSDL, WSDL_SOAP, XSD};

    fn settings(more: &str) -> SoapConnection {
        toml::from_str(more).unwrap()
    }

    fn wsdl(address: &str, schema: &str, element: &str) -> String {
        format!(
            "<definitions xmlns='{WSDL}' xmlns:soap='{WSDL_SOAP}' xmlns:x='{XSD}' xmlns:t='urn:t' targetNamespace='urn:t'>\
             <types><x:schema {schema}/></types>\
             <message name='in'><part name='p' element='{element}'/></message>\
             <portType name='pt'><operation name='verifyData'><input message='t:in'/></operation></portType>\
             <binding name='b' type='t:pt'><soap:binding transport='http://schemas.xmlsoap.org/soap/http'/>\
             <operation name='verifyData'><soap:operation soapAction='urn:t#verify'/><input><soap:body use='literal'/></input></operation></binding>\
             <service name='s'><port name='p' binding='t:b'><soap:address location='{address}'/></port></service></definitions>"
        )
    }

    fn find(settings: &SoapConnection, base: &str, document: &str) -> Result<Contract, ContractFault> {
        Contract::find(settings, &[(Url::parse(base).ok(), Wsdl::parse(document.as_bytes(), 0).unwrap())])
    }

    #[test]
    fn endpoint_namespace_and_action_come_from_the_wsdl_and_settings_win() {
        let document =
            wsdl("/verify?a=b", "targetNamespace='urn:t' elementFormDefault='qualified'", "t:verifyDataRequest");
        let base = "https://uni.example/soap/service.wsdl";
        let found = find(&settings(""), base, &document).unwrap();
        assert_eq!(
            found,
            Contract {
                endpoint: "https://uni.example/verify?a=b".to_owned(),
                namespace: "urn:t".to_owned(),
                qualified: true,
                soap_action: "urn:t#verify".to_owned(),
            }
        );
        let own = settings("endpoint = 'https://x.example/'\nnamespace = ''\nqualified = false\nsoap_action = 'y'");
        let found = find(&own, base, &document).unwrap();
        assert_eq!(
            (found.endpoint.as_str(), found.namespace.as_str(), found.soap_action.as_str()),
            ("https://x.example/", "", "y")
        );
        assert!(!found.qualified);
    }

    #[test]
    fn an_element_without_namespace_stays_without() {
        // A prefixless name would have the default namespace here, so that the WSDL has to go without one.
        let document = wsdl("https://uni.example/v", "", "verifyDataRequest")
            .replace(&format!("xmlns='{WSDL}'"), &format!("xmlns:w='{WSDL}'"));
        let document =
            ["definitions", "types", "message", "part", "portType", "operation", "input", "binding", "service", "port"]
                .iter()
                .fold(document, |text, name| {
                    let text = text
                        .replace(&format!("<{name} "), &format!("<w:{name} "))
                        .replace(&format!("<{name}>"), &format!("<w:{name}>"));
                    text.replace(&format!("</{name}>"), &format!("</w:{name}>"))
                });
        let found = find(&settings(""), "https://uni.example/", &document).unwrap();
        assert_eq!((found.namespace.as_str(), found.qualified), ("", false));
    }

    #[test]
    fn a_wsdl_does_not_send_secrets_to_another_host_or_in_clear() {
        let schema = "targetNamespace='urn:t'";
        let element = "t:verifyDataRequest";
        let fault =
            |address: &str| find(&settings(""), "https://uni.example/a", &wsdl(address, schema, element)).unwrap_err();
        assert_eq!(fault("https://evil.example/").code(), "wsdl_elsewhere");
        assert_eq!(fault("https://uni.example:8443/").code(), "wsdl_elsewhere");
        assert_eq!(fault("//evil.example/").code(), "wsdl_elsewhere");
        assert_eq!(fault("http://uni.example/").code(), "wsdl_unencrypted");
        assert_eq!(fault("ftp://uni.example/").code(), "wsdl_address");
        assert_eq!(fault("file:///etc/passwd").code(), "wsdl_address");
        let inline = Contract::find(
            &settings(""),
            &[(None, Wsdl::parse(wsdl("relative", schema, element).as_bytes(), 0).unwrap())],
        );
        assert_eq!(inline.unwrap_err().code(), "wsdl_address");
    }

    #[test]
    fn an_address_without_tls_is_judged_wherever_it_comes_from() {
        let document = wsdl("http://uni.example/v", "targetNamespace='urn:t'", "t:verifyDataRequest");
        let judged = |more: &str| {
            let settings = settings(more);
            let inline = [(None, Wsdl::parse(document.as_bytes(), 0).unwrap())];
            Contract::find(&settings, &inline).unwrap().judge(&settings)
        };
        assert_eq!(judged("").unwrap_err().code(), "wsdl_unencrypted");
        assert_eq!(judged("endpoint = 'http://a.example/'").unwrap_err().code(), "wsdl_unencrypted");
        assert!(judged("unencrypted = true").is_ok());
        assert!(judged("endpoint = 'https://a.example/'").is_ok());
        assert!(judged("endpoint = 'http://127.0.0.1:1/'").is_ok());
    }

    #[test]
    fn the_operation_must_take_the_request() {
        let document = wsdl("/v", "targetNamespace='urn:t'", "t:somethingElse");
        assert_eq!(find(&settings(""), "https://a.example/", &document).unwrap_err().code(), "wsdl_no_operation");
        let soap12 =
            wsdl("/v", "", "t:verifyDataRequest").replace(WSDL_SOAP, "http://schemas.xmlsoap.org/wsdl/soap12/");
        assert_eq!(find(&settings(""), "https://a.example/", &soap12).unwrap_err().code(), "wsdl_no_port");
        let named = settings("elements = { request = 'somethingElse' }");
        assert!(find(&named, "https://a.example/", &document).is_ok());
    }

    #[test]
    fn rpc_style_has_the_operations_name_in_the_bodys_namespace() {
        let document = wsdl("/v", "", "t:x")
            .replace("<soap:binding ", "<soap:binding style='rpc' ")
            .replace("<soap:body use='literal'/>", "<soap:body use='literal' namespace='urn:rpc'/>");
        let named = settings("elements = { request = 'verifyData' }");
        let found = find(&named, "https://a.example/", &document).unwrap();
        assert_eq!((found.namespace.as_str(), found.qualified), ("urn:rpc", false));
    }
}
