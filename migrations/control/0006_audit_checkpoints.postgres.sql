CREATE TRIGGER audit_checkpoints_are_append_only BEFORE UPDATE OR DELETE ON @audit_checkpoints FOR EACH ROW EXECUTE FUNCTION @audit_is_append_only();
CREATE TRIGGER audit_checkpoints_are_never_emptied BEFORE TRUNCATE ON @audit_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION @audit_is_append_only();
-- Whom an entry concerns, so that a tenant's managers find theirs among everybody's.
ALTER TABLE @audit ADD COLUMN concerns TEXT GENERATED ALWAYS AS (COALESCE(detail::jsonb ->> 'tenant', object)) STORED;
CREATE INDEX audit_by_concern ON @audit (concerns, seq);
