-- name: shown
-- `fener.domain.shown.Shown` of one monitor: an expression over `m` and `s`.
CASE WHEN m.paused_at IS NOT NULL THEN 'paused'
     WHEN s.health = 'down' THEN 'down'
     WHEN m.kind = 'heartbeat' THEN
         CASE WHEN s.due_at + :late_after < :now
                   OR json_extract(s.state, '$.runs.unfinished_since') IS NULL
                      AND json_extract(s.state, '$.runs.expected_at') < :now THEN 'late'
              WHEN s.health = 'up' AND s.is_flapping THEN 'flapping'
              ELSE s.health END
     WHEN max(coalesce(s.last_checked_at, 0), s.since, m.updated_at) + m.interval_ms
          + min(m.interval_ms, :longest_wait) + m.timeout_ms + :late_after < :now THEN 'late'
     WHEN s.health = 'up' AND s.is_flapping THEN 'flapping'
     WHEN s.is_degraded THEN 'degraded'
     ELSE s.health END

-- name: type
-- The organization API's word for a monitor: an expression over `m`.
CASE m.kind WHEN 'http'
            THEN coalesce(json_extract(m.settings, '$.extra.monitoringType'), 'combined')
            WHEN 'tls' THEN 'ssl_check'
            ELSE m.kind END

-- name: places
-- The tables of a list; conditions follow.
  FROM monitors m
  JOIN monitor_states s ON s.monitor_id = m.id
 WHERE m.deleted_at IS NULL AND m.organization_id = :organization_id

-- name: lines
-- What `fener.storage.listing` shows of each monitor of a page; ends with `IN (...)`. Of several
-- open incidents the one of availability, whose name comes first.
SELECT m.id, m.public_id, m.organization_id, m.kind, m.name, m.target, m.owner_id, m.customer_id,
       c.public_id AS customer_public_id, c.name AS customer_name, m.interval_ms, m.timeout_ms,
       m.created_at, m.updated_at, m.paused_at, s.health, s.since, s.state, s.due_at,
       s.last_checked_at, s.last_outcome, s.last_reason, s.last_message, s.last_facts,
       s.last_total_us, s.checks_total, s.checks_failed, s.checks_unknown, s.checks_timed,
       s.total_us_sum,
       s.changes_total, s.last_changed_at,
       (SELECT i.id FROM incidents i WHERE i.monitor_id = m.id AND i.status = 'open'
         ORDER BY i.problem LIMIT 1)
           AS open_incident_id,
       {type} AS type,
       {shown} AS shown
  FROM monitors m
  JOIN monitor_states s ON s.monitor_id = m.id
  JOIN customers c ON c.id = m.customer_id
 WHERE m.id IN

-- name: late
-- Probed monitors of every organization that are shown as late.
SELECT count(*)
  FROM monitors m
  JOIN monitor_states s ON s.monitor_id = m.id
 WHERE m.deleted_at IS NULL AND m.kind <> 'heartbeat' AND {shown} = 'late'

-- name: at_location
EXISTS (SELECT 1 FROM monitor_locations l
         WHERE l.monitor_id = m.id AND l.location_id = :location_id)
