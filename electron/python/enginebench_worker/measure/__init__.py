"""How a loaded case is timed and weighed. Knows nothing of backends but the call it times."""
