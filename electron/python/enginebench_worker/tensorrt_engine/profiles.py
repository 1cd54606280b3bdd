"""Which of an engine's optimization profiles a case uses. Reads the engine; changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from enginebench_worker.errors import BenchError

if TYPE_CHECKING:
    import tensorrt as trt  # type: ignore[import-not-found]

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Profile:
    """Shapes of the image input, from the smallest that it allows to the largest, and the one it was tuned for."""

    index: int
    least: Shape
    tuned: Shape
    most: Shape

    def fits(self, shape: Shape) -> bool:
        return len(shape) == len(self.least) and all(
            low <= size <= high for low, size, high in zip(self.least, shape, self.most, strict=True)
        )

    @property
    def span(self) -> str:
        return f"{in_words(self.least)} to {in_words(self.most)}" if self.least != self.most else in_words(self.least)


def profiles_of(engine: trt.ICudaEngine, input_name: str) -> tuple[Profile, ...]:
    """At least one: an engine without open sizes has one profile of its fixed shape."""
    fixed = tuple(engine.get_tensor_shape(input_name))
    if all(size >= 0 for size in fixed):
        return tuple(Profile(index, fixed, fixed, fixed) for index in range(max(engine.num_optimization_profiles, 1)))
    found: list[Profile] = []
    for index in range(engine.num_optimization_profiles):
        shapes = engine.get_tensor_profile_shape(input_name, index)
        least, tuned, most = (tuple(each) for each in shapes)
        found.append(Profile(index, least, tuned, most))
    return tuple(found)


def choose_profile(profiles: Sequence[Profile], shape: Shape) -> Profile:
    """The one tuned for the size nearest to `shape`; of several, the narrowest. BenchError if none fits."""
    fitting = [profile for profile in profiles if profile.fits(shape)]
    if not fitting:
        spans = " or ".join(dict.fromkeys(profile.span for profile in profiles))
        message = f"The engine was built for inputs of {spans}, but the case asks for {in_words(shape)}."
        remedy = "Choose a batch within the engine's profile, or convert the model for this one."
        raise BenchError("batch-outside-profile", "load", message, remedy)
    return min(fitting, key=lambda each: (abs(prod(each.tuned) - prod(shape)), prod(each.most) - prod(each.least)))


def profile_notes(profiles: Sequence[Profile], chosen: Profile, shape: Shape) -> tuple[str, ...]:
    notes: list[str] = []
    if len(profiles) > 1:
        notes.append(
            f"The engine has {len(profiles)} optimization profiles; number {chosen.index} is used: {chosen.span}."
        )
    if chosen.tuned != shape:
        notes.append(
            f"The engine was tuned for {in_words(chosen.tuned)}, but {in_words(shape)} is measured: "
            "an engine tuned for this size may be faster."
        )
    return tuple(notes)


def in_words(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape))
