//! Any bytes as a WSDL: no panic, and no endpoint on another host than the WSDL's. `cargo fuzz run soap_wsdl`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pedell::{
    domain::soap_connection::SoapConnection,
    protocol::soap::{Contract, wsdl::Wsdl},
};

fuzz_target!(|bytes: &[u8]| {
    let Ok(wsdl) = Wsdl::parse(bytes, 0) else { return };
    let settings: SoapConnection = serde_json::from_str("{}").expect("every setting has a default");
    let base = url::Url::parse("https://uni.example/service.wsdl").expect("an address");
    if let Ok(contract) = Contract::find(&settings, &[(Some(base), wsdl)]) {
        assert!(contract.endpoint.starts_with("https://uni.example/"), "{}", contract.endpoint);
    }
});
