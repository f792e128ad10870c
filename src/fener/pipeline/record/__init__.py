"""Stage four: the only writer of health and incidents."""
