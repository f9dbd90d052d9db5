-- How a university's students prove their enrollment: one connection that its IT tries, one that students use.

CREATE TABLE @connections (
  tenant      TEXT NOT NULL REFERENCES @tenants (id),
  stage       TEXT NOT NULL,            -- test | live
  version     BIGINT NOT NULL,          -- counts up with each change; a promoted one keeps its number
  document    TEXT NOT NULL,            -- JSON of domain::connection, without secrets
  secrets     BLOB NOT NULL,            -- sealed with the tenant's keys
  changed_at  BIGINT NOT NULL,
  changed_by  TEXT NOT NULL,
  PRIMARY KEY (tenant, stage)
);

-- From test to live takes two people.
CREATE TABLE @promotions (
  id           TEXT PRIMARY KEY,
  tenant       TEXT NOT NULL REFERENCES @tenants (id),
  version      BIGINT NOT NULL,         -- of the test connection that was meant
  requested_at BIGINT NOT NULL,
  requested_by TEXT NOT NULL,
  decided_at   BIGINT,
  decided_by   TEXT,
  outcome      TEXT NOT NULL            -- open | approved | rejected | overtaken
);
CREATE UNIQUE INDEX promotions_one_open ON @promotions (tenant) WHERE outcome = 'open';
