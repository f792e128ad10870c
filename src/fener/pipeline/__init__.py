"""The day of a check: schedule, probe, judge, record, notify, publish.

Stages never import one another: what crosses is a domain type or a row.
"""
