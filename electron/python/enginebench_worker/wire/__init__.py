"""The worker protocol: the messages in both directions, as dataclasses and as JSON lines."""
