-- name: insert
INSERT INTO customers (public_id, organization_id, name, email, policy_id, details, created_at,
                       updated_at)
VALUES (:public_id, :organization_id, :name, :email, :policy_id, :details, :now, :now)
RETURNING id

-- name: organization_of
SELECT organization_id FROM customers WHERE id = :id
