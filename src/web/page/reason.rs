//! Why a verification was refused, as people are told: the sentences are `reason-<code>-…` in the message files.

pub use crate::domain::reason::Reason;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand out references")]
/// The key of one of a reason's sentences: `title`, `why`, `next`.
pub(super) fn key(reason: &Reason, sentence: &str) -> String {
    format!("reason-{}-{sentence}", reason.code())
}
