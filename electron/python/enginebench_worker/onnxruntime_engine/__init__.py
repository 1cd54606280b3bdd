"""ONNX Runtime below its backend: how a session is set up, and how its own optimized file is made."""
