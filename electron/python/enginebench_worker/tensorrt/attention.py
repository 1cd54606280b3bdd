"""Attention as one operator (opset 23 and later) has a kernel of its own only in half precision; in others the builder
must be allowed to take it apart, or it refuses the network."""

from __future__ import annotations

from typing import Any


def make_attention_decomposable(trt: Any, network: Any) -> int:
    """@returns how many there were."""
    layers = (network.get_layer(index) for index in range(network.num_layers))
    attention = [layer for layer in layers if layer.type == trt.LayerType.ATTENTION_INPUT]
    for layer in attention:
        layer.__class__ = trt.IAttentionInputLayer
        layer.attention.decomposable = True
    return len(attention)
