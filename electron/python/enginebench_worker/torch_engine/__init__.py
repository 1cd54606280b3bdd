"""PyTorch below its backends: cases, their profile, and the export to ONNX. Only `precisions` imports no torch."""
