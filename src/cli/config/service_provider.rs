//! `[service_provider]`: what our own SAML metadata says about this service.

use std::time::Duration;

use url::Url;

use super::reader::{Section, shortened};
use crate::flow::saml_metadata::{LogoSetting, ServiceProvider, Texts};

/// Only one of these may be claimed (REFEDS).
const ACCESS: [&str; 3] = [
    "https://refeds.org/category/anonymous",
    "https://refeds.org/category/pseudonymous",
    "https://refeds.org/category/personalized",
];
/// Never claimed by a service that sells something.
const RESEARCH: &str = "http://refeds.org/category/research-and-scholarship";

/// `[service_provider]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceProviderSettings {
    /// Everything but the operator, which is in `[server]`.
    pub about: ServiceProvider,
    /// How long a fetched copy may be used.
    pub metadata_life: Duration,
}

impl ServiceProviderSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        const DAY: u64 = 24 * 60 * 60;
        let german = texts(section, ["name_de", "description_de", "privacy_url_de"]);
        let english = texts(section, ["name_en", "description_en", "privacy_url_en"]);
        let logo = section.parsed("logo_url", "", |text| match text {
            "" => Ok(String::new()),
            text if text.starts_with("https://") => web_address(text),
            _ => Err("must begin with https://".to_owned()),
        });
        let width = pixels(section, "logo_width_pixels", 80);
        let height = pixels(section, "logo_height_pixels", 60);
        let about = ServiceProvider {
            operator: String::new(),
            organization_url: section.parsed("organization_url", "", optional_address),
            german,
            english,
            logo: (!logo.is_empty()).then_some(LogoSetting { url: logo, width, height }),
            technical_mail: section.parsed("technical_mail", "", mail),
            support_mail: section.parsed("support_mail", "", mail),
            security_mail: section.parsed("security_mail", "", mail),
            categories: section.list("entity_categories", category),
            assurance: section.list("assurance_certifications", web_address),
        };
        if about.categories.iter().filter(|category| ACCESS.contains(&category.as_str())).count() > 1 {
            section.fault("`entity_categories` may hold only one of anonymous, pseudonymous and personalized");
        }
        let metadata_life = section.seconds("metadata_life_seconds", 14 * DAY, DAY..=30 * DAY);
        Self { about, metadata_life }
    }
}

fn texts(section: &mut Section<'_>, [name, description, privacy_url]: [&str; 3]) -> Texts {
    Texts {
        name: section.parsed(name, "", short_text),
        description: section.parsed(description, "", short_text),
        privacy_url: section.parsed(privacy_url, "", optional_address),
    }
}

fn pixels(section: &mut Section<'_>, key: &str, default: u64) -> u32 {
    u32::try_from(section.number(key, default, 1..=2000)).unwrap_or(1)
}

fn short_text(text: &str) -> Result<String, String> {
    if text.chars().count() <= 200 && !text.contains(char::is_control) {
        return Ok(text.to_owned());
    }
    Err("must be one line of at most 200 characters".to_owned())
}

fn optional_address(text: &str) -> Result<String, String> {
    if text.is_empty() { Ok(String::new()) } else { web_address(text) }
}

fn web_address(text: &str) -> Result<String, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "https" | "http") && url.has_host() => Ok(text.to_owned()),
        _ => Err(format!("holds `{}`, which is no web address", shortened(text))),
    }
}

fn mail(text: &str) -> Result<String, String> {
    let fits = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
        && text.len() <= 254
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"(),;".contains(c));
    if text.is_empty() || fits {
        Ok(text.to_owned())
    } else {
        Err(format!("must be a mail address, not `{}`", shortened(text)))
    }
}

fn category(text: &str) -> Result<String, String> {
    if text == RESEARCH {
        return Err("must not hold research-and-scholarship: a service that sells may not claim it".to_owned());
    }
    web_address(text)
}
