"""PyTorch below its backends: cases, their profile, and the export to ONNX. Only `backend` imports no torch."""
