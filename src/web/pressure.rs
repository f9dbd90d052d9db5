//! How many requests one address and one client may make (a leaky bucket each).

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::atomic::{AtomicUsize, Ordering},
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota};

use super::{Door, caller::Address, failure::TooManyRequests};
use crate::domain::client::ClientId;

/// So many addresses take a few megabytes.
const FEW_ADDRESSES: usize = 50_000;

/// The buckets of this process.
pub(super) struct Pressure {
    people: Addresses,
    /// A shop's server asks for all of its customers: its address gets as much as a client.
    machines: Addresses,
    clients: DefaultKeyedRateLimiter<ClientId>,
}

/// A bucket for each address.
struct Addresses {
    buckets: DefaultKeyedRateLimiter<IpAddr>,
    /// How many addresses may be remembered before those that were silent for a minute are forgotten.
    tidy_at: AtomicUsize,
}

impl Pressure {
    pub(super) fn new(per_address: NonZeroU32, per_client: NonZeroU32) -> Self {
        Self {
            people: Addresses::new(per_address),
            machines: Addresses::new(per_client),
            clients: DefaultKeyedRateLimiter::keyed(Quota::per_minute(per_client)),
        }
    }

    /// Whether this client may make one more request now.
    pub(super) fn admits(&self, client: &ClientId) -> bool {
        self.clients.check_key(client).is_ok()
    }
}

impl Addresses {
    fn new(per_minute: NonZeroU32) -> Self {
        let buckets = DefaultKeyedRateLimiter::keyed(Quota::per_minute(per_minute));
        Self { buckets, tidy_at: AtomicUsize::new(FEW_ADDRESSES) }
    }

    fn admit(&self, address: IpAddr) -> bool {
        // Looking through all of them costs as much as there are: only when they have doubled, or whoever has a large
        // network makes every request cost that much.
        let tidy_at = self.tidy_at.load(Ordering::Relaxed);
        if self.buckets.len() > tidy_at
            && self.tidy_at.compare_exchange(tidy_at, usize::MAX, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        {
            self.buckets.retain_recent();
            self.tidy_at.store((self.buckets.len() * 2).max(FEW_ADDRESSES), Ordering::Relaxed);
        }
        self.buckets.check_key(&household(address)).is_ok()
    }
}

/// Refuses an address whose browsers ask too often.
pub(super) async fn of_people(
    State(door): State<Door>,
    Address(address): Address,
    request: Request,
    next: Next,
) -> Response {
    if door.pressure().people.admit(address) { next.run(request).await } else { TooManyRequests.into_response() }
}

/// Refuses an address whose machines ask too often, before anything is checked.
pub(super) async fn of_machines(
    State(door): State<Door>,
    Address(address): Address,
    request: Request,
    next: Next,
) -> Response {
    if door.pressure().machines.admit(address) { next.run(request).await } else { TooManyRequests.into_response() }
}

/// A whole IPv6 /64 counts as one.
pub(super) fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.into(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}
