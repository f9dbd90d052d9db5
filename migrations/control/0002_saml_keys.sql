-- Keys of the SAML service provider. Made when they are first needed, not before.

CREATE TABLE @saml_keys (
  id          TEXT PRIMARY KEY,
  purpose     TEXT NOT NULL,            -- signing | encryption
  private_key BLOB NOT NULL,            -- PKCS#8, sealed under the master key
  certificate BLOB NOT NULL,            -- DER, self-signed
  stage       TEXT NOT NULL,            -- next | active | retired
  created_at  BIGINT NOT NULL,
  withdraw_at BIGINT                    -- when a retired key is forgotten
);
CREATE UNIQUE INDEX saml_keys_one_active ON @saml_keys (purpose) WHERE stage = 'active';
