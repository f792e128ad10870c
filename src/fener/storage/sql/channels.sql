-- name: columns
-- What `fener.storage.channels.from_row` reads; other statements begin with it.
SELECT c.id, c.organization_id, c.customer_id, c.monitor_id, c.kind, c.name, c.settings,
       c.sealed_secrets, c.is_active, c.created_at, c.updated_at
  FROM channels c

-- name: insert
INSERT INTO channels (organization_id, customer_id, monitor_id, kind, name, settings,
                      sealed_secrets, is_active, created_at, updated_at)
VALUES (:organization_id, :customer_id, :monitor_id, :kind, :name, :settings,
        :sealed_secrets, :is_active, :now, :now)
RETURNING id

-- name: update
UPDATE channels
   SET name = :name, settings = :settings, sealed_secrets = :sealed_secrets,
       is_active = :is_active, updated_at = :now
 WHERE id = :id

-- name: delete
-- The name stays for the delivery log; where and with which secret it told is forgotten.
UPDATE channels
   SET is_active = 0, settings = '{}', sealed_secrets = NULL, deleted_at = :now, updated_at = :now
 WHERE id = :id

-- name: cancel_owed
UPDATE notifications SET status = 'cancelled', leased_until = NULL, last_error = :reason
 WHERE channel_id = :id AND status = 'owed'

-- name: choices
-- Monitors that chose their channels.
SELECT id, channel_ids FROM monitors
 WHERE organization_id = :organization_id AND channel_ids IS NOT NULL

-- name: choose
UPDATE monitors SET channel_ids = :channel_ids WHERE id = :id

-- name: owe_test
INSERT INTO notifications (organization_id, channel_id, event, dedup_key, due_at, created_at)
VALUES (:organization_id, :channel_id, 'test', :dedup_key, :now, :now)
RETURNING id

-- name: told
-- What was owed to one channel, newest first.
SELECT n.id, n.channel_id, n.incident_id, n.event, n.step, n.status, n.created_at, n.due_at,
       n.sent_at, n.attempts, n.last_error, i.monitor_id, m.name AS monitor_name
  FROM notifications n
  LEFT JOIN incidents i ON i.id = n.incident_id
  LEFT JOIN monitors m ON m.id = i.monitor_id
 WHERE n.channel_id = :channel_id AND n.id < :before_id
 ORDER BY n.id DESC
 LIMIT :limit

-- name: attempts
-- Ends with `IN (...)`.
SELECT notification_id, attempt, at, ok, answer, took_ms
  FROM delivery_attempts
 WHERE notification_id IN

-- name: may_dial_private
SELECT allow_private FROM organizations WHERE id = :id
