"""Stage five: owed messages reach people."""
