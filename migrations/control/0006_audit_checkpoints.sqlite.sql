CREATE TRIGGER audit_checkpoints_are_never_changed BEFORE UPDATE ON audit_checkpoints BEGIN SELECT RAISE(ABORT, 'audit checkpoints are never changed'); END;
CREATE TRIGGER audit_checkpoints_are_never_deleted BEFORE DELETE ON audit_checkpoints BEGIN SELECT RAISE(ABORT, 'audit checkpoints are never deleted'); END;
-- Whom an entry concerns, so that a tenant's managers find theirs among everybody's.
ALTER TABLE audit ADD COLUMN concerns TEXT GENERATED ALWAYS AS (COALESCE(json_extract(detail, '$.tenant'), object)) VIRTUAL;
CREATE INDEX audit_by_concern ON audit (concerns, seq);
