-- People who work here: tenants' staff, how they prove who they are, and their sessions. Names are sealed with the
-- tenant's keys; a login name is found by a keyed hash.

CREATE TABLE @outlets (
  id          TEXT PRIMARY KEY,
  tenant      TEXT NOT NULL REFERENCES @tenants (id),
  name        TEXT NOT NULL,
  created_at  BIGINT NOT NULL
);
CREATE INDEX outlets_by_tenant ON @outlets (tenant);

CREATE TABLE @staff (
  id          TEXT PRIMARY KEY,
  tenant      TEXT NOT NULL REFERENCES @tenants (id),
  login       BLOB NOT NULL UNIQUE,     -- keyed hash of the login name
  profile     BLOB NOT NULL,            -- sealed: login name and name
  rank        TEXT NOT NULL,
  outlet      TEXT REFERENCES @outlets (id),
  rights      TEXT NOT NULL,            -- JSON: module to none, read, edit
  last_day    TEXT,                     -- the last day on which the account works, in Germany
  status      TEXT NOT NULL,            -- invited | active | blocked
  password    BLOB,                     -- sealed: Argon2id
  must_change BIGINT NOT NULL,          -- 1: the password is the manager's
  created_at  BIGINT NOT NULL
);
CREATE INDEX staff_by_tenant ON @staff (tenant);

CREATE TABLE @staff_factors (
  staff       TEXT PRIMARY KEY REFERENCES @staff (id),
  secret      BLOB NOT NULL,            -- sealed: the shared secret of RFC 6238
  last_step   BIGINT NOT NULL,          -- codes of this step and before are used up
  created_at  BIGINT NOT NULL
);

CREATE TABLE @recovery_codes (
  staff       TEXT NOT NULL REFERENCES @staff (id),
  code        BLOB NOT NULL,            -- SHA-256 of 120 random bits
  used_at     BIGINT,
  PRIMARY KEY (staff, code)
);

CREATE TABLE @staff_sessions (
  token       BLOB PRIMARY KEY,         -- SHA-256 of a 256-bit token
  id          TEXT NOT NULL UNIQUE,
  staff       TEXT NOT NULL REFERENCES @staff (id),
  stage       TEXT NOT NULL,            -- password | full
  began_at    BIGINT NOT NULL,          -- when the password was right
  seen_at     BIGINT NOT NULL,
  ends_at     BIGINT NOT NULL,          -- whatever happens
  proven_at   BIGINT NOT NULL,          -- when a factor was last proven; 0: not yet
  place       BLOB NOT NULL             -- sealed: address and browser, for its owner to recognise
);
CREATE INDEX staff_sessions_by_staff ON @staff_sessions (staff);
CREATE INDEX staff_sessions_by_end ON @staff_sessions (ends_at);

CREATE TABLE @invitations (
  code        BLOB PRIMARY KEY,         -- SHA-256 of 128 random bits
  staff       TEXT NOT NULL REFERENCES @staff (id),
  expires_at  BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  state       TEXT NOT NULL             -- open | used | revoked
);
CREATE INDEX invitations_by_staff ON @invitations (staff);

-- Failed attempts of a name, an address, a browser (as keyed hashes): after a few, each makes the next one wait longer.
CREATE TABLE @throttles (
  who         BLOB PRIMARY KEY,
  failures    BIGINT NOT NULL,
  last_at     BIGINT NOT NULL,
  free_at     BIGINT NOT NULL           -- nothing is tried before
);
CREATE INDEX throttles_by_time ON @throttles (last_at);

-- What a tenant asks of its staff beyond the house's rules.
CREATE TABLE @staff_rules (
  tenant      TEXT PRIMARY KEY REFERENCES @tenants (id),
  document    TEXT NOT NULL
);

-- The operator's view of a tenant: taken for a reason and a time.
CREATE TABLE @elevations (
  id          TEXT PRIMARY KEY,
  staff       TEXT NOT NULL REFERENCES @staff (id),
  tenant      TEXT NOT NULL REFERENCES @tenants (id),
  reason      TEXT NOT NULL,
  since       BIGINT NOT NULL,
  until       BIGINT NOT NULL
);
CREATE INDEX elevations_by_tenant ON @elevations (tenant, until);
