"""What a person or token does: one function per intention, permission checked inside."""
