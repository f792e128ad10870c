-- name: open_spell
SELECT public_id, began_at, why FROM blind_spells WHERE ended_at IS NULL ORDER BY id DESC LIMIT 1

-- name: begin
INSERT INTO blind_spells (public_id, began_at, why) VALUES (:public_id, :began_at, :why)

-- name: end
UPDATE blind_spells SET ended_at = :now WHERE public_id = :public_id AND ended_at IS NULL

-- name: owe_all
-- One message on each channel that is meant for the whole of an organization with anything probed.
INSERT INTO notifications (organization_id, blind_spell_id, channel_id, event, dedup_key, due_at,
                           created_at)
SELECT c.organization_id, b.id, c.id, :event, 'blind:' || b.public_id || ':' || :event || ':' || c.id,
       :now, :now
  FROM channels c
  JOIN blind_spells b ON b.public_id = :public_id
 WHERE c.is_active AND c.deleted_at IS NULL AND c.customer_id IS NULL AND c.monitor_id IS NULL
   AND EXISTS (SELECT 1 FROM monitors m
                WHERE m.organization_id = c.organization_id AND m.kind <> 'heartbeat'
                  AND m.paused_at IS NULL AND m.deleted_at IS NULL)
    ON CONFLICT (dedup_key) DO NOTHING

-- name: owe_again
-- One message on each channel that was told, or was to be told, of its beginning.
INSERT INTO notifications (organization_id, blind_spell_id, channel_id, event, dedup_key, due_at,
                           created_at)
SELECT n.organization_id, b.id, n.channel_id, :event,
       'blind:' || b.public_id || ':' || :event || ':' || n.channel_id, :now, :now
  FROM notifications n
  JOIN blind_spells b ON b.id = n.blind_spell_id
 WHERE b.public_id = :public_id AND n.event = 'blind'
    ON CONFLICT (dedup_key) DO NOTHING
