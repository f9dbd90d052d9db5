//! The Deutschlandsemesterticket's entitlement: `<prefix>:entitlement:dticket:timeframe:YYYYMMDD-YYYYMMDD`.

use jiff::civil::Date;

/// A period for which a university says that a student may have the ticket. Both days are inclusive, in Germany.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timeframe {
    /// Whose entitlement it is, e.g. `urn:geant:dfn.de:uni.example`. Which ones count, the product's rule says.
    pub prefix: String,
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

impl Timeframe {
    /// Case-exact; `None` if the value is any other entitlement, or malformed, which means: not entitled.
    pub fn parse(entitlement: &str) -> Option<Self> {
        let (prefix, period) = entitlement.rsplit_once(":entitlement:dticket:timeframe:")?;
        let (first, last) = period.split_once('-')?;
        let (first, last) = (compact_date(first)?, compact_date(last)?);
        (prefix.starts_with("urn:") && first <= last).then(|| Self { prefix: prefix.to_owned(), first, last })
    }

    /// Whether the student is entitled on this day, which is a day in Germany.
    pub fn contains(&self, day: Date) -> bool {
        (self.first..=self.last).contains(&day)
    }
}

/// `YYYYMMDD`: eight digits that are a day.
pub(super) fn compact_date(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn both_days_are_inclusive_whatever_the_semester() {
        let frame =
            Timeframe::parse("urn:geant:dfn.de:fh.example:entitlement:dticket:timeframe:20260901-20270228").unwrap();
        assert_eq!(frame.prefix, "urn:geant:dfn.de:fh.example");
        assert!(frame.contains(date(2026, 9, 1)) && frame.contains(date(2027, 2, 28)));
        assert!(!frame.contains(date(2026, 8, 31)) && !frame.contains(date(2027, 3, 1)));
    }

    #[test]
    fn what_is_malformed_entitles_to_nothing() {
        for bad in [
            "urn:x:entitlement:dticket:timeframe:20260401",
            "urn:x:entitlement:dticket:timeframe:20260401-20260931",
            "urn:x:entitlement:dticket:timeframe:20261001-20260401",
            "urn:x:entitlement:dticket:timeframe:2026-04-01-2026-09-30",
            "urn:x:entitlement:dticket:timeframe:20260401-20260930 ",
            "urn:x:entitlement:DTicket:timeframe:20260401-20260930",
            "urn:x:entitlement:dticket:timeframe:+2026041-20260930",
            ":entitlement:dticket:timeframe:20260401-20260930",
            "urn:x:entitlement:dticket:timeframe:２０２６０４０１-20260930",
            "urn:mace:dir:entitlement:common-lib-terms",
            "",
        ] {
            assert_eq!(Timeframe::parse(bad), None, "{bad}");
        }
    }
}
