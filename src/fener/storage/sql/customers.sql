-- name: columns
-- What `fener.storage.customers.from_row` reads; other statements begin with it.
SELECT c.id, c.public_id, c.organization_id, c.name, c.email, c.policy_id, c.status, c.details,
       c.incidents_total, c.cancelled_at, c.created_at, c.updated_at,
       p.package_type AS policy_name, p.display_name AS policy_title
  FROM customers c
  JOIN policies p ON p.id = c.policy_id

-- name: insert
INSERT INTO customers (public_id, organization_id, name, email, policy_id, details, created_at,
                       updated_at)
VALUES (:public_id, :organization_id, :name, :email, :policy_id, :details, :now, :now)
RETURNING id

-- name: update
UPDATE customers
   SET name = :name, email = :email, policy_id = :policy_id, status = :status, details = :details,
       cancelled_at = :cancelled_at, updated_at = :now
 WHERE id = :id
