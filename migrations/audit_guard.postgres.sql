CREATE FUNCTION @audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit entries are never changed or deleted'; END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON @audit FOR EACH ROW EXECUTE FUNCTION @audit_is_append_only();
CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON @audit FOR EACH STATEMENT EXECUTE FUNCTION @audit_is_append_only();
