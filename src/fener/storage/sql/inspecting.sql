-- name: soundness
-- Whether the pages of the file hang together; `ok`, or up to five things that are wrong.
PRAGMA quick_check(5)

-- name: revision
SELECT version_num FROM alembic_version

-- name: monitors
-- Every monitor that is probed.
SELECT count(*) FROM monitors
WHERE kind <> 'heartbeat' AND paused_at IS NULL AND deleted_at IS NULL

-- name: incidents
SELECT count(*) FROM incidents

-- name: key_ids
-- The keys with which stored secrets are sealed: each ciphertext begins with its key's id.
SELECT substr(sealed_credentials, 1, 8) FROM monitors WHERE sealed_credentials IS NOT NULL
UNION
SELECT substr(sealed_secrets, 1, 8) FROM channels WHERE sealed_secrets IS NOT NULL

-- name: last_alive
-- When a server last said that it lives, by its own clock.
SELECT max(wall_at) FROM liveness
