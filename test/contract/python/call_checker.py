"""Finds every use of TensorRT and of cuda-bindings in the worker's sources, and says which ones the official bindings
do not have: an unknown name, a wrong number of arguments, an unknown keyword, a property that cannot be set.

What a value is follows from annotations (`trt.ICudaEngine`), from the names `trt` and `cuda` for the two modules, and
from what the bindings' own signatures say that a call gives. A value that remains unknown may not be asked for a name
that only the bindings have, so nothing passes for not being understood."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from bindings_signatures import Bindings, Signature

MODULE, CUDA, OWN = "the module", "the CUDA module", "own:"
_CONTAINERS = ("Mapping", "Sequence", "dict", "list", "tuple", "Iterable", "Iterator")
_COMMON = {name for kind in (str, list, dict, set, tuple, Path, np.ndarray, re.Match) for name in dir(kind)}


class Sources:
    """All classes and functions of the worker, for what their fields and calls are."""

    def __init__(self, files: Iterable[Path]) -> None:
        self.trees = {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}
        self.classes: dict[str, ast.ClassDef] = {}
        self.functions: dict[str, ast.FunctionDef] = {}
        self.own_names: set[str] = set()
        for tree in self.trees.values():
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    self.classes[node.name] = node
                elif isinstance(node, ast.FunctionDef):
                    self.own_names.add(node.name)
                elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                    self.own_names.add(node.target.id)
                elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_self(node.value):
                    self.own_names.add(node.attr)
            self.functions |= {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def _is_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


class Checker:
    def __init__(self, tensorrt: Bindings, cuda: Bindings, sources: Sources) -> None:
        self._trt, self._cuda, self._sources = tensorrt, cuda, sources
        self.faults: list[str] = []
        self.checked = 0
        self._bound = {name for owner in tensorrt.classes for name in tensorrt.members(owner)}
        self._bound |= set(cuda.functions)
        self._fields: dict[tuple[str, str], str | None] = {}

    def check(self, file: Path) -> None:
        self._file = file.name
        self._body(self._sources.trees[file].body, {}, None)

    def _body(self, body: list[ast.stmt], scope: dict[str, str | None], owner: str | None) -> None:
        for node in body:
            self._statement(node, scope, owner)

    def _statement(self, node: ast.stmt, scope: dict[str, str | None], owner: str | None) -> None:
        if isinstance(node, ast.FunctionDef):
            inner = dict(scope)
            for argument in (*node.args.args, *node.args.kwonlyargs):
                inner[argument.arg] = self._parameter(argument, owner)
            self._body(node.body, inner, owner)
            return
        if isinstance(node, ast.ClassDef):
            self._subclass(node, scope)
            self._body(node.body, dict(scope), node.name)
            return
        for child in _expressions(node):
            self._visit(child, scope)
        if isinstance(node, ast.Assign):
            kind = self._type(node.value, scope)
            for target in node.targets:
                self._assign(target, kind, node.value, scope)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            scope[node.target.id] = self._annotated(node.annotation)
        elif isinstance(node, ast.For):
            self._assign(node.target, _element(self._type(node.iter, scope)), None, scope)
        elif isinstance(node, ast.With):
            for item in node.items:
                if isinstance(item.optional_vars, ast.Name):
                    scope[item.optional_vars.id] = self._type(item.context_expr, scope)
        for inner in _blocks(node):
            self._body(inner, scope, owner)

    def _parameter(self, argument: ast.arg, owner: str | None) -> str | None:
        if argument.arg == "self" and owner is not None:
            return OWN + owner
        named = {"trt": MODULE, "cuda": CUDA}.get(argument.arg)
        return named or self._annotated(argument.annotation)

    def _annotated(self, annotation: ast.expr | None) -> str | None:
        if annotation is None:
            return None
        outer = re.match(r"(\w+)\[", ast.unparse(annotation))
        for part in re.findall(r"trt\.(\w+)", ast.unparse(annotation)):
            if part in self._trt.classes or part in self._trt.enumerations:
                return f"list[{part}]" if outer and outer[1] in _CONTAINERS else part
            self._fault(annotation, f"the bindings have no {part}")
        words = ast.unparse(annotation)
        return next((OWN + name for name in re.findall(r"\w+", words) if name in self._sources.classes), None)

    def _assign(
        self, target: ast.expr, kind: str | None, value: ast.expr | None, scope: dict[str, str | None]
    ) -> None:
        if isinstance(target, ast.Name):
            scope[target.id] = kind
        elif isinstance(target, ast.Tuple):
            values = value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts) else None
            for index, each in enumerate(target.elts):
                own = self._type(values[index], scope) if values else _element(kind)
                self._assign(each, own, values[index] if values else None, scope)
        elif isinstance(target, ast.Attribute):
            owner = self._type(target.value, scope)
            if target.attr == "__class__" and isinstance(target.value, ast.Name):
                scope[target.value.id] = kind.removeprefix("class ") if kind else None
            elif owner in self._trt.classes:
                declared = self._trt.property(owner, target.attr)
                self.checked += 1
                if declared is None or not declared.is_writable:
                    self._fault(target, f"{owner}.{target.attr} cannot be set")
            elif owner is None and target.attr in self._bound - self._sources.own_names - _COMMON:
                self._fault(target, f"{ast.unparse(target)} is set on a value of unknown type")

    def _subclass(self, node: ast.ClassDef, scope: dict[str, str | None]) -> None:
        """A class that the library calls: what it defines must take what the library gives."""
        for base in node.bases:
            owner = (self._type(base, scope) or "").removeprefix("class ")
            if owner not in self._trt.classes:
                continue
            for each in node.body:
                if isinstance(each, ast.FunctionDef) and not each.name.startswith("_"):
                    given = self._trt.override(owner, each.name)
                    own = tuple(argument.arg for argument in each.args.args[1:])
                    self.checked += 1
                    if given is None or len(given) != len(own):
                        self._fault(each, f"{owner} calls {each.name}{given}, not {own}")

    def _visit(self, node: ast.AST, scope: dict[str, str | None]) -> None:
        """Every expression below `node`, with the variables of lambdas and comprehensions."""
        if isinstance(node, ast.Lambda):
            scope = {**scope, **{each.arg: self._parameter(each, None) for each in node.args.args}}
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            scope = dict(scope)
            for generator in node.generators:
                self._assign(generator.target, _element(self._type(generator.iter, scope)), None, scope)
        if isinstance(node, ast.Call):
            self._check_call(node, scope)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            self._check_read(node, scope)
        for child in ast.iter_child_nodes(node):
            self._visit(child, scope)

    def _check_call(self, node: ast.Call, scope: dict[str, str | None]) -> None:
        signatures = self._signatures(node.func, scope)
        arguments = node.args
        if signatures is None:
            for index, each in enumerate(node.args):  # a function handed on with its arguments: call(cuda.f, 1, 2)
                is_cuda = isinstance(each, ast.Attribute) and self._type(each.value, scope) == CUDA
                if is_cuda and each.attr in self._cuda.functions:
                    signatures, arguments = self._cuda.function(each.attr), node.args[index + 1 :]
        if signatures is None:
            return
        skipped = 1 if arguments and _is_self(arguments[0]) else 0  # trt.ILogger.__init__(self)
        positional, named = len(arguments) - skipped, {each.arg for each in node.keywords if each.arg}
        starred = next((each for each in arguments if isinstance(each, ast.Starred)), None)
        self.checked += 1
        if starred is not None:
            fits = any(len(each.names) >= positional for each in signatures)
        else:
            fits = any(each.takes(positional, named) and self._types_fit(each, arguments) for each in signatures)
        if not fits:
            self._fault(node, f"{ast.unparse(node)} does not fit {[each.names for each in signatures]}")

    def _types_fit(self, signature: Signature, arguments: list[ast.expr]) -> bool:
        """As far as a literal or a loop's index tells."""
        plain = {"int": int, "str": str}
        return all(
            not isinstance(given, ast.Constant) or wanted not in plain or isinstance(given.value, plain[wanted])
            for given, wanted in zip(arguments, signature.types, strict=False)
        )

    def _signatures(self, function: ast.expr, scope: dict[str, str | None]) -> tuple[Signature, ...] | None:
        if not isinstance(function, ast.Attribute):
            return None
        owner, name = self._type(function.value, scope), function.attr
        if owner == CUDA:
            return self._cuda.function(name) if name in self._cuda.functions else None
        if owner == MODULE:
            if name in self._trt.functions:
                return self._trt.function(name)
            return self._trt.call(name, "__init__") or None if name in self._trt.classes else None
        if owner is not None and owner.startswith("class "):
            return self._trt.call(owner.removeprefix("class "), name) or None
        return self._trt.call(owner, name) or None if owner in self._trt.classes else None

    def _check_read(self, node: ast.Attribute, scope: dict[str, str | None]) -> None:
        owner, name = self._type(node.value, scope), node.attr
        known = True
        if owner == MODULE:
            known = name in self._trt.classes | self._trt.functions | set(self._trt.enumerations) | {"__version__"}
        elif owner == CUDA:
            known = name in self._cuda.functions | self._cuda.constants | set(self._cuda.enumerations)
        elif owner in self._trt.classes:
            known = name in self._trt.members(owner) or name.startswith("__")
        elif owner in self._trt.enumerations:
            known = name in (*self._trt.enumerations[owner], "name", "value", "__members__")
        elif owner is None:
            known = name not in self._bound - self._sources.own_names - _COMMON
        else:
            return
        self.checked += 1
        if not known:
            self._fault(node, f"{ast.unparse(node)} ({owner or 'of unknown type'}) is not in the bindings")

    def _type(self, node: ast.expr, scope: dict[str, str | None]) -> str | None:
        if isinstance(node, ast.Name):
            return scope.get(node.id)
        if isinstance(node, ast.Attribute):
            return self._attribute_type(self._type(node.value, scope), node.attr)
        if isinstance(node, ast.Subscript):
            return _element(self._type(node.value, scope))
        if isinstance(node, ast.IfExp):
            return self._type(node.body, scope) or self._type(node.orelse, scope)
        if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
            inner = dict(scope)
            for generator in node.generators:
                self._assign(generator.target, _element(self._type(generator.iter, inner)), None, inner)
            kind = self._type(node.elt, inner)
            return f"list[{kind}]" if kind else None
        if isinstance(node, ast.Call):
            return self._call_type(node, scope)
        if isinstance(node, (ast.Constant, ast.Dict, ast.JoinedStr, ast.Compare)):
            return OWN
        return None

    def _call_type(self, node: ast.Call, scope: dict[str, str | None]) -> str | None:
        signatures = self._signatures(node.func, scope)
        if signatures is not None:
            if isinstance(node.func, ast.Attribute) and node.func.attr in self._trt.classes:
                return node.func.attr
            return _plain(signatures[0].result)
        if isinstance(node.func, ast.Name):
            if node.func.id in self._sources.classes:
                return OWN + node.func.id
            if node.func.id in self._sources.functions:
                return self._annotated(self._sources.functions[node.func.id].returns)
            return OWN if hasattr(builtins, node.func.id) else None
        if isinstance(node.func, ast.Attribute):
            owner = self._type(node.func.value, scope) or ""
            if owner.startswith("list["):
                return _element(owner)
            method = self._member(owner, node.func.attr)
            if isinstance(method, ast.FunctionDef):
                return self._annotated(method.returns)
        return None

    def _attribute_type(self, owner: str | None, name: str) -> str | None:
        if owner == MODULE:
            if name in self._trt.classes:
                return f"class {name}"
            return name if name in self._trt.enumerations else None
        if owner is not None and owner.startswith("class "):
            inner = f"{owner.removeprefix('class ')}.{name}"
            return inner if inner in self._trt.enumerations else owner.removeprefix("class ")
        if owner in self._trt.enumerations:
            return owner
        if owner in self._trt.classes:
            declared = self._trt.property(owner, name)
            return _plain(declared.type) if declared else None
        if owner is None or not owner.startswith(OWN):
            return None
        if (owner, name) == (f"{OWN}Library", "module"):
            return MODULE
        if name == "_cuda":
            return CUDA
        key = (owner, name)
        if key not in self._fields:
            self._fields[key] = None
            member = self._member(owner, name)
            if isinstance(member, ast.AnnAssign):
                self._fields[key] = self._annotated(member.annotation)
            elif isinstance(member, ast.FunctionDef):
                self._fields[key] = self._annotated(member.returns)
            elif isinstance(member, tuple):
                value, function = member
                scope = {each.arg: self._parameter(each, owner.removeprefix(OWN)) for each in function.args.args}
                self._fields[key] = self._type(value, scope)
        return self._fields[key]

    def _member(self, owner: str, name: str) -> ast.stmt | tuple[ast.expr, ast.FunctionDef] | None:
        """A declared field, a method, or the value that a method gives `self.name` with that method."""
        declared = self._sources.classes.get(owner.removeprefix(OWN))
        for node in declared.body if declared is not None else ():
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return node
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
                return node
        for method in declared.body if declared is not None else ():
            for node in ast.walk(method) if isinstance(method, ast.FunctionDef) else ():
                if isinstance(node, ast.AnnAssign) and _is_field(node.target, name):
                    return node
                if isinstance(node, ast.Assign) and isinstance(method, ast.FunctionDef):
                    for target, value in _pairs(node):
                        if _is_field(target, name):
                            return value, method
        return None

    def _fault(self, node: ast.AST, words: str) -> None:
        self.faults.append(f"{self._file}:{getattr(node, 'lineno', 0)}: {words}")


def _is_field(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == name and _is_self(node.value)


def _pairs(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=False)
        else:
            yield target, node.value


def _plain(result: str) -> str:
    return result if re.fullmatch(r"list\[\w+\]|[A-Z][\w.]*", result) else OWN


def _element(kind: str | None) -> str | None:
    if kind is None or kind == OWN:
        return kind
    found = re.fullmatch(r"list\[(\w+)\]", kind)
    return found[1] if found else OWN if kind in ("Dims",) else None


def _expressions(node: ast.stmt) -> Iterator[ast.AST]:
    for _, value in ast.iter_fields(node):
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, (ast.expr, ast.withitem, ast.keyword)):
                yield each


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        if isinstance(block := getattr(node, name, None), list):
            yield block
    for handler in getattr(node, "handlers", ()):
        yield handler.body
    for case in getattr(node, "cases", ()):
        yield case.body
