"""Both languages read and write the same protocol: every golden message decodes and encodes to itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from enginebench_worker.wire import protocol
from enginebench_worker.wire.commands import COMMAND_SHAPES
from enginebench_worker.wire.messages import MESSAGE_SHAPES

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "shared" / "worker-protocol" / "golden"


def names(prefix: str) -> set[str]:
    return {file.stem.removeprefix(prefix) for file in GOLDEN.glob(f"{prefix}*.json")}


def golden(name: str) -> object:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def test_every_golden_command_is_known_here() -> None:
    assert names("command-") == set(COMMAND_SHAPES)


def test_every_golden_message_is_known_here() -> None:
    assert names("message-") == set(MESSAGE_SHAPES)


@pytest.mark.parametrize("name", sorted(names("command-")))
def test_a_golden_command_decodes_and_encodes_to_itself(name: str) -> None:
    record = golden(f"command-{name}")
    assert json.loads(protocol.encode_command(protocol.decode_command(json.dumps(record).encode()))) == record


@pytest.mark.parametrize("name", sorted(names("message-")))
def test_a_golden_message_decodes_and_encodes_to_itself(name: str) -> None:
    record = golden(f"message-{name}")
    assert json.loads(protocol.encode_message(protocol.decode_message(json.dumps(record).encode()))) == record
