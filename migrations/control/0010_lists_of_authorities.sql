-- A company's list belongs to the authority that signs it: another tenant may name the same address for another one.
-- What is there is fetched again.
DROP TABLE @foreign_crls;

CREATE TABLE @foreign_crls (
  authority   TEXT PRIMARY KEY,         -- SHA-256 of the list's address and the authority's certificates
  der         BLOB NOT NULL,
  fetched_at  BIGINT NOT NULL
);
