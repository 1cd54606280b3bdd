"""Both languages read and write the same protocol: every golden message decodes and encodes to itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from enginebench_worker import protocol
from enginebench_worker.commands import COMMAND_SHAPES
from enginebench_worker.errors import ERROR_CODES, STAGES
from enginebench_worker.messages import MESSAGE_SHAPES

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "shared" / "worker-protocol" / "golden"
ANSWERED_BY_THE_BUILT_IN_WORKER = {"model-inspected"}


def names(prefix: str) -> set[str]:
    return {file.stem.removeprefix(prefix) for file in GOLDEN.glob(f"{prefix}*.json")}


def golden(name: str) -> object:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def typescript_list(name: str) -> list[str]:
    source = (ROOT / "shared" / "domain" / "bench-error.ts").read_text(encoding="utf-8")
    found = re.search(rf"{name} = \[(.*?)\] as const", source, re.DOTALL)
    assert found is not None
    return re.findall(r"'([a-z-]+)'", found[1])


def test_every_golden_command_is_known_here() -> None:
    assert names("command-") == set(COMMAND_SHAPES)


def test_every_golden_message_is_known_here_but_what_the_built_in_worker_alone_answers() -> None:
    assert names("message-") - ANSWERED_BY_THE_BUILT_IN_WORKER == set(MESSAGE_SHAPES)


@pytest.mark.parametrize("name", sorted(names("command-")))
def test_a_golden_command_decodes_and_encodes_to_itself(name: str) -> None:
    record = golden(f"command-{name}")
    assert json.loads(protocol.encode_command(protocol.decode_command(json.dumps(record).encode()))) == record


@pytest.mark.parametrize("name", sorted(names("message-") - ANSWERED_BY_THE_BUILT_IN_WORKER))
def test_a_golden_message_decodes_and_encodes_to_itself(name: str) -> None:
    record = golden(f"message-{name}")
    assert json.loads(protocol.encode_message(protocol.decode_message(json.dumps(record).encode()))) == record


def test_error_codes_and_stages_are_the_same_in_both_languages() -> None:
    assert (list(ERROR_CODES), list(STAGES)) == (typescript_list("benchErrorCodes"), typescript_list("stageNames"))
