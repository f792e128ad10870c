-- name: by_hash
-- A session that may be used: not expired, its user not disabled.
SELECT s.id, s.user_id, s.csrf_token, s.last_seen_at
  FROM sessions s
  JOIN users u ON u.id = s.user_id
 WHERE s.hash = :hash AND s.expires_at > :now AND u.is_enabled

-- name: touch
-- A session that is used lives on.
UPDATE sessions SET last_seen_at = :now, expires_at = :expires_at WHERE id = :id

-- name: touch_user
UPDATE users SET last_seen_at = :now WHERE id = :user_id
