//! Fetching a WSDL and what it imports: so many documents, from the WSDL's own host only.

use std::{collections::VecDeque, time::Duration};

use reqwest::header;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{SoapClient, SoapError};
use crate::{
    base::limits,
    domain::soap_connection::SoapConnection,
    peers::http::Bounds,
    protocol::soap::{
        Contract,
        wsdl::{Wsdl, WsdlFault},
    },
};

impl SoapClient {
    /// How the service wants to be asked: from the settings, and from the WSDL if they name one.
    pub async fn contract(&self, settings: &SoapConnection, time: Duration) -> Result<Contract, SoapError> {
        let contract = self.find_contract(settings, time).await?;
        contract.judge(settings)?;
        Ok(contract)
    }

    async fn find_contract(&self, settings: &SoapConnection, time: Duration) -> Result<Contract, SoapError> {
        if let Some(url) = &settings.wsdl_url {
            let documents =
                timeout_at(Instant::now() + time, self.documents(url)).await.map_err(|_| SoapError::TimedOut)??;
            return Ok(Contract::find(settings, &documents)?);
        }
        if let Some(text) = &settings.wsdl {
            let wsdl = Wsdl::parse(text.as_bytes(), 0).map_err(|fault| in_document("the settings", fault))?;
            return Ok(Contract::find(settings, &[(None, wsdl)])?);
        }
        Contract::of_settings(settings).ok_or(SoapError::NoEndpoint)
    }

    async fn documents(&self, url: &str) -> Result<Vec<(Option<Url>, Wsdl)>, SoapError> {
        let first = Url::parse(url).map_err(|_| SoapError::NoEndpoint)?;
        let mut seen = vec![first.clone()];
        let mut waiting = VecDeque::from([first.clone()]);
        let mut documents = Vec::new();
        while let Some(url) = waiting.pop_front() {
            let wsdl = self.document(&url, documents.len()).await?;
            for import in &wsdl.imports {
                // What is imported from elsewhere (schemas of standards) is not needed, and would have us call others.
                let Ok(import) = url.join(import) else { continue };
                if import.origin() == first.origin() && !seen.contains(&import) && seen.len() < limits::WSDL_DOCUMENTS {
                    seen.push(import.clone());
                    waiting.push_back(import);
                }
            }
            documents.push((Some(url), wsdl));
        }
        Ok(documents)
    }

    async fn document(&self, url: &Url, number: usize) -> Result<Wsdl, SoapError> {
        let request =
            self.authorised(self.http.get(url.as_str())?).header(header::ACCEPT, "text/xml, application/wsdl+xml");
        let bounds = Bounds { bytes: limits::WSDL_BYTES, ..Bounds::SMALL };
        let answer = self.http.answer(request, bounds).await?;
        if answer.status.as_u16() != 200 {
            return Err(SoapError::Status(answer.status.as_u16()));
        }
        Wsdl::parse(&answer.body, number).map_err(|fault| in_document(url.as_str(), fault))
    }
}

fn in_document(url: &str, fault: WsdlFault) -> SoapError {
    SoapError::Wsdl { url: url.to_owned(), fault }
}
