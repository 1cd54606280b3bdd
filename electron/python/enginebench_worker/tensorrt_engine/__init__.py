"""TensorRT below its backend: builds engines from ONNX files and runs them. One strongly typed path for 10.14 and 11.

NVIDIA's library is imported only to build or run an engine, never to describe; `backends/tensorrt_backend.py` is the
entry point."""
