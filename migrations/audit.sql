-- The audit trail: append-only, hash-chained. The head row makes writers queue, so that the chain has one order.

CREATE TABLE @audit (
  seq         BIGINT PRIMARY KEY,
  at          BIGINT NOT NULL,
  actor       TEXT NOT NULL,
  kind        TEXT NOT NULL,
  object      TEXT NOT NULL,
  detail      TEXT NOT NULL,            -- JSON; ids and codes only, no names
  hash        BLOB NOT NULL             -- SHA-256 over the previous hash and this entry
);
CREATE TABLE @audit_head (
  one         BIGINT PRIMARY KEY,
  seq         BIGINT NOT NULL,
  hash        BLOB NOT NULL
);
