-- name: columns
-- What `fener.storage.monitors.from_row` reads; other statements begin with it.
SELECT m.id, m.public_id, m.organization_id, m.customer_id, m.owner_id, m.name, m.settings,
       m.sealed_credentials, m.ping_key, m.interval_ms, m.timeout_ms, m.channel_ids, m.policy_id,
       m.created_at, m.paused_at, m.deleted_at, p.confirm_after, p.recover_after, p.recheck_every_ms, p.quorum,
       p.quorum_count, p.reminder_every_ms, p.certificate_warn_before_ms,
       p.certificate_critical_before_ms, p.flap_turns, p.flap_window_ms, p.flap_hold_ms,
       p.flap_calm_ms,
       (SELECT group_concat(l.location_id) FROM monitor_locations l WHERE l.monitor_id = m.id)
           AS location_ids
  FROM monitors m
  JOIN customers c ON c.id = m.customer_id
  JOIN policies p ON p.id = coalesce(m.policy_id, c.policy_id)

-- name: insert
INSERT INTO monitors (public_id, organization_id, customer_id, owner_id, kind, name, target,
                      settings, sealed_credentials, ping_key, interval_ms, timeout_ms, channel_ids,
                      policy_id, revision, created_at, updated_at)
VALUES (:public_id, :organization_id, :customer_id, :owner_id, :kind, :name, :target,
        :settings, :sealed_credentials, :ping_key, :interval_ms, :timeout_ms, :channel_ids,
        :policy_id, (SELECT last_id FROM sequences WHERE name = 'monitors'), :now, :now)
RETURNING id

-- name: insert_location
INSERT INTO monitor_locations (monitor_id, location_id) VALUES (:monitor_id, :location_id)

-- name: delete_locations
DELETE FROM monitor_locations WHERE monitor_id = :monitor_id

-- name: insert_state
-- Every monitor has a state from its birth, so that a result only ever updates one.
INSERT INTO monitor_states (spread, monitor_id, since) VALUES (:spread, :monitor_id, :now)

-- name: update
UPDATE monitors
   SET customer_id = :customer_id, name = :name, target = :target, settings = :settings,
       sealed_credentials = :sealed_credentials, interval_ms = :interval_ms,
       timeout_ms = :timeout_ms, channel_ids = :channel_ids, policy_id = :policy_id,
       paused_at = :paused_at, deleted_at = :deleted_at, updated_at = :now,
       revision = (SELECT last_id FROM sequences WHERE name = 'monitors')
 WHERE id = :id

-- name: move_incidents
-- A monitor that moves to another customer takes its incidents along.
UPDATE incidents SET customer_id = :customer_id WHERE monitor_id = :monitor_id

-- name: recount_incidents
-- The exact totals of the two customers between whom a monitor moved.
UPDATE customers
   SET incidents_total = (SELECT count(*) FROM incidents i WHERE i.customer_id = customers.id)
 WHERE id IN (:before, :after)

-- name: customer_of
SELECT customer_id FROM monitors WHERE id = :id

-- name: raise_revision
-- Tells every process that some monitor, policy or channel is not what it was. Done before a
-- monitor is written, which notes the revision that it came with.
INSERT INTO sequences (name, last_id) VALUES ('monitors', 1)
    ON CONFLICT (name) DO UPDATE SET last_id = last_id + 1

-- name: any_changed
-- Any monitor may have come with the revision that was raised just now.
INSERT INTO sequences (name, last_id)
SELECT 'any monitor', last_id FROM sequences WHERE name = 'monitors'
    ON CONFLICT (name) DO UPDATE SET last_id = excluded.last_id

-- name: revision
SELECT last_id FROM sequences WHERE name = 'monitors'

-- name: by_ping_key
SELECT id FROM monitors WHERE ping_key = :ping_key AND deleted_at IS NULL

-- name: customer_place
SELECT organization_id FROM customers WHERE id = :id

-- name: customers_in_order
-- The customers of an organization, the one it was born with first.
SELECT id FROM customers WHERE organization_id = :organization_id ORDER BY id

-- name: owner_of_organization
-- Who owns what a token or the command line adds.
SELECT user_id FROM members
 WHERE organization_id = :organization_id
 ORDER BY CASE role WHEN 'owner' THEN 0 WHEN 'admin' THEN 1 ELSE 2 END, id
 LIMIT 1

-- name: locations
SELECT id, code, name, country FROM locations ORDER BY id

-- name: state
SELECT state FROM monitor_states WHERE monitor_id = :monitor_id

-- name: set_ping_key
UPDATE monitors
   SET ping_key = :ping_key, updated_at = :now,
       revision = (SELECT last_id FROM sequences WHERE name = 'monitors')
 WHERE id = :id
