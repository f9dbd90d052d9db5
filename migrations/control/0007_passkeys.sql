-- Passkeys: public keys of authenticators that staff prove themselves with.

CREATE TABLE @passkeys (
  id              BLOB PRIMARY KEY,     -- the credential's id: nobody else's
  handle          TEXT NOT NULL UNIQUE, -- to name it by in forms
  staff           TEXT NOT NULL REFERENCES @staff (id),
  public_key      BLOB NOT NULL,        -- COSE
  sign_count      BIGINT NOT NULL,      -- goes forward, or stays zero
  backup_eligible BIGINT NOT NULL,      -- 1: may live on several devices
  name            BLOB NOT NULL,        -- sealed: what its owner calls it
  created_at      BIGINT NOT NULL,
  used_at         BIGINT
);
CREATE INDEX passkeys_by_staff ON @passkeys (staff);

-- Challenges that were answered: each counts once, on whichever node.
CREATE TABLE @passkey_challenges (
  challenge       BLOB PRIMARY KEY,     -- SHA-256
  expires_at      BIGINT NOT NULL
);
CREATE INDEX passkey_challenges_by_expiry ON @passkey_challenges (expires_at);
