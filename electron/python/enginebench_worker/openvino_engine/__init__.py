"""OpenVINO below its backend: builds an IR, and runs one. Only `library` imports OpenVINO immediately."""
