//! Every page in every language, from its samples.

use super::{
    lookup::{Answer, Lookup},
    message::tests::assert_complete,
    picker::Picker,
    refused::Refused,
    roster_form::RosterForm,
    *,
};

const HOSTILE: &str = "\"><script>alert('1')</script><img src=x onerror=alert(1)>&amp;{{ t }}{ $issuer }\u{202e}";

fn pages(language: Language) -> Vec<String> {
    gallery(language).into_iter().map(|(_, html)| html).collect()
}

fn first<P: Page>() -> P {
    P::samples().into_iter().next().unwrap().1
}

/// What an attacker writes is in the page, and all of it is text.
#[track_caller]
fn assert_harmless(page: &impl Page, times: usize) {
    for language in Language::ALL {
        let html = page.render(language);
        assert!(!html.contains("<img src=x") && !html.contains("<script>alert"), "{html}");
        let escaped = "&#34;&#62;&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62;";
        assert_eq!(html.matches(escaped).count(), times);
    }
}

#[test]
fn every_page_has_all_its_sentences_in_every_language_and_no_sentence_is_left_over() {
    assert_complete(student_messages, pages);
    assert_complete(staff::staff_messages, pages);
}

#[test]
fn no_page_needs_what_the_content_security_policy_forbids() {
    for html in Language::ALL.into_iter().flat_map(pages) {
        for forbidden in
            [" style=", "<style", " onclick", " onload", "javascript:", "<script>", "<iframe", "src=\"http"]
        {
            assert!(!html.contains(forbidden), "{forbidden} in {html}");
        }
    }
}

#[test]
fn every_page_says_its_language_and_has_one_heading() {
    for language in Language::ALL {
        for (name, html) in gallery(language) {
            assert!(html.contains(&format!("<html lang=\"{}\">", language.code())), "{name}");
            assert_eq!(html.matches("<h1").count(), 1, "{name}");
        }
    }
}

#[test]
fn a_picker_full_of_hostile_text_is_harmless() {
    let mut page: Picker = first();
    page.flow = HOSTILE.into();
    page.query = HOSTILE.into();
    page.asking.issuer = HOSTILE.into();
    page.asking.product = HOSTILE.into();
    page.frame.operator = HOSTILE.into();
    let hostile = || HOSTILE.to_owned();
    let choice =
        picker::Choice { id: hostile(), name: hostile(), place: hostile(), also: hostile(), logo: Some(hostile()) };
    page.remembered = Some(choice.clone());
    page.universities = vec![choice];
    page.others = vec![hostile()];
    // operator; issuer in strip, lead, absent twice, cancel; product; flow in four forms; query; 4 + 5 of the choices;
    // another
    assert_harmless(&page, 1 + 5 + 1 + 4 + 1 + 9 + 1);
}

#[test]
fn a_form_full_of_hostile_text_is_harmless() {
    let mut page: RosterForm = first();
    page.flow = HOSTILE.into();
    page.university = HOSTILE.into();
    page.asking.issuer = HOSTILE.into();
    page.asking.product = HOSTILE.into();
    let typed = [&mut page.typed.matriculation_number, &mut page.typed.given_names, &mut page.typed.family_name];
    typed.into_iter().chain([&mut page.typed.birth_date]).for_each(|field| *field = HOSTILE.into());
    // flow, university, product; issuer in strip, heading, submit, cancel; four fields
    assert_harmless(&page, 3 + 4 + 4);
}

#[test]
fn an_outcome_full_of_hostile_text_is_harmless() {
    let mut page: Refused = first();
    page.asking.issuer = HOSTILE.into();
    page.asking.product = HOSTILE.into();
    let university = page.university.as_mut().unwrap();
    university.name = HOSTILE.into();
    university.contacts[0].label = HOSTILE.into();
    university.contacts[0].href = Href::parse(&format!("https://uni.example/{HOSTILE}")).unwrap();
    // issuer in strip and button, product, university in heading and facts, contact's label and link
    assert_harmless(&page, 2 + 1 + 2 + 2);
}

#[test]
fn a_reference_full_of_hostile_text_is_harmless() {
    let mut page: Lookup = first();
    page.typed = HOSTILE.into();
    page.answer = Answer::Unreadable;
    assert_harmless(&page, 1);
}

#[test]
fn who_has_to_wait_finds_no_form_to_fill_in() {
    let mut page: RosterForm = first();
    page.trouble = roster_form::Trouble::Locked { minutes: 14 };
    let html = page.render(Language::En);
    assert!(html.contains("in 14 minutes") && html.contains("name=\"cancel\""));
    assert!(!html.contains("name=\"matriculation_number\""));
}

#[test]
fn a_faulty_field_is_linked_marked_and_described() {
    let mut page: RosterForm = first();
    page.trouble = roster_form::Trouble::Fields(vec![(roster_form::Field::BirthDate, roster_form::Fault::Unreadable)]);
    let html = page.render(Language::De);
    assert!(html.contains("<title>Fehler: "), "{html}");
    assert!(html.contains("href=\"#birth_date\"") && html.contains("id=\"birth_date-fault\""), "{html}");
    assert!(html.contains("aria-describedby=\"birth_date-fault birth_date-hint\" aria-invalid=\"true\""), "{html}");
    assert_eq!(html.matches("aria-invalid").count(), 1);
}
