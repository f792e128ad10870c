"""Stage two: one attempt from one location, which always answers."""
