//! The operator takes a tenant's view: for a reason and a time, which the tenant's managers see; it falls back by itself.

use std::time::Duration;

use serde_json::json;

use super::{Failure, Pedell, staff::StaffError, staff_sessions::StaffSession};
use crate::{
    base::limits,
    domain::{
        audit::{Event, Kind},
        policy::Target,
        staff::Action,
        tenant::TenantId,
    },
    store::control::Elevation,
};

impl Pedell {
    /// Takes the view for so many hours.
    pub async fn take_elevation(
        &self,
        by: &StaffSession,
        tenant: &TenantId,
        reason: &str,
        hours: u32,
    ) -> Result<Elevation, StaffError> {
        let scope = self.allow(by, Action::TakeElevation, Target::all_of(tenant))?;
        let control = self.stores().control();
        control.organisation(tenant).await?.ok_or(StaffError::NotFound)?;
        let reason = reason.trim();
        let length = reason.chars().count();
        if !(1..=limits::ELEVATION_REASON_CHARS).contains(&length) || reason.chars().any(char::is_control) {
            return Err(StaffError::Name);
        }
        let hours = hours.clamp(*limits::ELEVATION_HOURS.start(), *limits::ELEVATION_HOURS.end());
        let since = self.clock().now();
        let elevation = Elevation {
            id: crate::base::id::fresh(self.clock(), self.random()),
            staff: by.member.id.clone(),
            tenant: tenant.clone(),
            reason: reason.to_owned(),
            since,
            until: since.plus(Duration::from_secs(u64::from(hours) * 3600)),
        };
        let mut tx = control.begin().await?;
        control.end_elevations(&mut tx, &by.member.id, tenant, since).await?;
        control.insert_elevation(&mut tx, &elevation).await?;
        let detail = json!({ "tenant": tenant, "reason": elevation.reason, "until": elevation.until });
        control.audit(&mut tx, since, scope.actor(), &Event::new(Kind::ElevationTaken, &elevation.id, detail)).await?;
        tx.commit().await?;
        Ok(elevation)
    }

    /// Gives it back before its time.
    pub async fn end_elevation(&self, by: &StaffSession, tenant: &TenantId) -> Result<(), StaffError> {
        // What is safe takes no fresh factor.
        if !by.may(Action::TakeElevation, Target::all_of(tenant)) {
            return Err(StaffError::NotFound);
        }
        let now = self.clock().now();
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        if !control.end_elevations(&mut tx, &by.member.id, tenant, now).await? {
            return Err(StaffError::NotFound);
        }
        let scope = crate::domain::policy::oneself(&by.member);
        let event = Event::new(Kind::ElevationEnded, by.member.id.as_str(), json!({ "tenant": tenant }));
        control.audit(&mut tx, now, scope.actor(), &event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The views that somebody has now.
    pub async fn own_elevations(&self, by: &StaffSession) -> Result<Vec<Elevation>, Failure> {
        Ok(self.stores().control().elevations_by(&by.member.id, self.clock().now()).await?)
    }

    /// Who has taken a tenant's view, newest first.
    pub async fn elevations_of(&self, by: &StaffSession, tenant: &TenantId) -> Result<Vec<Elevation>, StaffError> {
        self.allow(by, Action::SeeElevations, Target::all_of(tenant))?;
        Ok(self.stores().control().elevations_of(tenant).await?)
    }
}
