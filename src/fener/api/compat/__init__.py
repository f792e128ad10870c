"""Pings and other conventions of the field."""
