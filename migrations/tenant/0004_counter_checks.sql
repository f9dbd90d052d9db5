-- Who typed a verification at an agency's counter: ids, no names. NULL: the student did, or a shop.

ALTER TABLE @verifications ADD COLUMN agency TEXT;
ALTER TABLE @verifications ADD COLUMN outlet TEXT;
ALTER TABLE @verifications ADD COLUMN clerk TEXT;
CREATE INDEX verifications_by_agency ON @verifications (agency, id) WHERE agency IS NOT NULL;
