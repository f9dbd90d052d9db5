//! Figures: a chart by day, and counts by outcome.

use std::fmt::Write;

use super::{Nav, Section, staff_page};
use crate::web::page::{Frame, Href, Reason};

/// The page: `GET /staff/statistics` with `from`, `to`.
#[derive(Clone, Debug)]
pub struct Statistics {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// Whose.
    pub tenant: String,
    /// Its id, for forms.
    pub tenant_id: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Whether the days that were typed are none, or too many.
    pub is_unreadable: bool,
    /// The chart.
    pub chart: Option<Chart>,
    /// How many were eligible.
    pub eligible: i64,
    /// Refusals by reason, most first.
    pub refused: Vec<(Reason, i64)>,
    /// Tokens: issued, repeats, redeemed, cancelled; none at an agency's counters.
    pub tokens: Option<[i64; 4]>,
    /// An agency's outlets, with those who were eligible and those who were not.
    pub outlets: Vec<(String, [i64; 2])>,
    /// By semester, semester and how many.
    pub semesters: Vec<(String, i64)>,
    /// All of it as CSV.
    pub csv: Option<Href>,
}

/// Bars, one for each day.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Units wide.
    pub width: usize,
    /// The bars of those who were eligible.
    pub eligible: String,
    /// On top of them, those who were refused.
    pub refused: String,
    /// The highest bar's count.
    pub most: i64,
}

/// Units high.
const HEIGHT: i64 = 100;

impl Chart {
    /// The chart of each day's eligible and refused; none if there is nothing to show.
    pub fn of(days: &[(i64, i64)]) -> Option<Self> {
        let most = days.iter().map(|(eligible, refused)| eligible + refused).max().filter(|most| *most > 0)?;
        let mut chart = Self { width: days.len() * 4, eligible: String::new(), refused: String::new(), most };
        for (n, (eligible, refused)) in days.iter().enumerate() {
            let (x, below) = (n * 4, eligible * HEIGHT / most);
            let above = refused * HEIGHT / most;
            if below > 0 {
                let _ = write!(chart.eligible, "M{x},{}h3v{below}h-3z", HEIGHT - below);
            }
            if above > 0 {
                let _ = write!(chart.refused, "M{x},{}h3v{above}h-3z", HEIGHT - below - above);
            }
        }
        Some(chart)
    }
}

impl Statistics {
    pub(crate) fn refusals(&self) -> i64 {
        self.refused.iter().map(|(_, count)| count).sum()
    }
}

staff_page!(Statistics, "staff/statistics.html", || {
    let days: Vec<(i64, i64)> = (0..31).map(|n| ((n * 37) % 90, (n * 11) % 17)).collect();
    let full = Statistics {
        frame: Frame::sample(),
        nav: Nav::sample(Section::Statistics),
        tenant: "Universität Lindenstadt".into(),
        tenant_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
        from: "2026-10-25".into(),
        to: "2026-11-24".into(),
        is_unreadable: false,
        chart: Chart::of(&days),
        eligible: 1412,
        refused: vec![(Reason::NotEnrolled, 201), (Reason::TooManyAttempts, 7)],
        tokens: Some([1380, 12, 1301, 4]),
        outlets: Vec::new(),
        semesters: vec![("2026W".into(), 1601), ("2026S".into(), 19)],
        csv: Href::parse("/staff/statistics.csv"),
    };
    let empty = Statistics {
        chart: None,
        eligible: 0,
        refused: Vec::new(),
        tokens: Some([0; 4]),
        semesters: Vec::new(),
        is_unreadable: true,
        ..full.clone()
    };
    let agency = Statistics {
        tenant: "Vorverkauf Lindenstadt".into(),
        tokens: None,
        outlets: vec![("Am Hauptbahnhof".into(), [1302, 190]), (String::new(), [1, 0]), ("Rathaus".into(), [109, 18])],
        ..full.clone()
    };
    vec![("full", full), ("empty", empty), ("agency", agency)]
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_bar_is_as_high_as_the_chart_and_nothing_is_shown_of_nothing() {
        let chart = Chart::of(&[(1, 1), (0, 0), (3, 1)]).unwrap();
        assert_eq!((chart.width, chart.most), (12, 4));
        assert_eq!(chart.eligible, "M0,75h3v25h-3zM8,25h3v75h-3z");
        assert_eq!(chart.refused, "M0,50h3v25h-3zM8,0h3v25h-3z");
        assert!(Chart::of(&[]).is_none() && Chart::of(&[(0, 0)]).is_none());
    }
}
