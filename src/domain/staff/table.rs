//! The policy: which rank may do what, and how far it reaches. One table; `table.golden.txt` beside it is the same for
//! people to read, and a test holds one against the other: a change here is a change there, in the same commit.

use super::{Action, Module, Rank, Right};

/// Over whose things an action reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Over nothing: the rank may not.
    Nothing,
    /// What they did themselves.
    Own,
    /// What their outlet did.
    Outlet,
    /// Their own tenant; another one only while its view is taken.
    Elevated,
    /// Their own tenant.
    Tenant,
    /// Every tenant.
    Instance,
}

impl Reach {
    /// As in the golden file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "-",
            Self::Own => "own",
            Self::Outlet => "outlet",
            Self::Elevated => "elevated",
            Self::Tenant => "tenant",
            Self::Instance => "instance",
        }
    }
}

impl Reach {
    /// Every one, the narrowest first.
    pub const ALL: [Self; 6] = [Self::Nothing, Self::Own, Self::Outlet, Self::Elevated, Self::Tenant, Self::Instance];
}

/// The table, as it is asked.
pub fn reach(rank: Rank, action: Action) -> Reach {
    #[cfg(debug_assertions)]
    if let Some(loosened) = loosened::instead(rank, action) {
        return loosened;
    }
    written(rank, action)
}

/// For the test that loosens one line after the other and sees that somebody notices: not in a release.
#[cfg(debug_assertions)]
pub mod loosened {
    use std::cell::RefCell;

    use super::{Action, Rank, Reach};

    thread_local! {
        static LINES: RefCell<Vec<(Rank, Action, Reach)>> = const { RefCell::new(Vec::new()) };
    }

    /// While it lives, one line of the table reads otherwise, on this thread.
    #[derive(Debug)]
    pub struct Loosened(());

    /// Makes one line read otherwise. What is loosened last is tightened first.
    pub fn loosen(rank: Rank, action: Action, reach: Reach) -> Loosened {
        LINES.with_borrow_mut(|lines| lines.push((rank, action, reach)));
        Loosened(())
    }

    impl Drop for Loosened {
        fn drop(&mut self) {
            LINES.with_borrow_mut(Vec::pop);
        }
    }

    pub(super) fn instead(rank: Rank, action: Action) -> Option<Reach> {
        LINES.with_borrow(|lines| {
            let of_this = |(of, what, _): &&(Rank, Action, Reach)| *of == rank && *what == action;
            lines.iter().rfind(of_this).map(|(_, _, reach)| *reach)
        })
    }
}

/// The table, as it is written.
#[expect(clippy::match_same_arms, reason = "a paragraph for each rank")]
const fn written(rank: Rank, action: Action) -> Reach {
    use Action as A;
    use Rank as R;
    match (rank, action) {
        // The operator sees what belongs to a tenant only while the view is taken; a tenant's first manager is invited
        // without it, and figures name nobody.
        // Which shops may ask, and what an agency's counters may check, is the instance's.
        (
            R::Operator,
            A::SeeTenants
            | A::CreateTenant
            | A::InviteStaff
            | A::SeeStatistics
            | A::TakeElevation
            | A::SeeIssuers
            | A::ChangeIssuers
            | A::ChangeCounters,
        ) => Reach::Instance,
        (R::Operator, _) => Reach::Elevated,

        (
            R::OrganizerManager,
            A::SeeConnection
            | A::EditConnection
            | A::TryConnection
            | A::RequestPromotion
            | A::DecidePromotion
            | A::SeeRosters
            | A::ImportRoster
            | A::RollBackRoster
            | A::SeeVerifications
            | A::SeeStatistics
            | A::SeeStaff
            | A::InviteStaff
            | A::ChangeStaff
            | A::BlockStaff
            | A::ResetFactor
            | A::SearchAudit
            | A::ExportAudit
            | A::SeeElevations
            | A::ChangeNetworks
            | A::SeeIssuers
            | A::SeeMachines
            | A::ChangeMachines
            | A::SeeCertificates
            | A::IssueCertificate
            | A::RevokeCertificate
            | A::ChangeCertificateRules,
        ) => Reach::Tenant,
        (R::OrganizerStaff, A::SeeRosters | A::ImportRoster | A::RollBackRoster | A::SeeStatistics) => Reach::Tenant,

        (
            R::AgencyManager,
            A::SeeVerifications
            | A::SeeStatistics
            | A::SeeStaff
            | A::InviteStaff
            | A::ChangeStaff
            | A::BlockStaff
            | A::ResetFactor
            | A::ChangeOutlets
            | A::SearchAudit
            | A::ExportAudit
            | A::SeeElevations
            | A::CounterCheck
            | A::ChangeNetworks
            | A::SeeCertificates
            | A::IssueCertificate
            | A::RevokeCertificate
            | A::ChangeCertificateRules,
        ) => Reach::Tenant,
        (
            R::OutletManager,
            A::SeeVerifications
            | A::SeeStatistics
            | A::SeeStaff
            | A::InviteStaff
            | A::ChangeStaff
            | A::BlockStaff
            | A::ResetFactor
            | A::CounterCheck
            | A::SeeCertificates
            | A::IssueCertificate
            | A::RevokeCertificate,
        )
        | (R::SeniorClerk, A::SeeVerifications | A::SeeStatistics | A::CounterCheck) => Reach::Outlet,
        (R::Clerk, A::SeeVerifications | A::CounterCheck) => Reach::Own,
        _ => Reach::Nothing,
    }
}

/// The most that a rank can have of a module: what its actions there take.
pub fn ceiling(rank: Rank, module: Module) -> Right {
    let allowed = Action::ALL.into_iter().filter(|action| reach(rank, *action) != Reach::Nothing);
    allowed.filter(|action| action.module() == module).map(Action::needs).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    #[test]
    fn the_table_is_the_one_that_people_have_read() {
        let mut lines = String::new();
        for rank in Rank::ALL {
            for action in Action::ALL {
                let step_up = if action.is_dangerous() { "  step-up" } else { "" };
                let line = format!(
                    "{:<18} {:<14} {:<24} {:<5} {}{step_up}",
                    rank.name(),
                    action.module().name(),
                    action.name(),
                    action.needs().name(),
                    reach(rank, action).name(),
                );
                writeln!(lines, "{}", line.trim_end()).unwrap();
            }
        }
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write("src/domain/staff/table.golden.txt", &lines).unwrap();
        }
        let golden = include_str!("table.golden.txt");
        for (line, (is, should)) in lines.lines().zip(golden.lines()).enumerate() {
            assert_eq!(is, should, "line {} of table.golden.txt", line + 1);
        }
        assert_eq!(lines, golden);
    }
}
