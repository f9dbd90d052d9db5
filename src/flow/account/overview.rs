//! What a student is shown of their account, and all of it as one document.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Account, opened, photo_place, photo_row, visit::AccountPass};
use crate::{
    base::{Reference, Timestamp},
    domain::{
        account::AccountId,
        added::PhotoId,
        audit::{Event, Kind},
        client::ClientId,
        policy,
        rule::Field,
        tenant::{TenantId, University},
    },
    flow::{Failure, Pedell, seen::evidence_place},
    store::tenant::{StoredAccount, StoredToken, StoredVerification},
    vault::{Index, Purpose, Sealed},
};

/// An account with what happened around it.
#[derive(Debug)]
pub struct Overview {
    /// At which university.
    pub university: University,
    /// The account.
    pub account: Account,
    /// Tokens that were issued, the newest first.
    pub passed_on: Vec<StoredToken>,
    /// Issuers' names by client id: of all that occur.
    pub issuers: BTreeMap<String, String>,
}

/// Leave to fetch a student's photo: what a token's `picture` leads to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PictureLeave {
    tenant: TenantId,
    account: AccountId,
    photo: PhotoId,
    client: String,
    expires_at: Timestamp,
}

impl Purpose for PictureLeave {
    const PURPOSE: &'static str = "picture";
}

impl Pedell {
    /// What the holder of a pass is shown; `None` if there is no such account any more.
    pub async fn account_overview(&self, pass: &AccountPass) -> Result<Option<Overview>, Failure> {
        let Some((university, stored, account)) = self.passed(pass).await? else { return Ok(None) };
        let student = student_of(&stored)?;
        let passed_on = self.stores().tenant(&pass.scope()).await?.tokens_of(&student).await?;
        let mut issuers = BTreeMap::new();
        for id in passed_on.iter().map(|token| &token.client).chain(account.record.consents.keys()) {
            if !issuers.contains_key(id) {
                issuers.insert(id.clone(), self.issuer_name(id).await?);
            }
        }
        Ok(Some(Overview { university, account, passed_on, issuers }))
    }

    /// Everything that is kept about the student, as JSON; recorded.
    pub async fn export_account(&self, pass: &AccountPass) -> Result<Option<Value>, Failure> {
        let Some(overview) = self.account_overview(pass).await? else { return Ok(None) };
        let Some((_, stored, _)) = self.passed(pass).await? else { return Ok(None) };
        let scope = pass.scope();
        let tenant = self.stores().tenant(&scope).await?;
        let verifications = tenant.verifications_of(&student_of(&stored)?).await?;
        let photo = self.account_photo(pass).await?;
        let now = self.clock().now();
        let mut tx = tenant.begin().await?;
        let event = Event::new(Kind::AccountExported, pass.account.as_str(), json!({}));
        tenant.audit(&mut tx, now, &scope, &event).await?;
        tx.commit().await?;
        let mut decided = Vec::with_capacity(verifications.len());
        for verification in &verifications {
            decided.push(self.exported_verification(pass, verification).await?);
        }
        let Overview { university, account, passed_on, issuers } = overview;
        let passed_on: Vec<Value> = passed_on.iter().map(|token| exported_token(token, &issuers)).collect();
        let consents: Vec<Value> = account
            .record
            .consents
            .iter()
            .map(|(client, consent)| {
                let fields: Vec<&str> = consent.fields.iter().map(|field| field.claim()).collect();
                json!({ "client_id": client, "issuer": issuers.get(client), "fields": fields,
                        "given_at": consent.given_at.to_string() })
            })
            .collect();
        Ok(Some(json!({
            "account": account.id,
            "university": { "id": university.slug, "name": university.profile.name_de },
            "exported_at": now.to_string(),
            "created_at": account.created_at.to_string(),
            "last_login_at": account.seen_at.to_string(),
            "anonymisation_requested_at": account.requested_at.map(|at| at.to_string()),
            "received": readable_times(json!(account.record.received)),
            "self_asserted": {
                "birthdate": account.record.added.birth_date.as_ref().map(|own| json!({
                    "value": own.value.to_iso(), "added_at": own.at.to_string() })),
                "picture": account.record.added.picture.as_ref().zip(photo).map(|(own, jpeg)| json!({
                    "value": format!("data:image/jpeg;base64,{}", BASE64_STANDARD.encode(jpeg.as_slice())),
                    "added_at": own.at.to_string() })),
            },
            "consents": consents,
            "passed_on": passed_on,
            "verifications": decided,
        })))
    }

    /// The photo of the holder's own account, as JPEG.
    pub async fn account_photo(&self, pass: &AccountPass) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, Failure> {
        let Some((_, _, account)) = self.passed(pass).await? else { return Ok(None) };
        let Some(picture) = &account.record.added.picture else { return Ok(None) };
        self.photo_of(&pass.tenant, &account.id, &picture.value).await
    }

    /// What a token's `picture` says: an address that works as long as the token, for whoever holds it.
    pub(in crate::flow) fn picture_address(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        photo: &PhotoId,
        client: &str,
        expires_at: Timestamp,
    ) -> String {
        let leave = PictureLeave {
            tenant: tenant.clone(),
            account: account.clone(),
            photo: photo.clone(),
            client: client.to_owned(),
            expires_at,
        };
        let sealed = self.instance_keys().seal(self.random(), "", &leave);
        format!("{}/picture/{}", self.settings().public_url, sealed.as_str())
    }

    /// The photo that a token's `picture` leads to; `None` if the address is over or altered, or if the student has removed
    /// the photo or withdrawn the leave since.
    pub async fn picture(&self, sealed: &str) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, Failure> {
        let leave: Option<PictureLeave> = self.instance_keys().open("", &Sealed::presented(sealed)).ok();
        let Some(leave) = leave.filter(|leave| leave.expires_at > self.clock().now()) else { return Ok(None) };
        let scope = policy::account_holder(&leave.tenant);
        let Some(stored) = self.stores().tenant(&scope).await?.account(leave.account.as_str()).await? else {
            return Ok(None);
        };
        let Some(account) = opened(&*self.account_keys(&scope, Some(&stored)).await?, &stored)? else {
            return Ok(None);
        };
        if !account.record.allows(&leave.client, &[Field::Picture]) {
            return Ok(None);
        }
        self.photo_of(&leave.tenant, &leave.account, &leave.photo).await
    }

    /// The account that a pass leads to, with its university.
    pub(super) async fn passed(
        &self,
        pass: &AccountPass,
    ) -> Result<Option<(University, StoredAccount, Account)>, Failure> {
        let scope = pass.scope();
        let Some(university) = self.university_of(&scope).await? else { return Ok(None) };
        let stored = self.stores().tenant(&scope).await?.account(pass.account.as_str()).await?;
        let Some(stored) = stored else { return Ok(None) };
        let keys = self.account_keys(&scope, Some(&stored)).await?;
        Ok(opened(&keys, &stored)?.map(|account| (university, stored, account)))
    }

    async fn photo_of(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        photo: &PhotoId,
    ) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, Failure> {
        let scope = policy::account_holder(tenant);
        let stored = self.stores().tenant(&scope).await?.photo(account.as_str()).await?;
        let Some(stored) = stored.filter(|stored| stored.id == photo.as_str()) else { return Ok(None) };
        let version = stored.photo.first().copied().unwrap_or_default();
        let keys = self.tenant_keys_with(tenant, version).await?;
        let row = photo_row(account.as_str(), &stored.id);
        keys.open(photo_place(&row), &stored.photo).map(Some).map_err(Failure::open("a photo"))
    }

    /// An issuer's name, or its client id if it is gone.
    pub(super) async fn issuer_name(&self, id: &str) -> Result<String, Failure> {
        let client = match ClientId::parse(id) {
            Some(id) => self.stores().control().client(&id).await?,
            None => None,
        };
        Ok(client.map_or_else(|| id.to_owned(), |(client, _)| client.profile.name))
    }

    async fn exported_verification(
        &self,
        pass: &AccountPass,
        verification: &StoredVerification,
    ) -> Result<Value, Failure> {
        let evidence = match verification.evidence.as_deref() {
            Some(sealed) => {
                let version = sealed.first().copied().unwrap_or_default();
                let keys = self.tenant_keys_with(&pass.tenant, version).await?;
                let plain = keys.open(evidence_place(&verification.id), sealed).map_err(Failure::open("evidence"))?;
                serde_json::from_slice(&plain).map_err(|_| Failure::Corrupt("evidence"))?
            }
            None => Value::Null,
        };
        Ok(json!({
            "reference": Reference::parse(&verification.reference).map(|reference| reference.to_string()),
            "at": Timestamp::from_millis(verification.at).to_string(),
            "client_id": verification.client, "product": verification.product, "semester": verification.semester,
            "method": verification.method, "outcome": verification.outcome, "reason": verification.reason,
            "seen": readable_times(evidence),
        }))
    }
}

fn student_of(stored: &StoredAccount) -> Result<Index, Failure> {
    stored.student.as_deref().and_then(Index::from_bytes).ok_or(Failure::Corrupt("an account's student"))
}

fn exported_token(token: &StoredToken, issuers: &BTreeMap<String, String>) -> Value {
    let time = |millis: Option<i64>| millis.map(|millis| Timestamp::from_millis(millis).to_string());
    json!({
        "client_id": token.client, "issuer": issuers.get(&token.client), "jti": token.jti, "sub": token.subject,
        "product": token.product, "semester": token.semester, "fields": names(token.fields.as_deref()),
        "self_asserted": names(token.self_asserted.as_deref()), "issued_at": time(Some(token.issued_at)),
        "expires_at": time(Some(token.expires_at)), "redeemed_at": time(token.redeemed_at),
        "cancelled_at": time(token.cancelled_at),
    })
}

fn names(text: Option<&str>) -> Option<Vec<&str>> {
    text.map(|text| text.split(' ').filter(|name| !name.is_empty()).collect())
}

/// Moments as people read them, wherever they stand.
fn readable_times(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let readable = |(name, value): (String, Value)| {
                let value = match (name.as_str(), value.as_i64()) {
                    ("at" | "proven_at" | "source_updated_at", Some(millis)) => {
                        Timestamp::from_millis(millis).to_string().into()
                    }
                    _ => readable_times(value),
                };
                (name, value)
            };
            Value::Object(members.into_iter().map(readable).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(readable_times).collect()),
        other => other,
    }
}
