-- name: columns
-- In the order of the fields of `fener.storage.incidents.Incident`.
SELECT i.id, i.public_id, i.organization_id, i.customer_id, i.monitor_id, i.problem, i.cause,
       i.status, i.start_at, i.start_check_id, i.opened_at, i.opening_check_id, i.end_at,
       i.end_check_id, i.resolved_at, i.resolution, i.acknowledged_at, i.acknowledged_by,
       i.last_failed_at, i.failed_checks, i.reason, i.message, i.facts, i.status_code, i.total_us,
       i.last_notified_at, i.channel_ids, i.comment, i.postmortem,
       m.public_id, m.owner_id, m.kind, m.name, m.target, m.paused_at, m.deleted_at,
       c.name, c.email

-- name: joined
  JOIN monitors m ON m.id = i.monitor_id
  JOIN customers c ON c.id = i.customer_id

-- name: newest
-- The ids of a window, from the index alone.
SELECT id FROM incidents WHERE organization_id = :organization_id
 ORDER BY id DESC LIMIT :limit OFFSET :offset

-- name: near_customers
-- The same within the reach of somebody limited: each customer's own newest, merged. Its parts
-- enclose `IN (...)`.
SELECT id FROM incidents
 WHERE customer_id IN (SELECT id FROM customers
                        WHERE organization_id = :organization_id AND id IN

-- name: near_window
                      )
 ORDER BY id DESC LIMIT :limit OFFSET :offset

-- name: deep_customers
-- The same where many are left out first: merging costs more then than reading past the others'.
SELECT id FROM incidents WHERE organization_id = :organization_id AND customer_id IN

-- name: deep_window
 ORDER BY id DESC LIMIT :limit OFFSET :offset

-- name: total
-- Counters are kept with the incidents: nothing is counted here.
SELECT coalesce(sum(incidents_total), 0) FROM customers WHERE organization_id = :organization_id

-- name: checks
-- The checks of one outcome within the outage, the newest ones where there are many.
SELECT id, at, location_id, finished_at, outcome, reason, message, facts, status_code, total_us
  FROM all_results
 WHERE monitor_id = :monitor_id AND at >= :since AND at <= :until AND outcome = :outcome
 ORDER BY at DESC, id DESC LIMIT :limit

-- name: kept_checks
-- Those that outlive the retention of raw results.
SELECT part, check_id AS id, at, location_id, finished_at, outcome, reason, message, facts,
       status_code, total_us, evidence
  FROM incident_checks WHERE incident_id = :id

-- name: locations
SELECT id, code, name FROM locations

-- name: attempts
-- One row for each attempt to tell somebody of an incident.
SELECT a.id, a.at, a.ok, a.answer, c.kind, c.name AS channel_name
  FROM delivery_attempts a
  JOIN notifications n ON n.id = a.notification_id
  JOIN channels c ON c.id = n.channel_id
 WHERE n.incident_id = :id
 ORDER BY a.at, a.id

-- name: events
SELECT e.id, e.kind, e.at, e.user_id, e.detail, u.email, u.first_name, u.last_name
  FROM incident_events e
  LEFT JOIN users u ON u.id = e.user_id
 WHERE e.incident_id = :id
 ORDER BY e.at, e.id

-- name: set_comment
UPDATE incidents SET comment = :text WHERE id = :id

-- name: set_postmortem
UPDATE incidents SET postmortem = :text WHERE id = :id

-- name: acknowledge
-- Nobody is reminded of what somebody works on.
UPDATE incidents SET acknowledged_at = :now, acknowledged_by = :user_id, remind_at = NULL
 WHERE id = :id AND acknowledged_at IS NULL

-- name: delete
-- Its timeline, kept checks and messages, owed ones too, go with it.
DELETE FROM incidents WHERE id = :id

-- name: uncount
UPDATE customers SET incidents_total = incidents_total - 1 WHERE id = :customer_id
