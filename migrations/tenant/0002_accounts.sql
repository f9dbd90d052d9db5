-- Students' own accounts. Who it is, is a keyed hash; what stands in them is sealed.

CREATE TABLE @accounts (
  id           TEXT PRIMARY KEY,        -- ULID: what the audit trail calls it
  student      BLOB UNIQUE,             -- keyed hash; NULL once anonymised
  record       BLOB,                    -- sealed: what was received, what the student added, whom they allow what; NULL once anonymised
  created_at   BIGINT NOT NULL,
  seen_at      BIGINT NOT NULL,         -- the last login
  requested_at BIGINT,                  -- when the student asked for anonymisation
  anonymised_at BIGINT
);
CREATE INDEX accounts_by_request ON @accounts (requested_at);

CREATE TABLE @account_photos (
  account     TEXT PRIMARY KEY REFERENCES @accounts (id),
  id          TEXT NOT NULL,            -- ULID: another one for each photo
  photo       BLOB NOT NULL             -- sealed JPEG
);

-- What a token held, by the names of its claims. NULL: issued before this was written down.
ALTER TABLE @tokens ADD COLUMN fields TEXT;
ALTER TABLE @tokens ADD COLUMN self_asserted TEXT;

CREATE INDEX verifications_by_student ON @verifications (student);
