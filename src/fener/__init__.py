"""Fener: self-hosted uptime monitoring and incident management."""

__version__ = "0.1.0"
