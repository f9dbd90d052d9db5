//! What is sent by mail, in both languages: nobody knows yet which one somebody reads.

use std::sync::LazyLock;

use crate::{
    base::Timestamp,
    peers::mail::Mail,
    web::page::{Catalog, Language},
};

static MAIL: LazyLock<Catalog> = LazyLock::new(|| Catalog::new(messages));

fn messages(language: Language) -> &'static str {
    match language {
        Language::De => include_str!("../../../../locales/mail/de.ftl"),
        Language::En => include_str!("../../../../locales/mail/en.ftl"),
    }
}

/// Somebody's link, with whose it is and until when it works; in the manager's language first.
pub fn invitation(first: Language, name: &str, tenant: [&str; 2], link: &str, until: Timestamp) -> Mail {
    let tenant_in = |language| match language {
        Language::De => tenant[0],
        Language::En => tenant[1],
    };
    let paragraph = |language| {
        let t = MAIL.text(language);
        let words = [("name", name), ("tenant", tenant_in(language)), ("link", link)];
        let text = t.with("mail-invitation", &words);
        format!("{text}\n\n{}", t.with("mail-until", &[("until", t.moment(until))]))
    };
    let second = Language::ALL.into_iter().filter(|language| *language != first);
    let texts: Vec<String> = [first].into_iter().chain(second).map(paragraph).collect();
    let subject = MAIL.text(first).with("mail-subject", &[("tenant", tenant_in(first))]);
    Mail { subject, text: texts.join("\n\n---\n\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_says_the_same_in_both_languages() {
        let at = Timestamp::from_seconds(1_800_000_000);
        let tenant = ["Universität A", "University A"];
        let link = "https://pedell.example/staff/invitation?code=00";
        let mail = invitation(Language::En, "Ada", tenant, link, at);
        assert_eq!(mail.text.matches(link).count(), 2, "{}", mail.text);
        assert!(mail.subject.contains("University A") && mail.text.contains("Universität A"), "{mail:?}");
        assert!(invitation(Language::De, "Ada", tenant, link, at).subject.contains("Universität A"));
        assert!(!mail.text.contains("{ $") && !mail.text.contains('\u{2068}'), "{}", mail.text);
    }
}
