"""The user's own Python, good and bad."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("torch")

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.files import sha256_of
from enginebench_worker.models.sources import inspect_source, own_module
from enginebench_worker.wire.codec import to_json
from enginebench_worker.wire.commands import InspectSource
from enginebench_worker.wire.found_source import CodeFile, ModelSource, SourceFacts, SourceOutput
from worker_client import WorkerClient

NETWORK = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(3, 4)

    def forward(self, images):
        return {"scores": self.head(images.mean((2, 3))), "count": torch.tensor(1)}
"""
GOOD = NETWORK + "\ndef make():\n    return Net(), torch.zeros(1, 3, 16, 24)\n"
FIXED = NETWORK + (
    "\ndef make():\n    net = Net()\n    nn.init.ones_(net.head.weight)\n    nn.init.zeros_(net.head.bias)\n"
    "    return net, (torch.zeros(1, 3, 16, 24),)\n"
)

Ask = Callable[..., SourceFacts]


@pytest.fixture
def command(tmp_path: Path) -> Callable[[str], InspectSource]:
    def make(text: str) -> InspectSource:
        file = tmp_path / "network.py"
        file.write_text(text, encoding="utf-8")
        stored = tmp_path / "stored"
        stored.mkdir(exist_ok=True)
        source = ModelSource("module", str(file), None, "make")
        return InspectSource(1, source, (CodeFile(str(file), sha256_of(file)),), None, None, str(stored))

    return make


@pytest.fixture
def ask(command: Callable[[str], InspectSource], execution: Execution) -> Ask:
    return lambda text: inspect_source(command(text), execution).facts


def refusal(ask: Ask, text: str) -> tuple[str, str, str]:
    with pytest.raises(BenchError) as caught:
        ask(text)
    record = caught.value.record
    return record.code, record.stage, record.message


def test_a_function_gives_the_module_and_the_size_of_its_input(ask: Ask) -> None:
    facts = ask(FIXED)
    assert (facts.name, facts.class_name, facts.channels, facts.height, facts.width) == (
        "network.make",
        "Net",
        3,
        16,
        24,
    )
    assert facts.outputs == (SourceOutput("scores", (1, 4)),)
    assert len(facts.assumptions) == 1


def test_weights_that_the_code_draws_are_said_to_be_seeded(ask: Ask) -> None:
    assert "they are seeded" in ask(GOOD).assumptions[-1]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise ValueError('no such thing')", "network.py failed at line 14: ValueError: no such thing."),
        ("import sys; sys.exit(3)", "network.py ended the program (exit 3) at line 14."),
        ("import nowhere", "network.py imports nowhere, which is not installed at line 14."),
        ("return None", "make in network.py returned nothing."),
        ("return Net()", "make in network.py returned a Net."),
        ("return torch.zeros(1), torch.zeros(1)", "returned a Tensor where a torch.nn.Module belongs"),
        ("return Net(), None", "make in network.py returned nothing as the example of its input."),
        ("return Net(), torch.zeros(3)", "returned an example of [3] in torch.float32"),
        ("return Net(), (torch.zeros(1, 3, 8, 8), torch.zeros(1))", "returned 2 example inputs"),
        ("return Net().double(), torch.zeros(1, 3, 8, 8)", '"head.weight" is torch.float64, not float32'),
        ("return nn.Flatten(0), torch.zeros(1, 3, 8, 8)", 'Output "output" of network.make is [192] for one image'),
        ("return nn.Linear(7, 7), torch.zeros(1, 3, 8, 8)", "cannot run on 1 image(s) of 3x8x8"),
    ],
)
def test_code_that_goes_wrong_says_where_and_how(ask: Ask, body: str, words: str) -> None:
    code, stage, message = refusal(ask, f"{NETWORK}\ndef make():\n    {body}\n")
    assert words in message
    assert stage == "load"
    assert code in {"model-code-failed", "bad-model-file", "input-mismatch"}


def test_a_line_that_is_not_python_is_named(ask: Ask) -> None:
    assert refusal(ask, "def make(:\n")[2].startswith("The code of network.py failed at line 1: SyntaxError")


def test_a_function_that_is_not_there_is_answered_with_those_that_are(
    command: Callable[[str], InspectSource], execution: Execution
) -> None:
    with pytest.raises(BenchError) as caught:
        inspect_source(command("def build():\n    return None\n"), execution)
    assert (caught.value.record.code, caught.value.record.remedy) == ("unknown-model", "Choose from: build.")


def test_code_that_never_returns_is_stopped(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_module, "ANSWERS_WITHIN_SECONDS", 0.1)
    code, _, message = refusal(ask, "def make():\n    while True:\n        pass\n")
    assert (code, message.startswith("The code of network.py did not return within 0.1 s at line")) == (
        "model-code-failed",
        True,
    )


def test_code_that_was_changed_after_consent_is_not_run(
    command: Callable[[str], InspectSource], execution: Execution, tmp_path: Path
) -> None:
    asked = command(GOOD)
    (tmp_path / "network.py").write_text("raise SystemExit('it ran')", encoding="utf-8")
    with pytest.raises(BenchError) as caught:
        inspect_source(asked, execution)
    assert caught.value.record.code == "untrusted-code"


def test_what_the_code_prints_and_forks_never_reaches_the_protocol(
    worker: WorkerClient, command: Callable[[str], InspectSource]
) -> None:
    noise = (
        "import os, sys\nprint('{\"message\": \"closed\"}', flush=True)\nos.write(1, b'raw\\n')\n"
        "if os.fork() == 0:\n    sys.stdout.write('child')\n"
    )
    asked = to_json(command(noise + FIXED))
    assert isinstance(asked, dict)
    answer = worker.ask("inspect-source", **{key: value for key, value in asked.items() if key != "id"})
    assert answer["message"] == "source-inspected", answer
    assert worker.ask("describe-backends")["message"] == "backends-described"
