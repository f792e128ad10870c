"""The server-rendered app."""
