-- name: by_hash
-- A token that may be used: not expired, and of an account key the user not disabled.
SELECT t.id, t.kind, t.organization_id, t.user_id, t.customer_id, t.last_used_at
  FROM tokens t
  LEFT JOIN users u ON u.id = t.user_id
 WHERE t.hash = :hash
   AND (t.expires_at IS NULL OR t.expires_at > :now)
   AND (t.kind <> 'account' OR u.is_enabled)

-- name: touch
UPDATE tokens SET last_used_at = :now WHERE id = :id

-- name: columns
-- What `fener.storage.people.token` reads; other statements begin with it.
SELECT t.id, t.kind, t.name, t.hint, t.organization_id, t.user_id, t.customer_id,
       c.name AS customer_name, t.created_at, t.expires_at, t.last_used_at
  FROM tokens t
  LEFT JOIN customers c ON c.id = t.customer_id

-- name: insert
INSERT INTO tokens (kind, name, hint, hash, organization_id, user_id, customer_id, created_at,
                    expires_at)
VALUES (:kind, :name, :hint, :hash, :organization_id, :user_id, :customer_id, :now, :expires_at)
RETURNING id

-- name: delete
DELETE FROM tokens WHERE id = :id
