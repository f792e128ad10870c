-- name: insert
INSERT INTO audit_entries (organization_id, at, user_id, token_id, credential, action, subject,
                           detail)
VALUES (:organization_id, :at, :user_id, :token_id, :credential, :action, :subject, :detail)
