//! tmp
pub struct MatchRule {
    pub require_birth_date: bool,
}
pub fn matches(a: &super::person::StudentRecord, b: &super::person::TypedClaim, _: &MatchRule) -> bool {
    a.matriculation_number.normalised() == b.matriculation_number.normalised()
        && a.family_name.as_str() == b.family_name.as_str()
        && a.given_names.as_str() == b.given_names.as_str()
}
