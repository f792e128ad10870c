"""Stage one: what is due, and where."""
