"""Stage three: what is believed. Pure."""
