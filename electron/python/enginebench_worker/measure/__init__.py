"""How a loaded case is timed and its memory measured. Of a backend it knows only the call it times."""
