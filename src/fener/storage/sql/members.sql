-- name: columns
-- What `fener.storage.people.member` reads; other statements begin with it.
SELECT m.id AS member_id, m.organization_id, m.user_id, m.role, m.is_limited, m.created_at,
       u.public_id, u.email, u.first_name, u.last_name, u.is_enabled, u.last_seen_at,
       u.password_hash IS NOT NULL AS has_password,
       EXISTS (SELECT 1 FROM members o
                WHERE o.user_id = m.user_id AND o.organization_id <> m.organization_id)
           AS is_elsewhere,
       (SELECT group_concat(c.customer_id) FROM member_customers c WHERE c.member_id = m.id)
           AS customer_ids
  FROM members m
  JOIN users u ON u.id = m.user_id

-- name: organizations_of
SELECT organization_id FROM members WHERE user_id = :user_id

-- name: user_by_public_id
SELECT id FROM users WHERE public_id = :public_id

-- name: count_owners
-- Those who could still sign in, or be helped to.
SELECT count(*) FROM members m
  JOIN users u ON u.id = m.user_id
 WHERE m.organization_id = :organization_id AND m.role = 'owner' AND u.is_enabled

-- name: id_of
SELECT id FROM members WHERE organization_id = :organization_id AND user_id = :user_id

-- name: update
UPDATE members SET role = :role, is_limited = :is_limited WHERE id = :member_id

-- name: update_user
UPDATE users
   SET email = :email, first_name = :first_name, last_name = :last_name, is_enabled = :is_enabled
 WHERE id = :user_id

-- name: delete
DELETE FROM members WHERE id = :member_id

-- name: delete_customers
DELETE FROM member_customers WHERE member_id = :member_id

-- name: insert_customer
INSERT INTO member_customers (member_id, customer_id) VALUES (:member_id, :customer_id)

-- name: leave_active
-- Somebody who left works next in an organization that they still belong to, if any.
UPDATE users
   SET active_organization_id =
       (SELECT organization_id FROM members WHERE user_id = :user_id ORDER BY id LIMIT 1)
 WHERE id = :user_id AND active_organization_id = :organization_id

-- name: start_active
UPDATE users SET active_organization_id = :organization_id
 WHERE id = :user_id AND active_organization_id IS NULL
