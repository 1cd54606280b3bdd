"""ONNX graphs: checked, simplified, given a lower precision. Runs models only to calibrate and to compare layers."""
