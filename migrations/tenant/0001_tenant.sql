-- What belongs to one university. What says something about a person is sealed (BLOB) or a keyed hash.

CREATE TABLE @rosters (
  id          TEXT PRIMARY KEY,
  semester    TEXT NOT NULL,            -- 2026W
  stage       TEXT NOT NULL,            -- loading | current | previous | dropped
  key_version BIGINT NOT NULL,          -- under which its rows are indexed and sealed
  row_count   BIGINT NOT NULL,
  file_sha256 BLOB NOT NULL,
  created_at  BIGINT NOT NULL,
  created_by  TEXT NOT NULL,
  loaded_at   BIGINT NOT NULL           -- while loading: when rows last came, so that a dead import is told from a slow one
);
CREATE UNIQUE INDEX rosters_one_current ON @rosters (semester) WHERE stage = 'current';

CREATE TABLE @roster_rows (
  roster      TEXT NOT NULL,
  number      BLOB NOT NULL,            -- keyed hash of the matriculation number
  record      BLOB NOT NULL,            -- sealed
  PRIMARY KEY (roster, number)
) /*without-rowid*/;

CREATE TABLE @verifications (
  id           TEXT PRIMARY KEY,
  reference    TEXT NOT NULL UNIQUE,
  client       TEXT NOT NULL,
  product      TEXT NOT NULL,
  semester     TEXT NOT NULL,
  method       TEXT NOT NULL,
  outcome      TEXT NOT NULL,           -- eligible | refused
  reason       TEXT,                    -- stable code of a refusal
  rule_version BIGINT NOT NULL,
  student      BLOB,                    -- keyed hash of who it was, once known
  evidence     BLOB,                    -- sealed: what was seen
  at           BIGINT NOT NULL
);
CREATE INDEX verifications_by_time ON @verifications (at);

-- Codes that were redeemed, and logins that were finished: each once.
CREATE TABLE @used_once (
  kind        TEXT NOT NULL,            -- code | login | token
  value       TEXT NOT NULL,
  result      TEXT,                     -- what came of it: a token's jti
  expires_at  BIGINT NOT NULL,
  PRIMARY KEY (kind, value)
);
CREATE INDEX used_once_by_expiry ON @used_once (expires_at);

CREATE TABLE @tokens (
  jti             TEXT PRIMARY KEY,
  verification    TEXT NOT NULL REFERENCES @verifications (id),
  client          TEXT NOT NULL,
  product         TEXT NOT NULL,
  semester        TEXT NOT NULL,
  student         BLOB NOT NULL,        -- keyed hash
  subject         TEXT NOT NULL,        -- pairwise, as in the token
  issued_at       BIGINT NOT NULL,
  expires_at      BIGINT NOT NULL,
  first_issued_at BIGINT,               -- set in a repeat
  redeemed_at     BIGINT,
  cancelled_at    BIGINT,
  cancel_reason   TEXT
);
CREATE INDEX tokens_by_student ON @tokens (student, product, semester);
CREATE INDEX tokens_by_time ON @tokens (issued_at);

-- Failed guesses per number and per address, in windows.
CREATE TABLE @attempts (
  who         BLOB NOT NULL,            -- keyed hash of a number or an address
  window_end  BIGINT NOT NULL,
  failures    BIGINT NOT NULL,
  PRIMARY KEY (who, window_end)
);
CREATE INDEX attempts_by_window ON @attempts (window_end);
