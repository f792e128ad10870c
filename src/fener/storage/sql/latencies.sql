-- name: parts
-- The roll-ups of whole hours of one monitor, in steps of so many hours; and of what is in none of
-- them each result: those of the part of an hour with which the span begins, and those that are not
-- filed yet. One statement, since results may be filed between two.
SELECT hour - hour % :each AS hour, sum(checks) AS checks, sum(failed) AS failed,
       sum(unknown) AS unknown, sum(total_us_sum) AS total_us_sum, min(least_us) AS least_us,
       max(most_us) AS most_us, '[' || group_concat(histogram) || ']' AS histograms,
       NULL AS at, NULL AS outcome, NULL AS total_us
  FROM hours
 WHERE monitor_id = :monitor_id AND hour BETWEEN :first AND :last
 GROUP BY 1
 UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, at, outcome, total_us
  FROM check_results
 WHERE monitor_id = :monitor_id AND at >= :since AND at < :first * 3600000
 UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, at, outcome, total_us
  FROM unfiled_results
 WHERE monitor_id = :monitor_id AND at >= :since AND at < (:last + 1) * 3600000
