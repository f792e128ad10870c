-- name: by_id
SELECT id, public_id, name, details, allow_private, created_at FROM organizations WHERE id = :id

-- name: id_of
SELECT id FROM organizations WHERE public_id = :public_id

-- name: update
UPDATE organizations SET name = :name, details = :details WHERE id = :id

-- name: first
SELECT min(id) FROM organizations
