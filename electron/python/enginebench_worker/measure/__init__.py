"""How a loaded case is timed, warmed up and weighed. Knows nothing of backends but the call it times."""
