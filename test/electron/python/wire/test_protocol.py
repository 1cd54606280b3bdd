from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from enginebench_worker.wire import commands, messages, protocol
from hypothesis import given
from hypothesis import strategies as st


def lines_of(*chunks: bytes) -> list[bytes | None]:
    reader, writer = os.pipe()
    for chunk in chunks:
        os.write(writer, chunk)
    os.close(writer)
    try:
        return list(protocol.read_lines(reader))
    finally:
        os.close(reader)


@pytest.fixture
def short_limit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(protocol, "MAXIMUM_LINE_BYTES", 10)
    yield


def test_lines_are_put_together_from_chunks_and_an_unfinished_last_one_is_dropped() -> None:
    assert lines_of(b'{"a"', b":1}\n{}\n{", b'"torn') == [b'{"a":1}', b"{}"]


def test_an_oversized_line_is_reported_once_and_the_next_one_is_read(short_limit: None) -> None:
    assert lines_of(b"x" * 11 + b"\nnext\n") == [None, b"next"]


def test_an_oversized_line_is_not_kept_in_memory_while_it_arrives(
    short_limit: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    chunks = iter([b"x" * 20, b"y" * 20, b"\nnext\n", b""])
    monkeypatch.setattr(protocol.os, "read", lambda descriptor, size: next(chunks))
    assert list(protocol.read_lines(0)) == [None, b"next"]


@pytest.mark.parametrize(
    ("line", "words", "command_id"),
    [
        (b"\xff\xfe", "not JSON", None),
        (b"[" * 100_000, "not JSON", None),
        (b"[]", "not a JSON object", None),
        (b'{"command":"reboot","id":4}', "unknown command 'reboot'", 4),
        (b'{"command":["warmup"],"id":-4}', "unknown command ['warmup']", None),
        (b'{"command":"write-outputs","id":5}', "write-outputs: folder: missing", 5),
    ],
)
def test_what_is_no_command_is_refused_with_its_id_where_it_has_one(
    line: bytes, words: str, command_id: int | None
) -> None:
    with pytest.raises(protocol.ProtocolViolation, match=words.replace("[", r"\[")) as caught:
        protocol.decode_command(line)
    assert caught.value.command_id == command_id


@given(st.binary(max_size=200))
def test_no_bytes_make_the_decoder_fail_otherwise(line: bytes) -> None:
    try:
        protocol.decode_command(line)
    except protocol.ProtocolViolation:
        return


@given(st.text(max_size=50), st.integers(min_value=1, max_value=2**53))
def test_any_text_crosses_as_one_line(text: str, command_id: int) -> None:
    line = protocol.encode_message(messages.Progress(command_id, None, text))
    assert line.count(b"\n") == 1
    assert protocol.decode_message(line) == messages.Progress(command_id, None, text)


def test_a_number_that_is_not_finite_is_never_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        protocol.encode_message(messages.Block(1, 0, 1, (float("nan"),)))


def test_a_command_decodes_to_its_dataclass() -> None:
    line = b'{"command":"warmup","id":2,"targetMs":50,"minimumSamples":1,"capMs":50,"floorSamples":1}'
    assert protocol.decode_command(line) == commands.Warmup(2, 50, 1, 50, 1)
