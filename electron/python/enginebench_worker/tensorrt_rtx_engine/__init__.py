"""TensorRT-RTX through ONNX Runtime's plugin provider, below its backend."""
