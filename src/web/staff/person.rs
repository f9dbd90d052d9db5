//! `/staff/people/new` and `/staff/people/{id}`: inviting and changing somebody.

use std::collections::HashMap;

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use super::{Posted, Staff, Stop, names::name_of, people};
use crate::{
    base::{Timestamp, secret::SecretString},
    domain::{
        staff::{Action, LoginName, Module, OutletId, Rank, Right, Rights, StaffId, TenantKind, table},
        tenant::TenantId,
    },
    flow::{
        Failure,
        invitation::Invitation,
        mailing::MailOutcome,
        staff::StaffError,
        staff_admin::{self, NewStaff, StaffPlace},
    },
    web::{
        Door,
        page::staff::{
            Section, mail,
            person::{AccountView, Person, PersonFault, TypedPerson},
        },
        student::way_back::redirect,
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    tenant: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web) struct Act {
    #[serde(rename = "do")]
    what: String,
}

/// The fields of the form, rights by module among them.
type Fields = HashMap<String, String>;

/// `GET /staff/people/new`
pub(in crate::web) async fn show_new(
    State(door): State<Door>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Stop> {
    let stop = |error| staff.stop(&door, error, "/staff/people");
    let tenant = staff.tenant(asked.tenant.as_deref()).ok_or(StaffError::NotFound).map_err(stop)?;
    let form = Form::new(&door, &staff, tenant).await.map_err(stop)?;
    // The operator invites managers, managers those who work for them. All that the rank can have, unless it is taken
    // away: what is offered beyond the rank is cut when it is sent.
    let is_operator = staff.session.member.rank == Rank::Operator;
    let rank = if is_operator { form.ranks.last() } else { form.ranks.first() }.copied();
    let typed = TypedPerson { rank, rights: form.modules.clone(), ..TypedPerson::default() };
    Ok(form.page(&door, staff, None, typed, None, Shown::default()))
}

/// `POST /staff/people/new`
pub(in crate::web) async fn invite(
    State(door): State<Door>,
    staff: Staff,
    Posted(mut fields): Posted<Fields>,
) -> Result<Response, Stop> {
    let first_password: SecretString = fields.remove("first_password").unwrap_or_default().into();
    let stop = |error| staff.stop(&door, error, "/staff/people/new");
    let tenant = staff.tenant(field(&fields, "tenant")).ok_or(StaffError::NotFound).map_err(stop)?;
    let form = Form::new(&door, &staff, tenant.clone()).await.map_err(stop)?;
    let typed = typed(&fields);
    let new = place(&fields, &typed).and_then(|place| {
        let login = LoginName::parse(&typed.login).ok_or(PersonFault::Login)?;
        Ok(NewStaff { login, place })
    });
    let fault = match new {
        Err(fault) => fault,
        Ok(new) if typed.by_password => {
            match door.pedell().create_staff(&staff.session, &tenant, new, &first_password).await {
                Ok((id, until)) => {
                    let made_for = MadeFor { tenant: &tenant, id: &id, login: None, name: &typed.name };
                    return made(&door, staff, made_for, Made::FirstPassword(until)).await;
                }
                Err(error) => fault(error).map_err(stop)?,
            }
        }
        Ok(new) => match door.pedell().invite_staff(&staff.session, &tenant, new).await {
            Ok((id, invitation)) => {
                let login = LoginName::parse(&typed.login);
                let made_for = MadeFor { tenant: &tenant, id: &id, login: login.as_ref(), name: &typed.name };
                return made(&door, staff, made_for, Made::Link(invitation)).await;
            }
            Err(error) => fault(error).map_err(stop)?,
        },
    };
    Ok(form.page(&door, staff, None, typed, Some(fault), Shown::default()))
}

/// `GET /staff/people/{id}`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<Response, Stop> {
    let (_, person) = manageable(&door, &staff, &id).await?;
    shown(&door, staff, &person, Shown::default()).await
}

/// `POST /staff/people/{id}`
pub(in crate::web) async fn change(
    State(door): State<Door>,
    staff: Staff,
    Path(id): Path<String>,
    Posted(fields): Posted<Fields>,
) -> Result<Response, Stop> {
    let (id, person) = manageable(&door, &staff, &id).await?;
    let back = format!("/staff/people/{id}");
    let typed = TypedPerson { login: person.member.profile.login.to_string(), ..typed(&fields) };
    let fault = match place(&fields, &typed) {
        Err(fault) => fault,
        Ok(place) => match door.pedell().change_staff(&staff.session, &id, place).await {
            Ok(()) => return Ok(redirect(&people::path(&person.member.tenant))),
            Err(error) => fault(error).map_err(|error| staff.stop(&door, error, &back))?,
        },
    };
    let form = Form::new(&door, &staff, person.member.tenant.clone()).await;
    let form = form.map_err(|error| staff.stop(&door, error, &back))?;
    Ok(form.page(&door, staff, Some(account(&person)), typed, Some(fault), Shown::default()))
}

/// `POST /staff/people/{id}/do`
pub(in crate::web) async fn act(
    State(door): State<Door>,
    staff: Staff,
    Path(id): Path<String>,
    Posted(act): Posted<Act>,
) -> Result<Response, Stop> {
    let (id, person) = manageable(&door, &staff, &id).await?;
    let back = format!("/staff/people/{id}");
    let (pedell, session) = (door.pedell(), &staff.session);
    let done = match act.what.as_str() {
        "invite" => match pedell.invite_again(session, &id).await {
            Ok(invitation) => {
                let profile = &person.member.profile;
                let login = Some(&profile.login);
                let made_for = MadeFor { tenant: &person.member.tenant, id: &id, login, name: &profile.name };
                return made(&door, staff, made_for, Made::Link(invitation)).await;
            }
            Err(error) => Err(error),
        },
        "revoke" => pedell.revoke_invitation(session, &id).await,
        "block" => pedell.block_staff(session, &id).await,
        "unblock" => pedell.unblock_staff(session, &id).await,
        "reset_factor" => pedell.reset_factor(session, &id).await,
        "end_sessions" => pedell.end_sessions_of(session, &id).await,
        _ => Err(StaffError::NotFound),
    };
    done.map_err(|error| staff.stop(&door, error, &back))?;
    Ok(redirect(&back))
}

/// Somebody whom they may change; anybody else is not there.
async fn manageable(door: &Door, staff: &Staff, id: &str) -> Result<(StaffId, staff_admin::Person), Stop> {
    let found = async {
        let id = StaffId::parse(id).ok_or(StaffError::NotFound)?;
        let person = door.pedell().person(&staff.session, &id).await?;
        if person.is_below { Ok((id, person)) } else { Err(StaffError::NotFound) }
    };
    found.await.map_err(|error| staff.stop(door, error, "/staff/people"))
}

/// How somebody comes in for the first time.
enum Made {
    /// By a link.
    Link(Invitation),
    /// With a password of the manager's, until then.
    FirstPassword(Timestamp),
}

/// What a page shows once.
#[derive(Default)]
struct Shown {
    link: Option<(String, Timestamp)>,
    mail: Option<MailOutcome>,
    first_password: Option<Timestamp>,
}

/// Who was just made, or invited again.
struct MadeFor<'a> {
    tenant: &'a TenantId,
    id: &'a StaffId,
    login: Option<&'a LoginName>,
    name: &'a str,
}

/// Sends the link, where there is a mail server and the login name is an address.
async fn mailed(
    door: &Door,
    staff: &Staff,
    made_for: &MadeFor<'_>,
    link: &str,
    until: Timestamp,
) -> Result<Option<MailOutcome>, Failure> {
    let Some(login) = made_for.login else { return Ok(None) };
    let Some(tenant) = door.pedell().stores().control().organisation(made_for.tenant).await? else { return Ok(None) };
    let names = [tenant.name_de.as_str(), tenant.name_en.as_str()];
    let mail = mail::invitation(staff.language, made_for.name, names, link, until);
    Ok(door.pedell().mail_to(login, made_for.id, mail).await)
}

/// The page of somebody who was just made. Who invites may not be who sees: then there is only the link.
async fn made(door: &Door, staff: Staff, made_for: MadeFor<'_>, made: Made) -> Result<Response, Stop> {
    let once = match made {
        Made::Link(invitation) => {
            let link = format!("{}{}", door.pedell().settings().public_url, invitation.path);
            let until = invitation.expires_at;
            let mail = mailed(door, &staff, &made_for, &link, until)
                .await
                .map_err(|failure| staff.internal(door, &failure))?;
            Shown { link: Some((link, until)), mail, first_password: None }
        }
        Made::FirstPassword(until) => Shown { first_password: Some(until), ..Shown::default() },
    };
    let tenant = made_for.tenant;
    if let Ok(person) = door.pedell().person(&staff.session, made_for.id).await {
        return shown(door, staff, &person, once).await;
    }
    let form = Form::new(door, &staff, tenant.clone()).await;
    let form = form.map_err(|error| staff.stop(door, error, "/staff"))?;
    Ok(form.page(door, staff, None, TypedPerson::default(), None, once))
}

async fn shown(door: &Door, staff: Staff, person: &staff_admin::Person, once: Shown) -> Result<Response, Stop> {
    let form = Form::new(door, &staff, person.member.tenant.clone()).await;
    let form = form.map_err(|error| staff.stop(door, error, "/staff/people"))?;
    let member = &person.member;
    let typed = TypedPerson {
        name: member.profile.name.clone(),
        login: member.profile.login.to_string(),
        rank: Some(member.rank),
        outlet: member.outlet.as_ref().map(OutletId::to_string).unwrap_or_default(),
        last_day: member.last_day.map(|day| day.to_string()).unwrap_or_default(),
        rights: listed(&member.rights),
        by_password: false,
    };
    Ok(form.page(door, staff, Some(account(person)), typed, None, once))
}

/// What the form offers: no more than the manager can give there.
struct Form {
    tenant: TenantId,
    name: String,
    ranks: Vec<Rank>,
    outlets: Vec<(String, String)>,
    modules: Vec<(Module, Right)>,
}

impl Form {
    async fn new(door: &Door, staff: &Staff, tenant: TenantId) -> Result<Self, StaffError> {
        let (pedell, session) = (door.pedell(), &staff.session);
        if !staff.may_at(Action::InviteStaff, &tenant) && !staff.may_at(Action::ChangeStaff, &tenant) {
            return Err(StaffError::NotFound);
        }
        let organisation = pedell.tenant_seen_by(session, &tenant).await?;
        let member = &session.member;
        let given = |rank: &Rank| rank.works_at() == organisation.kind && rank.is_below(member.rank);
        let ranks: Vec<Rank> = Rank::ALL.into_iter().filter(given).collect();
        let mut outlets = match organisation.kind {
            TenantKind::Agency => pedell.stores().control().outlets(&tenant).await?,
            TenantKind::University | TenantKind::Operator => Vec::new(),
        };
        if let Some(own) = &member.outlet {
            outlets.retain(|outlet| outlet.id == *own);
        }
        let most = |module: Module| {
            let ceiling = ranks.iter().map(|rank| table::ceiling(*rank, module)).max().unwrap_or_default();
            (module, ceiling.min(member.rights.of(module)))
        };
        Ok(Self {
            name: name_of(&organisation, staff.language),
            outlets: outlets.into_iter().map(|outlet| (outlet.id.to_string(), outlet.name)).collect(),
            modules: Module::ALL.into_iter().map(most).filter(|(_, most)| *most != Right::None).collect(),
            ranks,
            tenant,
        })
    }

    fn page(
        self,
        door: &Door,
        staff: Staff,
        account: Option<AccountView>,
        typed: TypedPerson,
        fault: Option<PersonFault>,
        once: Shown,
    ) -> Response {
        let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let page = Person {
            frame: staff.frame(door),
            nav: staff.nav(door, Some(Section::People)),
            tenant: self.name,
            tenant_id: self.tenant.to_string(),
            account,
            typed,
            ranks: self.ranks,
            outlets: self.outlets,
            modules: self.modules,
            fault,
            invitation: once.link,
            mail: once.mail,
            first_password: once.first_password,
        };
        staff.page_with(door, status, &page)
    }
}

fn account(person: &staff_admin::Person) -> AccountView {
    AccountView {
        id: person.member.id.to_string(),
        status: person.member.status,
        has_factor: person.has_factor,
        invited_until: person.invited_until,
        first_password_until: person.first_password_until,
    }
}

fn listed(rights: &Rights) -> Vec<(Module, Right)> {
    Module::ALL.into_iter().map(|module| (module, rights.of(module))).collect()
}

fn field<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).map(String::as_str)
}

/// What was typed, to be shown again.
fn typed(fields: &Fields) -> TypedPerson {
    let text = |name| field(fields, name).unwrap_or_default().chars().take(200).collect::<String>();
    let right = |module: Module| {
        let typed = field(fields, &format!("right_{}", module.name())).and_then(Right::parse);
        (module, typed.unwrap_or_default())
    };
    TypedPerson {
        name: text("name"),
        login: text("login"),
        rank: field(fields, "rank").and_then(Rank::parse),
        outlet: text("outlet"),
        last_day: text("last_day"),
        rights: Module::ALL.into_iter().map(right).collect(),
        by_password: field(fields, "way") == Some("password"),
    }
}

/// What was typed as types.
fn place(fields: &Fields, typed: &TypedPerson) -> Result<StaffPlace, PersonFault> {
    let rank = typed.rank.ok_or(PersonFault::Rank)?;
    let outlet = match typed.outlet.as_str() {
        _ if !rank.is_of_an_outlet() => None,
        "" => return Err(PersonFault::Outlet),
        id => Some(OutletId::parse(id).ok_or(PersonFault::Outlet)?),
    };
    let last_day = match typed.last_day.trim() {
        "" => None,
        day => Some(day.parse().map_err(|_| PersonFault::LastDay)?),
    };
    // The form offers what the highest of the ranks can have: more than this one can is cut, not refused.
    let rights = typed.rights.iter().copied().collect::<Rights>().within(rank);
    let name = field(fields, "name").unwrap_or_default().to_owned();
    Ok(StaffPlace { name, rank, outlet, rights, last_day })
}

/// What is wrong with the form, if it is the form.
fn fault(error: StaffError) -> Result<PersonFault, StaffError> {
    Ok(match error {
        StaffError::Name => PersonFault::Name,
        StaffError::LoginTaken => PersonFault::LoginTaken,
        StaffError::Rank => PersonFault::Rank,
        StaffError::Outlet => PersonFault::Outlet,
        StaffError::Rights => PersonFault::Rights,
        StaffError::LastDay => PersonFault::LastDay,
        StaffError::Password(fault) => PersonFault::Password(fault),
        other => return Err(other),
    })
}
