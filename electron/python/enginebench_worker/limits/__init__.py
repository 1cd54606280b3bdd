"""The limits of a device, and what one query of a model needs from it."""
