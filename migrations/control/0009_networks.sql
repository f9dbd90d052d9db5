-- Networks that staff may come from. No row: from anywhere. Both lists count, a tenant's and an account's.

CREATE TABLE @staff_networks (
  tenant      TEXT NOT NULL REFERENCES @tenants (id),
  staff       TEXT NOT NULL,            -- an account of that tenant; empty: the tenant itself
  networks    TEXT NOT NULL,            -- JSON: prefixes
  PRIMARY KEY (tenant, staff)
);
