//! One person of every rank, made as real ones are: invited by whoever stands above them, with a password and a second
//! factor of their own. What they log in with is kept beside the demo's data, for the next start.

use std::{fs, io::Write, net::IpAddr, path::Path};

use serde::{Deserialize, Serialize};

use super::{
    people::{AUENTAL, BERGHEIM, LINDENSTADT, TANNBERG},
    seed::CLIENT,
};
use crate::{
    base::secret::{PlainToken, SecretString},
    cli::CliError,
    domain::{
        policy::Actor,
        staff::{OutletId, Rank, Rights, TenantKind},
        tenant::{Slug, TenantId},
    },
    flow::{
        Pedell,
        counters::GrantNames,
        invitation::Invitation,
        staff::Visitor,
        staff_admin::{NewStaff, StaffPlace},
        staff_sessions::{Due, StaffSession},
    },
    protocol::totp::{TotpSecret, step_at},
};

/// Somebody to log in as.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Colleague {
    /// Where in the hierarchy.
    pub(super) rank: Rank,
    /// For people.
    pub(super) name: String,
    /// At which tenant.
    pub(super) tenant: String,
    /// To log in with.
    pub(super) login: String,
    /// To log in with.
    pub(super) password: String,
    /// For an authenticator app, if the account has a second factor.
    pub(super) totp_secret: Option<String>,
}

/// Somebody to be made.
struct Sketch {
    rank: Rank,
    name: &'static str,
    login: &'static str,
    password: &'static str,
}

const OPERATOR: Sketch = Sketch {
    rank: Rank::Operator,
    name: "Olga Petrowa",
    login: "olga@verbund.example",
    password: "Nachts fahren die Busse im Stern",
};
const MANAGER: Sketch = Sketch {
    rank: Rank::OrganizerManager,
    name: "Margarete Großmann",
    login: "margarete@uni-lindenstadt.example",
    password: "Im Hof stehen drei alte Platanen",
};
const SECOND_MANAGER: Sketch = Sketch {
    rank: Rank::OrganizerManager,
    name: "Bo Li",
    login: "bo@uni-lindenstadt.example",
    password: "Der Kopierer klemmt jeden Montag",
};
const OFFICE: Sketch = Sketch {
    rank: Rank::OrganizerStaff,
    name: "Ayşe Yılmaz",
    login: "ayse@uni-lindenstadt.example",
    password: "Mittwochs gibt es Linsensuppe",
};
const AGENCY: Sketch = Sketch {
    rank: Rank::AgencyManager,
    name: "Anton Aschenbrenner",
    login: "anton@vorverkauf.example",
    password: "Sieben Schalter und ein Tresor",
};
const OUTLET: Sketch = Sketch {
    rank: Rank::OutletManager,
    name: "Fatima El Amrani",
    login: "fatima@vorverkauf.example",
    password: "Die Uhr am Bahnhof geht vor",
};
const SENIOR: Sketch = Sketch {
    rank: Rank::SeniorClerk,
    name: "Sönke Hansen",
    login: "soenke@vorverkauf.example",
    password: "Elke dag sta ik als 1ste bij de bakker",
};
const CLERK: Sketch = Sketch {
    rank: Rank::Clerk,
    name: "Kim Nguyen",
    login: "kim.nguyen@vorverkauf.example",
    password: "Zwei Tauben sitzen auf dem Dach",
};

/// Makes them, or reads who was made last time.
pub(super) async fn colleagues(pedell: &Pedell, folder: &Path) -> Result<Vec<Colleague>, CliError> {
    let file = folder.join("staff.json");
    if file.exists() {
        return Ok(serde_json::from_slice(&fs::read(file)?)?);
    }
    let mut made = Making { pedell, colleagues: Vec::new() };
    made.everybody().await.map_err(|error| {
        format!("the demo's staff could not be made: {error} (remove {} to begin anew)", folder.display())
    })?;
    let text = serde_json::to_vec_pretty(&made.colleagues)?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(&text)?;
    Ok(made.colleagues)
}

/// What the ticket office's counters may check: every university whose students type something. Twice is once.
pub(super) async fn counters(pedell: &Pedell) -> Result<(), CliError> {
    for (university, _) in [LINDENSTADT, AUENTAL, BERGHEIM, TANNBERG] {
        let product = "deutschlandsemesterticket";
        let names = GrantNames { agency: AGENCY_SLUG, client: CLIENT, product, university };
        pedell.change_counters_as(&Actor::Operator, names, true).await?;
    }
    Ok(())
}

const AGENCY_SLUG: &str = "vorverkauf-lindenstadt";

struct Making<'a> {
    pedell: &'a Pedell,
    colleagues: Vec<Colleague>,
}

impl Making<'_> {
    async fn everybody(&mut self) -> Result<(), CliError> {
        let first = self.pedell.first_operator(OPERATOR.login.parse()?, OPERATOR.name, true).await?;
        let first = first.ok_or("there is an operator already")?;
        let operator = self.joins(OPERATOR, "Verkehrsverbund Musterland", &first).await?;

        // Managers can issue certificates in the console; the demo speaks no TLS, so that nobody is asked for one.
        self.pedell.create_authority("Pedell demo", false, &Actor::Operator).await?;

        let (slug, name) = LINDENSTADT;
        let slug = Slug::try_from(slug.to_owned())?;
        let university = self.pedell.stores().control().university(&slug).await?.ok_or("there is no university")?.id;
        let manager = self.invited(&operator, &university, name, MANAGER, None).await?;
        self.invited(&operator, &university, name, SECOND_MANAGER, None).await?;
        self.invited(&manager, &university, name, OFFICE, None).await?;

        let name = "Vorverkauf Lindenstadt";
        let slug = Slug::try_from(AGENCY_SLUG.to_owned())?;
        let names = (name, "Lindenstadt ticket office");
        let agency = self.pedell.create_tenant(&operator, TenantKind::Agency, slug, names).await?;
        let manager = self.invited(&operator, &agency, name, AGENCY, None).await?;
        let outlet = self.pedell.create_outlet(&manager, &agency, "Hauptbahnhof").await?.id;
        self.pedell.create_outlet(&manager, &agency, "Rathaus").await?;
        let manager = self.invited(&manager, &agency, name, OUTLET, Some(&outlet)).await?;
        self.invited(&manager, &agency, name, SENIOR, Some(&outlet)).await?;
        self.invited(&manager, &agency, name, CLERK, Some(&outlet)).await?;
        Ok(())
    }

    async fn invited(
        &mut self,
        by: &StaffSession,
        tenant: &TenantId,
        tenant_name: &str,
        sketch: Sketch,
        outlet: Option<&OutletId>,
    ) -> Result<StaffSession, CliError> {
        let place = StaffPlace {
            name: sketch.name.to_owned(),
            rank: sketch.rank,
            outlet: outlet.cloned(),
            rights: Rights::all_of(sketch.rank),
            last_day: None,
        };
        let new = NewStaff { login: sketch.login.parse()?, place };
        let (_, invitation) = self.pedell.invite_staff(by, tenant, new).await?;
        self.joins(sketch, tenant_name, &invitation).await
    }

    /// They open the link, choose a password and, if it is asked of them, set a second factor up.
    async fn joins(&mut self, sketch: Sketch, tenant: &str, link: &Invitation) -> Result<StaffSession, CliError> {
        let code = PlainToken::presented(link.path.rsplit('=').next().unwrap_or_default());
        let visitor = Visitor {
            address: IpAddr::from([127, 0, 0, 1]),
            browser: "pedell demo".into(),
            known: None,
            certificate: None,
        };
        let password = SecretString::from(sketch.password);
        let mut token = self.pedell.accept_invitation(&code, &password, &visitor).await?;
        let mut session = self.session(&token).await?;
        let mut secret: Option<TotpSecret> = None;
        if session.due == Due::Enrol {
            let factor = self.pedell.begin_enrolment(&session)?;
            // The step before, so that the present code is still good for whoever logs in at once.
            let code = factor.secret.code(step_at(self.pedell.clock().now()) - 1);
            token = self.pedell.confirm_enrolment(&session, &factor.sealed, &code).await?.token;
            session = self.session(&token).await?;
            secret = Some(factor.secret);
        }
        self.colleagues.push(Colleague {
            rank: sketch.rank,
            name: sketch.name.to_owned(),
            tenant: tenant.to_owned(),
            login: sketch.login.to_owned(),
            password: sketch.password.to_owned(),
            totp_secret: secret.map(|secret| secret.base32().to_string()),
        });
        Ok(session)
    }

    async fn session(&self, token: &PlainToken) -> Result<StaffSession, CliError> {
        Ok(self.pedell.staff_session(token).await?.ok_or("the session has ended")?)
    }
}
