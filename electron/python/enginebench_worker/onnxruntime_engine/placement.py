"""Which provider each node of a session was given to, as the session tells once it is made, and the refusal of one that
shares its nodes: its time would be that of several engines under the name of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from enginebench_worker.errors import BenchError
from enginebench_worker.wire.facts import FLOAT_MATRIX_OPERATORS, INTEGER_MATRIX_OPERATORS

NO_FALLBACK = "session.disable_cpu_ep_fallback"
"""The setting with which a session that leaves nodes to the CPU is refused."""
_REFUSED_WORDS = "fallback to CPU EP has been explicitly disabled"
RECORD_PLACEMENT = "session.record_ep_graph_assignment_info"
"""The setting without which a session tells no placement."""
CPU = "CPUExecutionProvider"
_MULTIPLYING = frozenset((*FLOAT_MATRIX_OPERATORS, *INTEGER_MATRIX_OPERATORS))
_MOST_NAMED = 8


@dataclass(frozen=True)
class Placement:
    operators: Mapping[str, Counter[str]]
    """By provider; those that have no node are left out."""

    def besides(self, provider: str) -> dict[str, Counter[str]]:
        return {name: counts for name, counts in self.operators.items() if name != provider}


def is_left_to_the_cpu(error: BaseException) -> bool:
    return _REFUSED_WORDS in str(error)


def placement_of(session: Any) -> Placement:
    found: dict[str, Counter[str]] = {}
    for part in session.get_provider_graph_assignment_info():
        found.setdefault(part.ep_name, Counter()).update(node.op_type for node in part.get_nodes())
    return Placement({name: counts for name, counts in found.items() if counts})


def require_all_on(provider: str, placement: Placement, model: str, remedy: str) -> None:
    refusal = mixed_refusal(provider, placement, model, remedy)
    if refusal is not None:
        raise refusal


def mixed_refusal(
    provider: str, placement: Placement, model: str, remedy: str, cause: object = None
) -> BenchError | None:
    """BenchError `fallback` with the share that others would compute: of the nodes, and of the work, counted as
    operators that multiply, which take the time. None if every node is the provider's."""
    elsewhere = placement.besides(provider)
    if not elsewhere:
        return None
    left, every = sum(elsewhere.values(), Counter()), sum(placement.operators.values(), Counter())
    shares = (
        _share(left.total(), every.total(), "nodes"),
        _share(_multiplying(left), _multiplying(every), "operators that multiply"),
    )
    named = "; ".join(f"{name} {in_words(counts)}" for name, counts in sorted(elsewhere.items()))
    message = f"{provider} did not take all of {model}: {', and '.join(shares)}, went to others ({named})."
    return BenchError("fallback", "load", message, remedy, cause)


def unlisted_refusal(provider: str, model: str, remedy: str, cause: object) -> BenchError:
    """For a session that was refused because of nodes elsewhere, and cannot be asked for them."""
    message = f"{provider} did not take all of {model}: ONNX Runtime does not list what went to others."
    return BenchError("fallback", "load", message, remedy, cause)


def in_words(operators: Counter[str]) -> str:
    listed = operators.most_common(_MOST_NAMED)
    rest = operators.total() - sum(count for _, count in listed)
    return ", ".join([*(f"{count} {operator}" for operator, count in listed), *([f"{rest} more"] if rest else [])])


def _multiplying(operators: Counter[str]) -> int:
    return sum(count for operator, count in operators.items() if operator in _MULTIPLYING)


def _share(part: int, whole: int, what: str) -> str:
    percent = f" ({100 * part / whole:.3g} %)" if whole else ""
    return f"{part} of {whole} {what}{percent}"
