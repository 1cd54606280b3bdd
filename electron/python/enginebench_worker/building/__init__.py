"""Building engines: what every builder shares, whichever library it calls."""
