"""OpenVINO below its backend: what builds an IR, and what runs one. Only `library` imports OpenVINO at once."""
