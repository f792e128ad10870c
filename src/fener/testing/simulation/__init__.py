"""Months of many monitors in minutes: the world is played and known, every verdict is Fener's own.

What is modelled and what is not stands in `docs/simulation.md`.
"""
