-- name: next_due
-- When anything may be leased, or a reminder is due. A message waits for those owed before it to
-- the same channel about the same incident, and for the one that its channel is busy with.
-- MATERIALIZED: else SQLite walks through all that was ever sent, in the order of the windows.
WITH owed AS MATERIALIZED (
    SELECT id, channel_id, incident_id, due_at, leased_until FROM notifications
     WHERE status = 'owed'
), waiting AS (
    SELECT due_at,
           row_number() OVER (PARTITION BY channel_id, coalesce(incident_id, -id) ORDER BY id) AS place,
           max(coalesce(leased_until, 0)) OVER (PARTITION BY channel_id) AS channel_free_at
      FROM owed
)
SELECT min(at)
  FROM (SELECT CASE WHEN due_at < channel_free_at THEN channel_free_at ELSE due_at END AS at
          FROM waiting
         WHERE place = 1
         UNION ALL
        SELECT remind_at
          FROM incidents
         WHERE remind_at IS NOT NULL AND status = 'open' AND acknowledged_at IS NULL) AS moments

-- name: moot
-- Owed messages that nobody works on and nobody should get any more, with the reason why. An outage
-- of what is flapping that was over before its message was due is not told, nor is its recovery,
-- unless it was told as flapping.
WITH owed AS MATERIALIZED (
    SELECT id, attempts, event, step, channel_id, incident_id, blind_spell_id, held_until
      FROM notifications
     WHERE status = 'owed' AND (leased_until IS NULL OR leased_until <= :now)
), weighed AS (
    SELECT n.id AS notification_id, n.attempts, n.event, n.step, n.channel_id,
           c.name AS channel_name, n.incident_id, c.organization_id, c.customer_id,
           i.customer_id AS told_customer_id, m.public_id AS watched_public_id,
           CASE WHEN c.deleted_at IS NOT NULL THEN 'channel_deleted'
                WHEN n.event = 'test' THEN NULL
                WHEN NOT c.is_active THEN 'channel_off'
                WHEN n.event = 'blind' AND b.ended_at IS NOT NULL THEN 'sees_again'
                WHEN i.resolution = 'paused' THEN 'monitor_paused'
                WHEN i.resolution = 'monitor_deleted' THEN 'monitor_deleted'
                WHEN n.event = 'down' AND i.resolved_at < n.held_until THEN 'flapping'
                WHEN n.event = 'recovered' AND EXISTS (
                     SELECT 1 FROM notifications d
                      WHERE d.incident_id = i.id AND d.channel_id = n.channel_id
                        AND d.event = 'down' AND i.resolved_at < d.held_until)
                 AND NOT EXISTS (
                     SELECT 1 FROM notifications f
                      WHERE f.incident_id = i.id AND f.channel_id = n.channel_id
                        AND f.event = 'flapping') THEN 'flapping'
                WHEN n.event = 'reminder' AND i.status = 'resolved' THEN 'resolved'
                WHEN n.event = 'reminder' AND i.acknowledged_at IS NOT NULL THEN 'acknowledged'
                END AS reason
      FROM owed n
      JOIN channels c ON c.id = n.channel_id
      LEFT JOIN incidents i ON i.id = n.incident_id
      LEFT JOIN monitors m ON m.id = i.monitor_id
      LEFT JOIN blind_spells b ON b.id = n.blind_spell_id
)
SELECT notification_id, attempts, event, step, channel_id, channel_name, incident_id,
       organization_id, customer_id, told_customer_id, watched_public_id, reason
  FROM weighed
 WHERE reason IS NOT NULL
 ORDER BY notification_id

-- name: cancel
UPDATE notifications SET status = 'cancelled', leased_until = NULL, last_error = :reason
 WHERE id = :id AND status = 'owed' AND (leased_until IS NULL OR leased_until <= :now)

-- name: leasable
-- The next message of each channel that is free and has one that is due.
WITH owed AS MATERIALIZED (
    SELECT id, channel_id, incident_id, due_at, leased_until FROM notifications
     WHERE status = 'owed'
), waiting AS (
    SELECT id, channel_id, due_at,
           row_number() OVER (PARTITION BY channel_id, coalesce(incident_id, -id) ORDER BY id) AS place,
           max(coalesce(leased_until, 0)) OVER (PARTITION BY channel_id) AS channel_free_at
      FROM owed
), ready AS (
    SELECT id, due_at, row_number() OVER (PARTITION BY channel_id ORDER BY due_at, id) AS turn
      FROM waiting
     WHERE place = 1 AND due_at <= :now AND channel_free_at <= :now
)
SELECT id FROM ready WHERE turn = 1 ORDER BY due_at, id LIMIT :limit

-- name: lease
-- Unless it was taken or settled since it was found.
UPDATE notifications SET leased_until = :until, attempts = attempts + 1
 WHERE id = :id AND status = 'owed' AND (leased_until IS NULL OR leased_until <= :now)

-- name: forget_leases
UPDATE notifications SET leased_until = NULL WHERE status = 'owed' AND leased_until IS NOT NULL

-- name: messages
-- All that a sender needs. Ends with `IN (...)`.
SELECT n.id AS notification_id, n.dedup_key, n.event, n.step, n.attempts, n.channel_id,
       c.name AS channel_name, n.incident_id, c.id, c.organization_id, c.customer_id, c.monitor_id, c.kind, c.name, c.settings,
       c.sealed_secrets, c.is_active, o.allow_private,
       i.public_id AS incident_public_id, i.cause, i.start_at, i.opened_at, i.failed_checks,
       i.reason, i.message, i.facts, i.status_code, i.end_at, i.resolved_at, i.acknowledged_at,
       i.problem, i.ends_at,
       m.id AS watched_id, m.public_id AS watched_public_id, m.name AS watched_name,
       m.kind AS watched_kind, m.target AS watched_target, m.settings AS watched_settings,
       k.id AS told_customer_id, k.name AS told_customer_name,
       b.public_id AS spell_public_id, b.began_at AS spell_began_at, b.why AS spell_why,
       b.ended_at AS spell_ended_at
  FROM notifications n
  JOIN channels c ON c.id = n.channel_id
  JOIN organizations o ON o.id = n.organization_id
  LEFT JOIN incidents i ON i.id = n.incident_id
  LEFT JOIN monitors m ON m.id = i.monitor_id
  LEFT JOIN customers k ON k.id = i.customer_id
  LEFT JOIN blind_spells b ON b.id = n.blind_spell_id
 WHERE n.id IN

-- name: language
-- What the user reads to whom an address belongs.
SELECT language FROM users WHERE lower(email) = lower(:email)

-- name: notification
SELECT status, attempts, last_error, incident_id FROM notifications WHERE id = :id

-- name: insert_attempt
-- Written once, however often its writing is tried.
INSERT INTO delivery_attempts (notification_id, attempt, at, ok, answer, took_ms)
SELECT :notification_id, :attempt, :at, :ok, :answer, :took
 WHERE NOT EXISTS (SELECT 1 FROM delivery_attempts
                    WHERE notification_id = :notification_id AND attempt = :attempt AND at = :at)

-- name: mark_sent
UPDATE notifications
   SET status = 'sent', sent_at = :at, leased_until = NULL, last_error = NULL
 WHERE id = :id AND status <> 'sent'

-- name: mark_owed
-- Only by who tried it last: another may have leased it since.
UPDATE notifications SET due_at = :due_at, leased_until = NULL, last_error = :answer
 WHERE id = :id AND status = 'owed' AND attempts = :attempt

-- name: mark_failed
UPDATE notifications SET status = 'failed', leased_until = NULL, last_error = :answer
 WHERE id = :id AND status = 'owed' AND attempts = :attempt

-- name: note_notified
UPDATE incidents SET last_notified_at = :at
 WHERE id = :id AND (last_notified_at IS NULL OR last_notified_at < :at)

-- name: reminders_due
SELECT i.id, i.organization_id, i.problem, i.reminders, i.channel_ids, p.reminder_every_ms
  FROM incidents i
  JOIN monitors m ON m.id = i.monitor_id
  JOIN customers c ON c.id = i.customer_id
  JOIN policies p ON p.id = coalesce(m.policy_id, c.policy_id)
 WHERE i.remind_at <= :now AND i.status = 'open' AND i.acknowledged_at IS NULL
 ORDER BY i.remind_at, i.id

-- name: remindable_channels
-- Those that are on and not about to hear of the incident anyway. Ends with `IN (...)`.
SELECT c.id
  FROM channels c
 WHERE c.is_active AND c.deleted_at IS NULL
   AND NOT EXISTS (SELECT 1 FROM notifications n
                    WHERE n.channel_id = c.id AND n.incident_id = :incident_id
                      AND n.status = 'owed')
   AND c.id IN

-- name: plan_reminder
UPDATE incidents SET remind_at = :remind_at, reminders = :reminders WHERE id = :id
