-- name: days
-- The daily roll-up of a monitor, and what is not in it yet: two rows of the same day may come. One
-- statement, since results may be filed between two.
SELECT day, checks, failed, unknown, timed, total_us_sum
  FROM days
 WHERE monitor_id = :monitor_id AND day BETWEEN :first AND :last
 UNION ALL
SELECT at / 86400000, count(*), sum(outcome = 'failure'), sum(outcome = 'unknown'),
       sum(outcome = 'success' AND total_us IS NOT NULL),
       coalesce(sum(total_us) FILTER (WHERE outcome = 'success'), 0)
  FROM unfiled_results
 WHERE monitor_id = :monitor_id AND at >= :first * 86400000 AND at < (:last + 1) * 86400000
 GROUP BY 1

-- name: days_that_tell
-- As an array of days for each monitor of a page.
SELECT monitor_id, json_group_array(day) AS days
  FROM days
 WHERE day BETWEEN :first AND :last AND checks > unknown
   AND monitor_id IN (SELECT value FROM json_each(:ids))
 GROUP BY monitor_id

-- name: unfiled_days_that_tell
-- Those of results that are not in the daily roll-up yet.
SELECT DISTINCT monitor_id, at / 86400000 AS day
  FROM unfiled_results
 WHERE at >= :first * 86400000 AND at < (:last + 1) * 86400000 AND outcome <> 'unknown'
   AND monitor_id IN (SELECT value FROM json_each(:ids))

-- name: turns
-- How the availability of each monitor of a page turned, as an array of pairs, oldest first: since
-- an instant, and the last one before. A row for each turn would cost three times as much.
SELECT m.id, m.kind, (
       SELECT json_group_array(json_array(o.began_at, o.after))
         FROM (SELECT t.began_at, t.after
                 FROM transitions t
                WHERE t.monitor_id = m.id AND t.problem = 'availability'
                  AND t.at >= coalesce((SELECT max(p.at) FROM transitions p
                                         WHERE p.monitor_id = m.id AND p.problem = 'availability'
                                           AND p.at <= :since), 0)
                ORDER BY t.at, t.id) o) AS turns
  FROM monitors m
 WHERE m.id IN (SELECT value FROM json_each(:ids))

-- name: history
-- Newest first, from one place in time backwards: one range read. A success has its evidence where
-- that was kept.
SELECT r.monitor_id, r.at, r.id, r.location_id, r.purpose, r.finished_at, r.outcome, r.reason,
       r.message, r.facts, r.status_code, r.total_us, r.dns_us, r.connect_us, r.tls_us,
       r.first_byte_us, r.transfer_us, coalesce(r.evidence, g.evidence) AS evidence,
       l.code AS location_code, l.name AS location_name
  FROM all_results r
  LEFT JOIN good_answers g ON g.monitor_id = r.monitor_id AND g.check_id = r.id
  LEFT JOIN locations l ON l.id = r.location_id
 WHERE r.monitor_id = :monitor_id AND (r.at, r.id) < (:before_at, :before_id)
   AND (:only_bad = 0 OR r.outcome <> 'success')
 ORDER BY r.at DESC, r.id DESC
 LIMIT :limit

-- name: last_seen
-- The last good and the last failing check of each location of a monitor, since an instant.
SELECT r.location_id, max(CASE WHEN r.outcome = 'success' THEN r.at END) AS good_at,
       max(CASE WHEN r.outcome = 'failure' THEN r.at END) AS failed_at
  FROM all_results r
 WHERE r.monitor_id = :monitor_id AND r.at >= :since
 GROUP BY r.location_id

-- name: series
-- Response times of one monitor, put together in steps of equal length: those of the good checks.
SELECT at - at % :step AS at, count(*) AS checks, sum(outcome = 'failure') AS failed,
       avg(total_us) FILTER (WHERE outcome = 'success') AS total_us,
       max(total_us) FILTER (WHERE outcome = 'success') AS most_us,
       avg(dns_us) FILTER (WHERE outcome = 'success') AS dns_us,
       avg(connect_us) FILTER (WHERE outcome = 'success') AS connect_us,
       avg(tls_us) FILTER (WHERE outcome = 'success') AS tls_us,
       avg(first_byte_us) FILTER (WHERE outcome = 'success') AS first_byte_us,
       avg(transfer_us) FILTER (WHERE outcome = 'success') AS transfer_us
  FROM all_results
 WHERE monitor_id = :monitor_id AND at BETWEEN :since AND :until
 GROUP BY 1
 ORDER BY 1

-- name: sparklines
-- The same for the monitors of a page, as one array of means for each. They are listed: through a
-- view SQLite looks up no ids that a subquery gives, and reads everything.
SELECT monitor_id, json_group_array(total_us) AS times
  FROM (SELECT monitor_id, at - at % :step AS step,
               cast(round(avg(total_us) FILTER (WHERE outcome = 'success')) AS INTEGER) AS total_us
          FROM all_results
         WHERE monitor_id IN {ids} AND at BETWEEN :since AND :until
         GROUP BY 1, 2
         ORDER BY 1, 2)
 GROUP BY monitor_id

-- name: certificate
SELECT facts FROM certificates WHERE monitor_id = :monitor_id

-- name: incidents
-- The latest incidents of one monitor that were open within a time.
SELECT id, public_id, cause, status, start_at, opened_at, end_at, resolved_at, resolution, message,
       status_code, total_us
  FROM incidents
 WHERE monitor_id = :monitor_id AND opened_at <= :until
   AND (resolved_at IS NULL OR resolved_at >= :since)
 ORDER BY id DESC
 LIMIT :limit

-- name: incidents_total
SELECT count(*) FROM incidents WHERE monitor_id = :monitor_id

-- name: alerts
-- Each attempt within a time to tell somebody of one monitor's incidents, newest first.
SELECT a.id, n.incident_id, c.kind, c.name AS channel_name, a.at, a.ok, a.answer
  FROM delivery_attempts a
  JOIN notifications n ON n.id = a.notification_id
  JOIN incidents i ON i.id = n.incident_id
  JOIN channels c ON c.id = n.channel_id
 WHERE i.monitor_id = :monitor_id AND a.at BETWEEN :since AND :until
 ORDER BY a.id DESC
 LIMIT :limit

-- name: alerts_total
SELECT count(*)
  FROM delivery_attempts a
  JOIN notifications n ON n.id = a.notification_id
  JOIN incidents i ON i.id = n.incident_id
 WHERE i.monitor_id = :monitor_id

-- name: mean_recent
-- Of the good checks, as all means are: how long a failing one took says nothing of the target.
SELECT avg(total_us)
  FROM all_results
 WHERE monitor_id = :monitor_id AND at >= :since AND outcome = 'success'

-- name: mean_days
-- From the daily roll-up.
SELECT 1.0 * sum(total_us_sum) / nullif(sum(timed), 0)
  FROM (SELECT total_us_sum, timed
          FROM days
         WHERE monitor_id = :monitor_id AND day >= :first
         UNION ALL
        SELECT total_us, 1
          FROM unfiled_results
         WHERE monitor_id = :monitor_id AND at >= :first * 86400000
           AND outcome = 'success' AND total_us IS NOT NULL)
