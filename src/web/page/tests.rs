//! Every page in every language, from its samples.

use super::{message::tests::assert_complete, *};

fn pages(language: Language) -> Vec<String> {
    gallery(language).into_iter().map(|(_, html)| html).collect()
}

#[test]
fn every_page_has_all_its_sentences_in_every_language_and_no_sentence_is_left_over() {
    assert_complete(student_messages, pages);
}
