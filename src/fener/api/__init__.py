"""The REST APIs and the small compatible ones."""
