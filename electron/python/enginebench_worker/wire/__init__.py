"""The worker protocol: what crosses to the supervisor and back, as dataclasses and as JSON lines."""
