"""The store for real: tables, queries, migrations."""
