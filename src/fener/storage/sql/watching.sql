-- name: open_incidents
SELECT id FROM incidents WHERE monitor_id = :monitor_id AND status = 'open'

-- name: end_incident
-- Nothing was seen to recover, so no check ends it.
UPDATE incidents
   SET status = 'resolved', end_at = :now, resolved_at = :now, resolution = :resolution,
       remind_at = NULL
 WHERE id = :id AND status = 'open'

-- name: cancel_owed
UPDATE notifications SET status = 'cancelled', leased_until = NULL
 WHERE incident_id = :id AND status = 'owed'

-- name: note_transition
-- No check moved health: its id is 0.
INSERT INTO transitions (monitor_id, problem, at, before, after, why, began_at, check_id)
VALUES (:monitor_id, :problem, :now, :before, 'unknown', :why, :now, 0)
