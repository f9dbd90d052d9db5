//! tmp
pub struct MatchRule {
    pub require_birth_date: bool,
}
pub fn matches(_: &super::person::StudentRecord, _: &super::person::TypedClaim, _: &MatchRule) -> bool {
    false
}
