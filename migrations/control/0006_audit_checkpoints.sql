-- Heads of audit trails, signed. They stand apart from tenants' own databases, so that one which is put back to an
-- earlier state is noticed.

CREATE TABLE @audit_checkpoints (
  trail       TEXT NOT NULL,            -- a tenant's id, or `instance`
  number      BIGINT NOT NULL,          -- from 1, without gaps
  seq         BIGINT NOT NULL,          -- the entry that was the last one
  at          BIGINT NOT NULL,
  signed      TEXT NOT NULL,            -- JWS of domain::checkpoint
  PRIMARY KEY (trail, number)
);
