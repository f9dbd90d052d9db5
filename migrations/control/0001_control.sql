-- What belongs to the instance. Personal data of students never stands here.

CREATE TABLE @tenants (
  id          TEXT PRIMARY KEY,
  slug        TEXT NOT NULL UNIQUE,
  kind        TEXT NOT NULL,            -- university | agency
  document    TEXT NOT NULL,            -- names, keywords, calendar, connections: JSON of domain::tenant
  status      TEXT NOT NULL,            -- active | closed
  created_at  BIGINT NOT NULL
);

-- The tenants' halves of their keys. Deleting a tenant's rows makes its data unreadable.
CREATE TABLE @tenant_tokens (
  tenant      TEXT NOT NULL REFERENCES @tenants (id),
  version     BIGINT NOT NULL,
  token       BLOB NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (tenant, version)
);

-- Ticket issuers and universities' machines.
CREATE TABLE @clients (
  id          TEXT PRIMARY KEY,
  tenant      TEXT REFERENCES @tenants (id),   -- the one university of a machine client
  document    TEXT NOT NULL,                   -- JSON of domain::client
  secret_hash BLOB,                            -- SHA-256 of a 256-bit secret
  status      TEXT NOT NULL,                   -- active | blocked
  created_at  BIGINT NOT NULL
);

CREATE TABLE @signing_keys (
  kid         TEXT PRIMARY KEY,
  algorithm   TEXT NOT NULL,
  private_key BLOB NOT NULL,            -- PKCS#8, sealed under the master key
  stage       TEXT NOT NULL,            -- next | active | retired
  created_at  BIGINT NOT NULL,
  withdraw_at BIGINT                    -- when a retired key leaves the JWKS
);

-- One-time values of clients (client assertions), until they expire.
CREATE TABLE @used_once (
  client      TEXT NOT NULL,
  value_hash  BLOB NOT NULL,
  expires_at  BIGINT NOT NULL,
  PRIMARY KEY (client, value_hash)
);
CREATE INDEX used_once_by_expiry ON @used_once (expires_at);
