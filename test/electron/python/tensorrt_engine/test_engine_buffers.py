"""Engines that were built elsewhere: several profiles, formats, locations, element types, sizes that depend on data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from enginebench_worker.errors import BenchError
from enginebench_worker.tensorrt_engine.element_types import ElementType
from enginebench_worker.tensorrt_engine.engine_case import EngineCase, load_engine_case
from enginebench_worker.wire.domain import WorkerCase
from fake_cuda import FakeCuda
from fake_tensorrt import Script
from fake_tensorrt_engine import TYPES, FakeIo, image_and_logits

Use = Callable[..., FakeCuda]
CaseOf = Callable[..., WorkerCase]


def load(case: WorkerCase) -> EngineCase:
    return load_engine_case(case, Path(case.engine_file or ""))


def refusal(case: WorkerCase) -> tuple[str, str]:
    with pytest.raises(BenchError) as caught:
        load(case)
    return caught.value.record.code, caught.value.record.message


def images(count: int, low: int = 0) -> np.ndarray:
    return (np.arange(count * 64, dtype=np.float32).reshape(count, 1, 8, 8) % 50) + low


def profile(least: int, tuned: int, most: int) -> Any:
    return (least, 1, 8, 8), (tuned, 1, 8, 8), (most, 1, 8, 8)


def test_tensorrt_fault_14_of_several_profiles_the_one_tuned_nearest_to_the_batch_is_used_and_said(
    version: str, script: Script, use: Use, case_of: CaseOf
) -> None:
    script.engine.profiles = [profile(1, 1, 16), profile(4, 8, 16), profile(32, 32, 64)]
    use(version)
    loaded = load(case_of(batchSize=8))
    assert "profile 1" in script.engine.done
    assert loaded.notes[:-1] == (
        "The engine has 3 optimization profiles; number 1 is used: 4x1x8x8 to 16x1x8x8.",
    )
    np.testing.assert_array_equal(loaded.query(images(8))[0], images(8).reshape(8, 64) * 2)


def test_tensorrt_fault_14_a_batch_that_fits_only_a_later_profile_is_not_refused(
    version: str, script: Script, use: Use, case_of: CaseOf
) -> None:
    script.engine.profiles = [profile(1, 1, 1), profile(8, 8, 8)]
    use(version)
    load(case_of(batchSize=8))
    assert script.engine.done == ["profile 1"]


def test_a_batch_outside_all_profiles_is_refused_with_all_of_them(
    version: str, script: Script, use: Use, case_of: CaseOf
) -> None:
    script.engine.profiles = [profile(1, 1, 1), profile(8, 8, 16)]
    use(version)
    assert refusal(case_of(batchSize=4)) == (
        "batch-outside-profile",
        "The engine was built for inputs of 1x1x8x8 or 8x1x8x8 to 16x1x8x8, but the case asks for 4x1x8x8.",
    )


def test_a_batch_that_the_profile_was_not_tuned_for_is_told(
    version: str, script: Script, use: Use, case_of: CaseOf
) -> None:
    use(version)
    assert load(case_of(batchSize=1)).notes[:-1] == (
        "The engine was tuned for 8x1x8x8, but 1x1x8x8 is measured: an engine tuned for this size may be faster.",
    )


@pytest.mark.parametrize("name", ["pixels", "logits"])
def test_tensorrt_fault_14_a_tensor_that_is_not_linear_is_refused_before_its_memory_is_overrun(
    version: str, script: Script, use: Use, case_of: CaseOf, name: str
) -> None:
    for tensor in script.engine.io:
        tensor.form = "CHW32" if tensor.name == name else "LINEAR"
    cuda = use(version)
    assert refusal(case_of()) == (
        "input-mismatch",
        f"Engine tensor {name} is stored in the format CHW32; arrays need the linear format.",
    )
    assert (cuda.held, "cudaMalloc" in cuda.calls) == (0, False)


@pytest.mark.parametrize("dtype", TYPES)
def test_tensorrt_fault_14_inputs_and_outputs_of_every_element_type_hold_what_the_images_hold(
    version: str, script: Script, use: Use, case_of: CaseOf, dtype: str
) -> None:
    script.engine.io = [
        FakeIo("pixels", is_input=True, dtype=dtype, shape=(-1, 1, 8, 8)),
        FakeIo("logits", dtype=dtype),
    ]
    use(version)
    loaded = load(case_of())
    given = (images(8) > 25).astype(np.float32) if dtype == "BOOL" else images(8)
    [logits] = loaded.query(given)
    doubled = given.astype(np.float64) * (1 if dtype in ("BF16", "BOOL") else 2)
    assert logits.dtype == (np.float32 if dtype == "BF16" else TYPES[dtype])
    np.testing.assert_array_equal(logits.astype(np.float64), doubled.reshape(8, 64))


@pytest.mark.parametrize("dtype", ["FP8", "INT4"])
def test_an_element_type_that_arrays_lack_is_refused_by_its_name(
    version: str, script: Script, use: Use, case_of: CaseOf, dtype: str
) -> None:
    script.engine.io = [FakeIo("pixels", is_input=True, dtype=dtype, shape=(-1, 1, 8, 8)), FakeIo("logits")]
    use(version)
    assert refusal(case_of()) == (
        "input-mismatch",
        f"Engine tensor pixels is of type {dtype}, which the worker cannot fill or read.",
    )


@pytest.mark.parametrize(
    ("dtype", "value", "span"),
    [("UINT8", 0.25, "0 to 255"), ("UINT8", 300, "0 to 255"), ("INT8", -129, "-128 to 127"), ("BOOL", 2, "0 to 1")],
)
def test_a_value_that_a_whole_number_input_cannot_hold_is_refused_and_not_cut_off(
    script: Script, use: Use, case_of: CaseOf, dtype: str, value: float, span: str
) -> None:
    script.engine.io = [FakeIo("pixels", is_input=True, dtype=dtype, shape=(-1, 1, 8, 8)), FakeIo("logits")]
    use("11.4.0.106")
    loaded = load(case_of())
    given = np.zeros((8, 1, 8, 8), np.float32)
    given[3, 0, 1, 1] = value
    with pytest.raises(BenchError) as caught:
        loaded.prove_precision(given)
    assert caught.value.record.message == (
        f"Engine input pixels takes whole numbers from {span} ({dtype.lower()}), "
        f"but the prepared images hold values such as {value:.4g}."
    )


def test_bfloat16_is_rounded_to_the_nearest_even_and_back_without_loss() -> None:
    element = ElementType("BF16", np.dtype(np.uint16))
    values = np.array([1.0, -2.5, 1.00390625, 1.01171875, 3.4e38, np.inf, np.nan, 0.0], np.float32)
    target = np.empty(8, np.uint16)
    element.write(target, values)
    back = element.read(target)
    assert back[:4].tolist() == [1.0, -2.5, 1.0, 1.015625]
    assert (np.isinf(back[5]), np.isnan(back[6]), back[7]) == (True, True, 0.0)


def test_tensorrt_fault_14_an_output_whose_size_depends_on_the_image_is_read_in_its_size(
    version: str, script: Script, use: Use, case_of: CaseOf
) -> None:
    script.engine.io = [image_and_logits()[0], FakeIo("logits", shape=(-1, 4), becomes=(3, 4))]
    cuda = use(version)
    loaded = load(case_of())
    first = loaded.query(images(8))[0]
    script.engine.io[1].becomes = (0, 4)
    assert (first.tolist(), loaded.query(images(8))[0].shape) == (
        (images(8).reshape(-1)[:12] * 2).reshape(3, 4).tolist(),
        (0, 4),
    )
    loaded.close()
    assert cuda.held == 0


def test_an_output_whose_size_depends_on_the_image_cannot_be_recorded(
    version: str, script: Script, use: Use, case_of: CaseOf
) -> None:
    script.engine.io = [image_and_logits()[0], FakeIo("logits", shape=(-1, 4), becomes=(3, 4))]
    use(version)
    assert refusal(case_of(options={"cudaGraph": True})) == (
        "capture-refused",
        "This engine cannot be recorded as a CUDA graph for the input 8x1x8x8: the size of output logits depends on "
        "the image. The GPU and its stream are still usable.",
    )


def test_tensorrt_fault_14_shape_tensors_stay_on_the_host_and_take_the_values_the_engine_was_tuned_for(
    version: str, script: Script, use: Use, case_of: CaseOf
) -> None:
    script.engine.io = [
        *image_and_logits(),
        FakeIo("size", True, "INT64", (2,), location="HOST", profile_values=((1, 1), (8, 8), (9, 9))),
        FakeIo("size_out", False, "INT64", (2,), location="HOST"),
    ]
    cuda = use(version)
    loaded = load(case_of())
    assert loaded.notes[:-1] == ("Shape input size is set to [8, 8], for which the engine was tuned.",)
    assert (cuda.calls.count("cudaMalloc"), len(loaded.query(images(8)))) == (2, 1)


def test_a_second_input_that_takes_data_is_refused(version: str, script: Script, use: Use, case_of: CaseOf) -> None:
    script.engine.io = [*image_and_logits(), FakeIo("mask", True, "BOOL", (8, 64))]
    use(version)
    assert refusal(case_of()) == ("input-mismatch", "The engine takes another input, mask, beside the images.")


def test_an_output_that_the_manifest_does_not_name_is_bound_all_the_same(
    version: str, script: Script, use: Use, case_of: CaseOf
) -> None:
    script.engine.io = [*image_and_logits(), FakeIo("features", shape=(-1, 16))]
    use(version)
    assert [output.shape for output in load(case_of()).query(images(8))] == [(8, 64)]


@pytest.mark.parametrize("name", ["pixels", "logits"])
def test_tensorrt_fault_16_an_address_that_tensorrt_does_not_take_fails_the_load(
    version: str, script: Script, use: Use, case_of: CaseOf, name: str
) -> None:
    script.engine.refused_addresses = (name,)
    cuda = use(version)
    code, message = refusal(case_of())
    assert (code, message, cuda.held) == (
        "inference-failed",
        f"TensorRT did not take the address of {'an input' if name == 'pixels' else name}, and gave no reason.",
        0,
    )
