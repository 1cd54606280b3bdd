"""What the official bindings declare, read from test/contract/python/signatures: for the stand-ins, and for the test
that checks the worker's calls."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "contract" / "python" / "signatures"


@dataclass(frozen=True)
class Signature:
    names: tuple[str, ...]
    """Those that may be given by position."""
    required: int
    """How many have no default."""
    types: tuple[str, ...]
    result: str
    keywords: frozenset[str] = frozenset()
    """Those that are given by name only."""

    def takes(self, positional: int, named: set[str]) -> bool:
        given = set(self.names[:positional])
        missing = set(self.names[: self.required]) - given - named
        return positional <= len(self.names) and not missing and named <= self.known and not named & given

    @property
    def known(self) -> frozenset[str]:
        return frozenset(self.names) | self.keywords


@dataclass(frozen=True)
class Property:
    type: str
    is_writable: bool


class Bindings:
    """Of one library in one version."""

    def __init__(self, library: str, version: str) -> None:
        tree = json.loads((FOLDER / f"{library}.json").read_text(encoding="utf-8"))
        self._tree: dict[str, Any] = _of_version(tree, version)
        self.enumerations: dict[str, tuple[str, ...]] = {
            name: tuple(members.split()) for name, members in self._tree["enumerations"].items()
        }
        self.classes: frozenset[str] = frozenset(self._tree.get("classes", ()))
        self.functions: frozenset[str] = frozenset(self._tree["functions"])
        self.constants: frozenset[str] = frozenset(str(self._tree.get("constants", "")).split())

    def function(self, name: str) -> tuple[Signature, ...]:
        return _parsed(self._tree["functions"][name])

    def lineage(self, owner: str) -> tuple[str, ...]:
        found = [owner]
        while (base := self._tree["classes"].get(found[-1], {}).get("base")) in self.classes:
            found.append(base)
        return tuple(found)

    def call(self, owner: str, name: str) -> tuple[Signature, ...] | None:
        for each in self.lineage(owner):
            if (text := self._tree["classes"][each]["calls"].get(name)) is not None:
                return _parsed(text)
        return None

    def property(self, owner: str, name: str) -> Property | None:
        for each in self.lineage(owner):
            if (text := self._tree["classes"][each]["properties"].get(name)) is not None:
                return Property(text.removeprefix("read "), not text.startswith("read "))
        return None

    def override(self, owner: str, name: str) -> tuple[str, ...] | None:
        """Arguments of what a subclass defines for the library to call."""
        text = self._tree["classes"][owner].get("overrides", {}).get(name)
        if text is not None:
            return tuple(part for part in text.split(", ") if part)
        bound = self.call(owner, name)
        return bound[0].names if bound else None

    def members(self, owner: str) -> frozenset[str]:
        found: set[str] = set()
        for each in self.lineage(owner):
            entry = self._tree["classes"][each]
            found |= {*entry["calls"], *entry["properties"], *entry.get("overrides", {})}
        return frozenset(found)


@cache
def bindings(library: str, version: str) -> Bindings:
    return Bindings(library, version)


@cache
def versions(library: str) -> tuple[str, ...]:
    return tuple(json.loads((FOLDER / f"{library}.json").read_text(encoding="utf-8"))["versions"])


def _of_version(tree: Any, version: str) -> Any:
    """The tree with one version's text in every place, without what that version lacks."""
    if not isinstance(tree, dict):
        return tree
    if set(tree) == {"in"}:
        return next((text for which, text in tree["in"] if version in which.split()), None)
    found = {key: _of_version(each, version) for key, each in tree.items()}
    kept = {key: each for key, each in found.items() if each is not None}
    return None if tree.get("base") is not None and "base" not in kept else kept


@cache
def _parsed(text: str) -> tuple[Signature, ...]:
    return tuple(_signature(each) for each in text.split(" | ") if each.startswith("("))


def _signature(text: str) -> Signature:
    arguments, _, result = text.rpartition(" -> ")
    found = ast.parse(f"def f{arguments}: pass").body[0]
    assert isinstance(found, ast.FunctionDef)
    names = tuple(each.arg for each in found.args.args)
    types = tuple(ast.unparse(each.annotation) if each.annotation else "object" for each in found.args.args)
    keywords = frozenset(each.arg for each in found.args.kwonlyargs)
    return Signature(names, len(names) - len(found.args.defaults), types, result, keywords)
