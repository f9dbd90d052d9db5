-- What agencies' counters may check: products of ticket issuers, at universities. One that was taken away stays, so that
-- what was checked meanwhile is still found.

CREATE TABLE @counter_grants (
  agency      TEXT NOT NULL REFERENCES @tenants (id),
  client      TEXT NOT NULL REFERENCES @clients (id),
  product     TEXT NOT NULL,
  university  TEXT NOT NULL REFERENCES @tenants (id),
  granted_at  BIGINT NOT NULL,
  ended_at    BIGINT,
  PRIMARY KEY (agency, client, product, university)
);
CREATE INDEX counter_grants_by_university ON @counter_grants (university);
