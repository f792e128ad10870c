-- name: keep
INSERT INTO good_answers (monitor_id, check_id, at, location_id, evidence)
VALUES (:monitor_id, :check_id, :at, :location_id, :evidence)

-- name: forget_older
-- All but the newest of one monitor and location.
DELETE FROM good_answers
 WHERE monitor_id = :monitor_id AND location_id = :location_id
   AND check_id NOT IN (SELECT check_id FROM good_answers
                         WHERE monitor_id = :monitor_id AND location_id = :location_id
                         ORDER BY check_id DESC LIMIT :kept)

-- name: copy
-- The last one before an outage goes into its incident, where it outlives all that come after it.
INSERT INTO incident_checks (incident_id, part, check_id, at, location_id, finished_at, outcome,
                             reason, message, facts, status_code, total_us, evidence)
SELECT :incident_id, 'good', r.id, r.at, r.location_id, r.finished_at, r.outcome,
       r.reason, r.message, r.facts, r.status_code, r.total_us, g.evidence
  FROM good_answers g
  JOIN check_results r ON r.monitor_id = g.monitor_id AND r.at = g.at AND r.id = g.check_id
 WHERE g.monitor_id = :monitor_id AND g.at < :before
 ORDER BY g.location_id = :location_id DESC, g.check_id DESC
 LIMIT 1
