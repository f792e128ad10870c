"""`fener doctor`: looks at all that Fener stands on, changes nothing, says how to mend it."""
