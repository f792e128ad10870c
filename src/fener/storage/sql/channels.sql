-- name: columns
-- What `fener.storage.channels.from_row` reads; other statements begin with it.
SELECT c.id, c.organization_id, c.customer_id, c.monitor_id, c.kind, c.name, c.settings,
       c.sealed_secrets, c.is_active, c.created_at, c.updated_at
  FROM channels c
