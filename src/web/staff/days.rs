//! Days that somebody chose, as moments in Germany.

use jiff::{civil::Date, tz::TimeZone};

use crate::base::Timestamp;

/// From the first moment of one day until the last of another; nothing typed: since ever, until ever.
pub(super) fn between(from: &str, to: &str) -> Option<(Timestamp, Timestamp)> {
    let first = match from.trim() {
        "" => Timestamp::from_seconds(0),
        day => midnight(day.parse().ok()?)?,
    };
    let end = match to.trim() {
        "" => Timestamp::from_millis(i64::MAX),
        day => midnight(day.parse::<Date>().ok()?.tomorrow().ok()?)?,
    };
    (first < end).then_some((first, end))
}

fn midnight(day: Date) -> Option<Timestamp> {
    let zone = TimeZone::get("Europe/Berlin").ok()?;
    let midnight = day.to_zoned(zone).ok()?.timestamp();
    Some(Timestamp::from_millis(midnight.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_germany_and_ends_with_the_next() {
        let (from, to) = between("2026-11-24", "2026-11-24").unwrap();
        assert_eq!(
            (from.to_string().as_str(), to.to_string().as_str()),
            ("2026-11-23T23:00:00Z", "2026-11-24T23:00:00Z")
        );
        assert!(between("", "").is_some());
        for (from, to) in [("2026-11-25", "2026-11-24"), ("gestern", ""), ("2026-02-30", "")] {
            assert!(between(from, to).is_none(), "{from} {to}");
        }
    }
}
