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

-- name: credentials
-- Whoever signs in by this address. A disabled user is nobody.
SELECT id, password_hash, language, active_organization_id
  FROM users
 WHERE email = :email AND is_enabled

-- name: insert
INSERT INTO sessions (hash, user_id, csrf_token, user_agent, address, created_at, expires_at,
                      last_seen_at)
VALUES (:hash, :user_id, :csrf_token, :user_agent, :address, :now, :expires_at, :now)
RETURNING id

-- name: count_login
UPDATE users SET total_logins = total_logins + 1, last_seen_at = :now WHERE id = :user_id

-- name: delete_expired
DELETE FROM sessions WHERE expires_at <= :now

-- name: of_user
SELECT id, user_agent, address, created_at, last_seen_at, expires_at
  FROM sessions
 WHERE user_id = :user_id AND expires_at > :now
 ORDER BY last_seen_at DESC, id DESC

-- name: owner_of
SELECT user_id FROM sessions WHERE id = :id

-- name: delete
DELETE FROM sessions WHERE id = :id

-- name: delete_others
-- Every session of a user but one; a `kept_id` of 0 keeps none.
DELETE FROM sessions WHERE user_id = :user_id AND id <> :kept_id
