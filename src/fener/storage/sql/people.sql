-- name: memberships
-- Every organization of a user, the one they work in first, then the oldest.
SELECT m.organization_id, m.role, m.is_limited,
       (SELECT group_concat(c.customer_id) FROM member_customers c WHERE c.member_id = m.id)
           AS customer_ids
  FROM members m
  JOIN users u ON u.id = m.user_id
 WHERE m.user_id = :user_id
 ORDER BY m.organization_id = coalesce(u.active_organization_id, 0) DESC, m.id

-- name: insert_organization
INSERT INTO organizations (public_id, name, allow_private, created_at)
VALUES (:public_id, :name, :allow_private, :now)
RETURNING id

-- name: insert_user
INSERT INTO users (public_id, email, first_name, last_name, password_hash, language,
                   active_organization_id, created_at)
VALUES (:public_id, :email, :first_name, :last_name, :password_hash, :language,
        :organization_id, :now)
RETURNING id

-- name: insert_member
INSERT INTO members (organization_id, user_id, role, is_limited, created_at)
VALUES (:organization_id, :user_id, :role, :is_limited, :now)
RETURNING id

-- name: insert_local_location
-- The machine itself is location 1.
INSERT INTO locations (id, code, name) VALUES (1, 'local', 'Local') ON CONFLICT DO NOTHING

-- name: insert_email_channel
INSERT INTO channels (organization_id, kind, name, settings, created_at, updated_at)
VALUES (:organization_id, 'email', :name, :settings, :now, :now)

-- name: count_organizations
SELECT count(*) FROM organizations

-- name: first_owner
-- The first organization and the owner it was made for.
SELECT m.organization_id, m.user_id, o.name
  FROM organizations o
  JOIN members m ON m.organization_id = o.id AND m.role = 'owner'
 ORDER BY o.id, m.id
 LIMIT 1

-- name: complete_owner
-- Gives the owner that the command line made the address and password of a person.
UPDATE users SET email = :email, password_hash = :password_hash, language = :language
 WHERE id = :user_id

-- name: rename_organization
UPDATE organizations SET name = :name WHERE id = :id

-- name: rename_customers
-- The customer that an organization is born with is named after it.
UPDATE customers SET name = :name, email = :email, updated_at = :now
 WHERE organization_id = :organization_id AND name = :before

-- name: fact
SELECT value FROM facts WHERE name = :name

-- name: keep_fact
INSERT INTO facts (name, value) VALUES (:name, :value)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value

-- name: forget_fact
DELETE FROM facts WHERE name = :name

-- name: choose_organization
UPDATE users SET active_organization_id = :organization_id WHERE id = :user_id

-- name: user_of_email
SELECT id FROM users WHERE email = :email

-- name: user
SELECT * FROM users WHERE id = :id

-- name: memberships_by_name
SELECT m.organization_id, m.role, o.name
  FROM members m
  JOIN organizations o ON o.id = m.organization_id
 WHERE m.user_id = :user_id
 ORDER BY o.name, o.id

-- name: update_profile
UPDATE users
   SET first_name = :first_name, last_name = :last_name, language = :language, timezone = :timezone
 WHERE id = :id

-- name: password_of
SELECT password_hash FROM users WHERE id = :id

-- name: keep_password
UPDATE users SET password_hash = :password_hash WHERE id = :id

-- name: email_of
SELECT email FROM users WHERE id = :id
