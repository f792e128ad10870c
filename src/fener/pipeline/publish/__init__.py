"""Stage six: committed changes reach live views."""
