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

-- name: latest
-- The last one before an instant, if possible at a location.
SELECT at, check_id
  FROM good_answers
 WHERE monitor_id = :monitor_id AND at < :before
 ORDER BY location_id = :location_id DESC, check_id DESC
 LIMIT 1

-- name: copy
-- It goes into its incident, where it outlives all that come after it.
INSERT INTO incident_checks (incident_id, part, check_id, at, location_id, finished_at, outcome,
                             reason, message, facts, status_code, total_us, evidence)
SELECT :incident_id, 'good', r.id, r.at, r.location_id, r.finished_at, r.outcome,
       r.reason, r.message, r.facts, r.status_code, r.total_us,
       (SELECT g.evidence FROM good_answers g
         WHERE g.monitor_id = r.monitor_id AND g.check_id = r.id)
  FROM all_results r
 WHERE r.monitor_id = :monitor_id AND r.at = :at AND r.id = :check_id
