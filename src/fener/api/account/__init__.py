"""The account API: `data` / `meta` / `links`."""
