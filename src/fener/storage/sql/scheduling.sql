-- name: standing
-- Where monitors stand; the next two end it.
SELECT s.monitor_id, s.last_checked_at, s.recheck_at, o.allow_private,
       CASE WHEN coalesce(s.last_checked_at, -1) < s.since THEN s.since END AS unseen_since,
       m.kind <> 'heartbeat' AND m.paused_at IS NULL AND m.deleted_at IS NULL AS is_scheduled
  FROM monitors m
  JOIN monitor_states s ON s.monitor_id = m.id
  JOIN organizations o ON o.id = m.organization_id

-- name: scheduled
-- The next of those that are watched and probed.
 WHERE m.kind <> 'heartbeat' AND m.paused_at IS NULL AND m.deleted_at IS NULL AND m.id > :after
 ORDER BY m.id
 LIMIT :count

-- name: changed
-- The next of those that changed, whatever they are now. The pluses keep SQLite from walking
-- through all monitors by id; few have such a revision.
 WHERE m.revision > :since AND +m.id > :after
 ORDER BY +m.id
 LIMIT :count

-- name: any_changed
-- The revision with which any monitor may have changed.
SELECT last_id FROM sequences WHERE name = 'any monitor'

-- name: overdue
-- Heartbeats whose silence has become a missed run.
SELECT s.monitor_id, s.state
  FROM monitor_states s
  JOIN monitors m ON m.id = s.monitor_id
 WHERE s.due_at <= :now AND m.paused_at IS NULL AND m.deleted_at IS NULL
 ORDER BY s.due_at
 LIMIT 1000

-- name: watched_states
-- What is believed of each watched monitor.
SELECT s.monitor_id, s.state
  FROM monitor_states s
  JOIN monitors m ON m.id = s.monitor_id
 WHERE m.paused_at IS NULL AND m.deleted_at IS NULL

-- name: last_alive
SELECT wall_at, monotonic_ms FROM liveness WHERE role = :role

-- name: note_alive
INSERT INTO liveness (role, wall_at, monotonic_ms) VALUES (:role, :now, :monotonic)
    ON CONFLICT (role) DO UPDATE SET wall_at = :now, monotonic_ms = :monotonic

-- name: note_deaf
INSERT INTO deaf_periods (from_at, until_at, why) VALUES (:start, :end, :why)

-- name: forget_deaf_after
-- Deaf periods by a clock that was ahead and has been set back.
DELETE FROM deaf_periods WHERE from_at >= :now

-- name: cut_off_deaf
UPDATE deaf_periods SET until_at = :now WHERE until_at > :now

-- name: deaf_periods
-- Those that ended later than a time.
SELECT from_at, until_at, why FROM deaf_periods WHERE until_at > :since ORDER BY until_at

-- name: checks_a_second
SELECT sum(1000.0 / m.interval_ms)
  FROM monitors m
  JOIN monitor_locations l ON l.monitor_id = m.id
 WHERE m.kind <> 'heartbeat' AND m.paused_at IS NULL AND m.deleted_at IS NULL
