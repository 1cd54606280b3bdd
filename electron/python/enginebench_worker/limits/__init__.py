"""What a device reaches at best, and what one query of a model asks of it."""
