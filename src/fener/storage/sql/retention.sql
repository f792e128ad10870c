-- name: monitors
-- All of them: deleted ones have results to forget, too.
SELECT id FROM monitors ORDER BY id

-- name: forget_checks
-- The oldest raw results of one monitor. What an incident needs was copied into it.
DELETE FROM check_results
 WHERE monitor_id = :monitor_id
   AND (at, id) IN (SELECT at, id FROM check_results
                     WHERE monitor_id = :monitor_id AND at < :before
                     ORDER BY at, id LIMIT :limit)

-- name: forget_good_answers
-- Each goes with the check that it belongs to.
DELETE FROM good_answers WHERE monitor_id = :monitor_id AND at < :before

-- name: forget_pings
DELETE FROM pings
 WHERE id IN (SELECT id FROM pings
               WHERE monitor_id = :monitor_id AND at < :before ORDER BY id LIMIT :limit)

-- name: forget_hours
DELETE FROM hours WHERE monitor_id IN (SELECT value FROM json_each(:ids)) AND hour < :before

-- name: forget_sessions
DELETE FROM sessions WHERE expires_at <= :now
