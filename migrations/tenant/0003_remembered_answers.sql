-- What a university's web service confirmed, for minutes, where the university wants it. Never what it denied.

CREATE TABLE @remembered_answers (
  question    BLOB PRIMARY KEY,         -- keyed hash of everything that was asked
  evidence    BLOB NOT NULL,            -- sealed
  expires_at  BIGINT NOT NULL
);
CREATE INDEX remembered_answers_by_expiry ON @remembered_answers (expires_at);
