-- name: newest
SELECT id, at, action, exit_status, run_id, body, source, user_agent, check_id, duration_ms
  FROM pings
 WHERE monitor_id = :monitor_id AND id < :before_id
 ORDER BY id DESC
 LIMIT :limit
