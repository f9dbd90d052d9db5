-- Client certificates of the people who work here: our own authority, what it has issued, and what each tenant asks for.

CREATE TABLE @authorities (
  id          TEXT PRIMARY KEY,
  stage       TEXT NOT NULL,            -- waiting (for its certificate from an offline root) | active | replaced
  private_key BLOB NOT NULL,            -- PKCS#8, sealed under the master key
  certificate BLOB,                     -- DER: the certificate that issues
  root        BLOB,                     -- DER: the root above it, where that is kept elsewhere
  crl_number  BIGINT NOT NULL,          -- grows with each list
  crl         BLOB,                     -- DER: the last list of revoked certificates
  crl_made_at BIGINT NOT NULL,
  created_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX authorities_one_of_a_stage ON @authorities (stage) WHERE stage <> 'replaced';

CREATE TABLE @certificates (
  serial      TEXT PRIMARY KEY,         -- 16 random bytes in hexadecimal
  thumbprint  TEXT NOT NULL UNIQUE,     -- SHA-256 of the DER in base64url
  authority   TEXT NOT NULL REFERENCES @authorities (id),
  tenant      TEXT NOT NULL REFERENCES @tenants (id),
  staff       TEXT NOT NULL REFERENCES @staff (id),
  machine     BLOB NOT NULL,            -- sealed: the machine's name
  not_before  BIGINT NOT NULL,
  not_after   BIGINT NOT NULL,
  revoked_at  BIGINT,
  reason      TEXT                      -- why it was revoked
);
CREATE INDEX certificates_by_tenant ON @certificates (tenant);
CREATE INDEX certificates_by_staff ON @certificates (staff);
CREATE INDEX certificates_revoked ON @certificates (authority, revoked_at) WHERE revoked_at IS NOT NULL;

-- Whether a tenant asks for certificates, and which authorities of its own it trusts.
CREATE TABLE @certificate_rules (
  tenant      TEXT PRIMARY KEY REFERENCES @tenants (id),
  document    TEXT NOT NULL             -- JSON of domain::certificate
);

-- How somebody is called in certificates of their company's own authority.
CREATE TABLE @external_names (
  tenant      TEXT NOT NULL REFERENCES @tenants (id),
  name        BLOB NOT NULL,            -- keyed hash
  staff       TEXT NOT NULL UNIQUE REFERENCES @staff (id),
  sealed      BLOB NOT NULL,            -- the name
  PRIMARY KEY (tenant, name)
);

-- The last good list of revoked certificates of a company's authority, by its address.
CREATE TABLE @foreign_crls (
  url         TEXT PRIMARY KEY,
  der         BLOB NOT NULL,
  fetched_at  BIGINT NOT NULL
);

ALTER TABLE @staff_sessions ADD COLUMN certificate TEXT; -- the thumbprint of the certificate that it began with
