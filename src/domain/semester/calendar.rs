//! On which days a university's semesters begin and end.

use std::collections::BTreeMap;

use jiff::{
    ToSpan,
    civil::{Date, date},
};
use serde::{Deserialize, Serialize};

use super::{Semester, Term};

/// A term is at least this long, so that moved days can neither change the order of semesters
/// nor end one before it begins.
const SHORTEST_TERM_MONTHS: i8 = 4;
/// A single semester's first or last day may differ from the rule by this much, either way.
const MOVED_DAYS: i32 = 45;

/// The days of one semester, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

impl Period {
    /// Whether `day` is in it.
    pub fn contains(self, day: Date) -> bool {
        (self.first..=self.last).contains(&day)
    }
}

/// A single semester's days where they differ from the rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    /// The first day, if it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Date>,
    /// The last day, if it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Date>,
}

/// One university's calendar: the months in whose first day its terms begin, and single semesters that differ.
///
/// A term lasts until the day before the next one's rule begins. A moved day can leave days between two semesters, or
/// days that belong to both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Calendar {
    summer_month: i8,
    winter_month: i8,
    days: BTreeMap<Semester, Days>,
}

/// Why a calendar makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// A month outside 1 to 12.
    #[error("a month is a number from 1 to 12")]
    Month,
    /// Winter before summer, or a term shorter than four months.
    #[error("the summer term begins earlier in the year than the winter term, and each lasts four months or more")]
    Terms,
    /// A day moved further than 45 days.
    #[error("semester {0} has a day more than {MOVED_DAYS} days away from the calendar's rule")]
    TooFar(Semester),
}

impl Calendar {
    /// Universities: April and October.
    pub fn university() -> Self {
        Self { summer_month: 4, winter_month: 10, days: BTreeMap::new() }
    }

    /// Universities of applied sciences (Fachhochschulen): March and September.
    pub fn fachhochschule() -> Self {
        Self { summer_month: 3, winter_month: 9, days: BTreeMap::new() }
    }

    /// Mannheim: February and August.
    pub fn mannheim() -> Self {
        Self { summer_month: 2, winter_month: 8, days: BTreeMap::new() }
    }

    /// Terms that begin on the first of these months (1 to 12).
    pub fn new(summer_month: i8, winter_month: i8) -> Result<Self, CalendarError> {
        if !(1..=12).contains(&summer_month) || !(1..=12).contains(&winter_month) {
            return Err(CalendarError::Month);
        }
        let summer_months = winter_month - summer_month;
        if !(SHORTEST_TERM_MONTHS..=12 - SHORTEST_TERM_MONTHS).contains(&summer_months) {
            return Err(CalendarError::Terms);
        }
        Ok(Self { summer_month, winter_month, days: BTreeMap::new() })
    }

    /// The same calendar in which one semester begins or ends on another day.
    pub fn with(mut self, semester: Semester, days: Days) -> Result<Self, CalendarError> {
        let rule = self.rule(semester);
        let near = |moved: Option<Date>, rule: Date| {
            moved.is_none_or(|day| rule.until(day).is_ok_and(|span| span.get_days().abs() <= MOVED_DAYS))
        };
        if !near(days.first, rule.first) || !near(days.last, rule.last) {
            return Err(CalendarError::TooFar(semester));
        }
        self.days.insert(semester, days);
        Ok(self)
    }

    /// The first and last day of a semester.
    pub fn period(&self, semester: Semester) -> Period {
        let rule = self.rule(semester);
        let days = self.days.get(&semester).copied().unwrap_or_default();
        Period { first: days.first.unwrap_or(rule.first), last: days.last.unwrap_or(rule.last) }
    }

    /// The semester that has begun most recently on `day`, also on a day after its end and before the next one's
    /// beginning. Ask [`Self::period`] whether the day is in it. Days outside the century that semesters have count to
    /// [`Semester::FIRST`] or [`Semester::LAST`], whose periods do not contain them.
    pub fn semester_on(&self, day: Date) -> Semester {
        let by_rule = self.semester_by_rule(day);
        [by_rule.next(), Some(by_rule), by_rule.previous()]
            .into_iter()
            .flatten()
            .find(|semester| self.period(*semester).first <= day)
            .unwrap_or(by_rule)
    }

    fn semester_by_rule(&self, day: Date) -> Semester {
        let (year, term) = if day.month() >= self.winter_month {
            (day.year(), Term::Winter)
        } else if day.month() >= self.summer_month {
            (day.year(), Term::Summer)
        } else {
            (day.year() - 1, Term::Winter)
        };
        let nearest = if year < Semester::FIRST.year() { Semester::FIRST } else { Semester::LAST };
        Semester::new(year, term).unwrap_or(nearest)
    }

    fn rule(&self, semester: Semester) -> Period {
        let year = semester.year();
        // Months are 1 to 12 and years 2000 to 2100 here, so these dates exist.
        let (first, next) = match semester.term() {
            Term::Summer => (date(year, self.summer_month, 1), date(year, self.winter_month, 1)),
            Term::Winter => (date(year, self.winter_month, 1), date(year + 1, self.summer_month, 1)),
        };
        Period { first, last: next.saturating_sub(1.day()) }
    }
}

/// A calendar as configuration and databases hold it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    summer_month: i8,
    winter_month: i8,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    days: BTreeMap<Semester, Days>,
}

impl TryFrom<Written> for Calendar {
    type Error = CalendarError;
    fn try_from(written: Written) -> Result<Self, CalendarError> {
        let rule = Self::new(written.summer_month, written.winter_month)?;
        written.days.into_iter().try_fold(rule, |calendar, (semester, days)| calendar.with(semester, days))
    }
}

impl From<Calendar> for Written {
    fn from(calendar: Calendar) -> Self {
        Self { summer_month: calendar.summer_month, winter_month: calendar.winter_month, days: calendar.days }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::Timestamp;

    fn semester(text: &str) -> Semester {
        Semester::parse_canonical(text).unwrap()
    }

    fn period(calendar: &Calendar, text: &str) -> (String, String) {
        let period = calendar.period(semester(text));
        (period.first.to_string(), period.last.to_string())
    }

    fn days(first: Option<&str>, last: Option<&str>) -> Days {
        Days { first: first.map(|day| day.parse().unwrap()), last: last.map(|day| day.parse().unwrap()) }
    }

    #[test]
    fn each_kind_of_university_has_its_days() {
        for (calendar, key, first, last) in [
            (Calendar::university(), "2026S", "2026-04-01", "2026-09-30"),
            (Calendar::university(), "2026W", "2026-10-01", "2027-03-31"),
            (Calendar::fachhochschule(), "2026S", "2026-03-01", "2026-08-31"),
            (Calendar::fachhochschule(), "2026W", "2026-09-01", "2027-02-28"),
            (Calendar::fachhochschule(), "2027W", "2027-09-01", "2028-02-29"),
            (Calendar::fachhochschule(), "2099W", "2099-09-01", "2100-02-28"),
            (Calendar::mannheim(), "2026S", "2026-02-01", "2026-07-31"),
            (Calendar::mannheim(), "2026W", "2026-08-01", "2027-01-31"),
            (Calendar::new(1, 9).unwrap(), "2026W", "2026-09-01", "2026-12-31"),
        ] {
            assert_eq!(period(&calendar, key), (first.to_owned(), last.to_owned()), "{key}");
        }
    }

    #[test]
    fn a_semester_begins_at_midnight_in_berlin() {
        let calendar = Calendar::university();
        for (moment, expected) in [
            ("2026-09-30T21:59:59Z", "2026S"), // 23:59:59 in summer time
            ("2026-09-30T22:00:00Z", "2026W"),
            ("2026-03-31T21:59:59Z", "2025W"),
            ("2026-03-31T22:00:00Z", "2026S"),
            ("2026-12-31T23:30:00Z", "2026W"),
        ] {
            let day = Timestamp::parse(moment).unwrap().date_in_berlin();
            assert_eq!(calendar.semester_on(day), semester(expected), "{moment}");
        }
        let new_year = Timestamp::parse("2027-01-31T23:00:00Z").unwrap().date_in_berlin();
        assert_eq!(Calendar::mannheim().semester_on(new_year), semester("2027S"), "midnight in winter time");
    }

    #[test]
    fn months_that_make_no_calendar_are_refused() {
        for (summer, winter, reason) in [
            (0, 10, CalendarError::Month),
            (4, 13, CalendarError::Month),
            (-4, i8::MAX, CalendarError::Month),
            (10, 4, CalendarError::Terms),
            (4, 4, CalendarError::Terms),
            (4, 6, CalendarError::Terms),
            (1, 12, CalendarError::Terms),
        ] {
            assert_eq!(Calendar::new(summer, winter), Err(reason), "{summer} {winter}");
        }
    }

    #[test]
    fn a_day_between_two_semesters_counts_to_the_one_that_began_last() {
        let calendar =
            Calendar::university().with(semester("2026W"), days(Some("2026-10-15"), Some("2027-03-15"))).unwrap();
        for (day, expected, inside) in [
            ("2026-10-14", "2026S", false),
            ("2026-10-15", "2026W", true),
            ("2027-03-15", "2026W", true),
            ("2027-03-16", "2026W", false),
            ("2027-04-01", "2027S", true),
        ] {
            let day: Date = day.parse().unwrap();
            assert_eq!(calendar.semester_on(day), semester(expected), "{day}");
            assert_eq!(calendar.period(semester(expected)).contains(day), inside, "{day}");
        }
    }

    #[test]
    fn a_day_in_two_semesters_counts_to_the_later() {
        let calendar = Calendar::university().with(semester("2026W"), days(Some("2026-09-01"), None)).unwrap();
        let day = "2026-09-01".parse().unwrap();
        assert_eq!(calendar.semester_on(day), semester("2026W"));
        assert!(calendar.period(semester("2026S")).contains(day));
    }

    #[test]
    fn days_too_far_from_the_rule_are_refused() {
        let with = |first, last| Calendar::university().with(semester("2026S"), days(first, last));
        let too_far = Err(CalendarError::TooFar(semester("2026S")));
        assert_eq!(with(Some("2027-04-01"), None), too_far);
        assert_eq!(with(Some("2026-02-14"), None), too_far);
        assert_eq!(with(None, Some("2026-11-15")), too_far);
        assert!(with(Some("2026-02-15"), Some("2026-11-14")).is_ok());
    }

    #[test]
    fn a_calendar_is_written_with_months_and_moved_days() {
        let text = r#"{"summer_month":3,"winter_month":9,"days":{"2026W":{"first":"2026-09-07"}}}"#;
        let calendar: Calendar = serde_json::from_str(text).unwrap();
        assert_eq!(period(&calendar, "2026W").0, "2026-09-07");
        assert_eq!(serde_json::to_string(&calendar).unwrap(), text);
        for bad in [
            r#"{"summer_month":3}"#,
            r#"{"summer_month":9,"winter_month":3}"#,
            r#"{"summer_month":3,"winter_month":9,"weeks":15}"#,
            r#"{"summer_month":3,"winter_month":9,"days":{"WS26":{"first":"2026-09-07"}}}"#,
            r#"{"summer_month":3,"winter_month":9,"days":{"2026W":{"first":"2026-02-30"}}}"#,
            r#"{"summer_month":3,"winter_month":9,"days":{"2026W":{"start":"2026-09-07"}}}"#,
            r#"{"summer_month":3,"winter_month":9,"days":{"2026W":{"first":"2028-09-07"}}}"#,
        ] {
            assert!(serde_json::from_str::<Calendar>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_day_outside_the_century_is_in_no_semester() {
        let calendar = Calendar::university();
        for (day, nearest) in [(Date::MIN, Semester::FIRST), (Date::MAX, Semester::LAST)] {
            assert_eq!(calendar.semester_on(day), nearest);
            assert!(!calendar.period(nearest).contains(day));
        }
    }

    proptest! {
        #[test]
        fn without_moved_days_semesters_tile_the_calendar(summer in 1_i8..=8, length in 4_i8..=8) {
            prop_assume!(summer + length <= 12);
            let calendar = Calendar::new(summer, summer + length).unwrap();
            let mut semester = Semester::FIRST;
            while let Some(next) = semester.next() {
                let (this, following) = (calendar.period(semester), calendar.period(next));
                prop_assert!(this.first < this.last);
                prop_assert_eq!(this.last.tomorrow().unwrap(), following.first);
                prop_assert_eq!(calendar.semester_on(this.first), semester);
                prop_assert_eq!(calendar.semester_on(this.last), semester);
                semester = next;
            }
        }

        #[test]
        fn moved_days_never_change_the_order_and_the_last_begun_is_found(
            moves in proptest::collection::vec((0_i16..4, any::<bool>(), -45_i32..=45, -45_i32..=45), 0..8),
            day in 0_i32..1800,
        ) {
            let mut calendar = Calendar::new(4, 8).unwrap();
            for (year, summer, first, last) in moves {
                let semester = Semester::new(2024 + year, if summer { Term::Summer } else { Term::Winter }).unwrap();
                let rule = calendar.rule(semester);
                let days = Days { first: Some(rule.first + first.days()), last: Some(rule.last + last.days()) };
                calendar = calendar.with(semester, days).unwrap();
            }
            for period in calendar.days.keys().map(|semester| calendar.period(*semester)) {
                prop_assert!(period.first < period.last);
            }
            let day = date(2024, 6, 1) + day.days();
            let found = calendar.semester_on(day);
            let last_begun = std::iter::successors(Some(Semester::FIRST), |semester| semester.next())
                .take_while(|semester| calendar.period(*semester).first <= day)
                .last();
            prop_assert_eq!(Some(found), last_begun);
        }
    }
}
