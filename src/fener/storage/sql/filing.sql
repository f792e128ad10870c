-- name: waiting
-- How many results are not filed, as their ids tell, and when the oldest of them came.
SELECT max(id) - min(id) + 1 AS results,
       (SELECT finished_at FROM fresh_results ORDER BY id LIMIT 1) AS since
  FROM fresh_results

-- name: begin
-- A new filing, unless one goes on that was interrupted.
UPDATE filing SET last_result = (SELECT coalesce(max(id), 0) FROM fresh_results)
 WHERE last_result = 0

-- name: monitors
-- Whose results are still to be filed, and how many.
SELECT monitor_id, count(*) AS results
  FROM fresh_results
 WHERE id <= (SELECT last_result FROM filing) AND monitor_id > (SELECT last_monitor FROM filing)
 GROUP BY monitor_id
 ORDER BY monitor_id

-- name: file
INSERT INTO check_results (monitor_id, at, id, location_id, purpose, finished_at, outcome, reason,
                           message, facts, status_code, total_us, dns_us, connect_us, tls_us,
                           first_byte_us, transfer_us, evidence)
SELECT monitor_id, at, id, location_id, purpose, finished_at, outcome, reason,
       message, facts, status_code, total_us, dns_us, connect_us, tls_us,
       first_byte_us, transfer_us, evidence
  FROM fresh_results
 WHERE id <= (SELECT last_result FROM filing)
   AND monitor_id > (SELECT last_monitor FROM filing) AND monitor_id <= :through
 ORDER BY monitor_id, at, id

-- name: told
-- What those results say for the roll-ups.
SELECT monitor_id, at, outcome, total_us
  FROM fresh_results
 WHERE id <= (SELECT last_result FROM filing)
   AND monitor_id > (SELECT last_monitor FROM filing) AND monitor_id <= :through
 ORDER BY monitor_id

-- name: count_days
-- The daily roll-up: overviews never aggregate raw results.
INSERT INTO days (monitor_id, day, checks, failed, unknown, timed, total_us_sum)
SELECT monitor_id, at / 86400000, count(*), sum(outcome = 'failure'), sum(outcome = 'unknown'),
       sum(outcome = 'success' AND total_us IS NOT NULL),
       coalesce(sum(total_us) FILTER (WHERE outcome = 'success'), 0)
  FROM fresh_results
 WHERE id <= (SELECT last_result FROM filing)
   AND monitor_id > (SELECT last_monitor FROM filing) AND monitor_id <= :through
 GROUP BY 1, 2
    ON CONFLICT (monitor_id, day) DO UPDATE
   SET checks = checks + excluded.checks, failed = failed + excluded.failed,
       unknown = unknown + excluded.unknown, timed = timed + excluded.timed,
       total_us_sum = total_us_sum + excluded.total_us_sum

-- name: hours
-- Those of which a part is written already. Ends with `IN (...)`.
SELECT monitor_id, hour, checks, failed, unknown, total_us_sum, least_us, most_us, histogram
  FROM hours
 WHERE hour BETWEEN :first AND :last AND monitor_id IN

-- name: keep_hour
INSERT OR REPLACE INTO hours (monitor_id, hour, checks, failed, unknown, total_us_sum, least_us,
                              most_us, histogram)
VALUES (:monitor_id, :hour, :checks, :failed, :unknown, :total_us_sum, :least_us,
        :most_us, :histogram)

-- name: passed
UPDATE filing SET last_monitor = :through

-- name: clear
DELETE FROM fresh_results WHERE id <= (SELECT last_result FROM filing)

-- name: end
UPDATE filing SET last_result = 0, last_monitor = 0
