-- name: states
-- The belief about each monitor of a batch, given by their spread: one text for every number.
SELECT monitor_id, state FROM monitor_states WHERE spread IN (SELECT value FROM json_each(:spreads))

-- name: open_incidents
SELECT id, monitor_id, problem, cause, channel_ids FROM incidents
 WHERE status = 'open' AND monitor_id IN (SELECT value FROM json_each(:ids))

-- name: channels
-- The active channels of the organizations of a batch.
SELECT id, organization_id, customer_id, monitor_id, kind, name, settings, sealed_secrets, is_active
  FROM channels WHERE is_active AND deleted_at IS NULL AND organization_id IN

-- name: reserve_check_ids
-- A block of ids for a batch: gives the last of it.
INSERT INTO sequences (name, last_id) VALUES ('checks', :count)
    ON CONFLICT (name) DO UPDATE SET last_id = last_id + :count
RETURNING last_id

-- name: insert_check
-- Behind all others; `fener.storage.filing` sorts them later.
INSERT INTO fresh_results (monitor_id, at, id, location_id, purpose, finished_at, outcome, reason,
                           message, facts, status_code, total_us, dns_us, connect_us, tls_us,
                           first_byte_us, transfer_us, evidence)
VALUES (:monitor_id, :at, :id, :location_id, :purpose, :finished_at, :outcome, :reason,
        :message, :facts, :status_code, :total_us, :dns_us, :connect_us, :tls_us,
        :first_byte_us, :transfer_us, :evidence)

-- name: update_state
-- The belief, and what lists show of the last check.
UPDATE monitor_states
   SET health = :health, is_degraded = :is_degraded, is_flapping = :is_flapping, since = :since,
       state = :state, recheck_at = :recheck_at, due_at = :due_at, last_checked_at = :finished_at,
       last_outcome = :outcome, last_reason = :reason, last_message = :message,
       last_facts = :facts, last_total_us = :total_us, checks_total = checks_total + 1,
       checks_failed = checks_failed + :failed, checks_unknown = checks_unknown + :unknown,
       checks_timed = checks_timed + :timed,
       total_us_sum = total_us_sum + CASE WHEN :timed THEN :total_us ELSE 0 END
 WHERE spread = :spread

-- name: update_belief
-- The belief alone, where no check was made.
UPDATE monitor_states
   SET health = :health, is_degraded = :is_degraded, is_flapping = :is_flapping, since = :since, state = :state,
       recheck_at = :recheck_at, due_at = :due_at
 WHERE monitor_id = :monitor_id

-- name: keep_certificate
-- The one that was presented last; nearly every check sees the same as the one before.
INSERT INTO certificates (monitor_id, facts) VALUES (:monitor_id, :facts)
    ON CONFLICT (monitor_id) DO UPDATE SET facts = excluded.facts WHERE facts <> excluded.facts

-- name: insert_transition
INSERT INTO transitions (monitor_id, problem, at, before, after, why, began_at, check_id)
VALUES (:monitor_id, :problem, :at, :before, :after, :why, :began_at, :check_id)

-- name: open_incident
INSERT INTO incidents (public_id, organization_id, customer_id, monitor_id, problem, cause, start_at,
                       start_check_id, opened_at, opening_check_id, last_failed_at, failed_checks,
                       reason, message, facts, status_code, total_us, remind_at, channel_ids, ends_at)
VALUES (:public_id, :organization_id, :customer_id, :monitor_id, :problem, :cause, :start_at,
        :start_check_id, :opened_at, :opening_check_id, :last_failed_at, :failed_checks,
        :reason, :message, :facts, :status_code, :total_us, :remind_at, :channel_ids, :ends_at)
RETURNING id

-- name: count_incident
UPDATE customers SET incidents_total = incidents_total + 1 WHERE id = :customer_id

-- name: count_change
-- Of what is watched for changes; together with the incident that tells of it.
UPDATE monitor_states SET changes_total = changes_total + 1, last_changed_at = :at
 WHERE monitor_id = :id

-- name: continue_incident
UPDATE incidents SET last_failed_at = :last_failed_at, failed_checks = :failed_checks
 WHERE id = :id AND status = 'open'

-- name: worsen_incident
UPDATE incidents
   SET cause = :cause, reason = :reason, message = :message, facts = :facts, ends_at = :ends_at
 WHERE id = :id AND status = 'open'

-- name: resolve_incident
UPDATE incidents
   SET status = 'resolved', end_at = :end_at, end_check_id = :end_check_id,
       resolved_at = :resolved_at, resolution = :resolution, remind_at = NULL
 WHERE id = :id AND status = 'open'

-- name: keep_check
-- Copies a check into its incident, where it outlives the retention of raw results. An incident of
-- another problem than availability tells of it what no raw result says.
INSERT INTO incident_checks (incident_id, part, check_id, at, location_id, finished_at, outcome,
                             reason, message, facts, status_code, total_us, evidence)
SELECT :incident_id, :part, id, at, location_id, finished_at, coalesce(:outcome, outcome),
       coalesce(:reason, reason), coalesce(:message, message), coalesce(:facts, facts),
       status_code, total_us,
       coalesce(:evidence, evidence,
                (SELECT g.evidence FROM good_answers g
                  WHERE g.monitor_id = r.monitor_id AND g.check_id = r.id))
  FROM all_results r WHERE monitor_id = :monitor_id AND at = :at AND id = :check_id
    ON CONFLICT (incident_id, part) DO UPDATE
   SET check_id = excluded.check_id, at = excluded.at, location_id = excluded.location_id,
       finished_at = excluded.finished_at, outcome = excluded.outcome, reason = excluded.reason,
       message = excluded.message, facts = excluded.facts, status_code = excluded.status_code,
       total_us = excluded.total_us, evidence = excluded.evidence

-- name: insert_event
INSERT INTO incident_events (incident_id, kind, at, user_id, detail)
VALUES (:incident_id, :kind, :at, :user_id, :detail)

-- name: owe
-- The same message is owed once: its dedup key is unique.
INSERT INTO notifications (organization_id, incident_id, channel_id, event, step, dedup_key, due_at,
                           held_until, created_at)
VALUES (:organization_id, :incident_id, :channel_id, :event, :step, :dedup_key,
        max(:now, coalesce(:held_until, 0)), :held_until, :now)
    ON CONFLICT (dedup_key) DO NOTHING

-- name: hold_recoveries
-- What is flapping has turned again: the recoveries that wait for it to be calm wait anew.
UPDATE notifications SET due_at = :until
 WHERE status = 'owed' AND event = 'recovered' AND held_until IS NOT NULL AND attempts = 0
   AND incident_id IN (SELECT id FROM incidents WHERE monitor_id = :monitor_id AND problem = :problem)

-- name: insert_ping
INSERT INTO pings (monitor_id, at, action, exit_status, run_id, body, source, user_agent, check_id,
                   duration_ms)
VALUES (:monitor_id, :at, :action, :exit_status, :run_id, :body, :source, :user_agent, :check_id,
        :duration_ms)
