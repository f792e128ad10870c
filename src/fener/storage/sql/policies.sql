-- name: columns
-- What `fener.storage.policies.from_row` reads; other statements begin with it.
SELECT p.id, p.organization_id, p.package_type, p.display_name, p.confirm_after, p.recover_after,
       p.recheck_every_ms, p.quorum, p.quorum_count, p.reminder_every_ms,
       p.certificate_warn_before_ms, p.certificate_critical_before_ms, p.flap_turns,
       p.flap_window_ms, p.flap_hold_ms, p.flap_calm_ms, p.created_at, p.updated_at,
       (SELECT count(*) FROM customers c WHERE c.policy_id = p.id) AS customers,
       (SELECT count(*) FROM monitors m WHERE m.policy_id = p.id AND m.deleted_at IS NULL)
           AS monitors
  FROM policies p

-- name: insert
INSERT INTO policies (organization_id, package_type, display_name, confirm_after, recover_after,
                      recheck_every_ms, quorum, quorum_count, reminder_every_ms,
                      certificate_warn_before_ms, certificate_critical_before_ms, flap_turns,
                      flap_window_ms, flap_hold_ms, flap_calm_ms, created_at, updated_at)
VALUES (:organization_id, :key, :title, :confirm_after, :recover_after, :recheck_every, :quorum,
        :quorum_count, :reminder_every, :certificate_warn_before, :certificate_critical_before,
        :flap_turns, :flap_window, :flap_hold, :flap_calm, :now, :now)
RETURNING id

-- name: update
UPDATE policies
   SET display_name = :title, confirm_after = :confirm_after, recover_after = :recover_after,
       recheck_every_ms = :recheck_every, quorum = :quorum, quorum_count = :quorum_count,
       reminder_every_ms = :reminder_every, certificate_warn_before_ms = :certificate_warn_before,
       certificate_critical_before_ms = :certificate_critical_before, flap_turns = :flap_turns,
       flap_window_ms = :flap_window, flap_hold_ms = :flap_hold, flap_calm_ms = :flap_calm,
       updated_at = :now
 WHERE id = :id

-- name: delete
-- Deleted monitors that still have it as their own let go of it.
DELETE FROM policies WHERE id = :id

-- name: monitors_choosing
-- Living monitors that have this one as their own, by name.
SELECT m.public_id, m.kind, m.name, m.customer_id
  FROM monitors m
 WHERE m.policy_id = :id AND m.deleted_at IS NULL
 ORDER BY m.name, m.id
 LIMIT :limit
