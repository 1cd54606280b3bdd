"""regenerate.py: writes the signatures of the official Python wheels that the worker calls, one file a library.

For each class its base, its calls (name, kind and default of every argument, and the result) and its properties, with
whether they can be set; for each function the same. Taken from the docstrings that pybind11 and Cython write. A
signature is stored once with the versions that have it. The bindings are imported over empty libraries that define the
functions they link against, so neither TensorRT nor a GPU is needed. Linux on x86-64, a C compiler, Python 3.10 to
3.13.

Torch-TensorRT and the plugin of TensorRT-RTX are written in Python, so their wheels are read without importing them:
names, order and which arguments are given by name only, without types and defaults."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TENSORRT = (
    *("10.14.1.48.post1", "10.15.1.29", "10.16.1.11"),
    *("11.0.0.114", "11.1.0.106", "11.2.1.2", "11.3.0.99", "11.4.0.106"),
)
CUDA = ("12.9.10", "13.5.0")
TORCH_TENSORRT = ("2.11.0", "2.12.0", "2.13.0", "2.14.0")
RTX_PLUGIN = ("0.5.0",)
ONNXRUNTIME_GPU = ("1.31.1",)
TORCH_TENSORRT_SOURCES = {
    "torch_tensorrt/_compile.py": {"compile": "compile"},
    "torch_tensorrt/dynamo/_compiler.py": {"compile": "dynamo.compile"},
    "torch_tensorrt/dynamo/debug/_Debugger.py": {"Debugger": "dynamo.Debugger"},
    "torch_tensorrt/dynamo/runtime/_TorchTensorRTModule.py": {"TorchTensorRTModule": "TorchTensorRTModule"},
}
RTX_PLUGIN_SOURCES = {"onnxruntime_ep_nv_tensorrt_rtx/__init__.py": None}
"""By file: what is read of it, and its name here; None reads every public function."""
LIBRARIES = {
    "libnvinfer": "createInferBuilder_INTERNAL createInferRefitter_INTERNAL createInferRuntime_INTERNAL "
    "getBuilderPluginRegistry getPluginRegistry",
    "libnvinfer_plugin": "initLibNvInferPlugins",
    "libnvonnxparser": "createNvOnnxParserRefitter_INTERNAL createNvOnnxParser_INTERNAL getNvOnnxParserVersion",
}
READ_TENSORRT = r"""
import inspect, json, re, tensorrt_bindings as bindings

SHORT = [
    (r"tensorrt_bindings\.tensorrt\.|typing_extensions\.|collections\.abc\.|typing\.", ""),
    (r"nvonnxparser::I(?=ParserError)|detail::accessor<.*|\b\w+::", ""), (r"-> $", "-> object"),
    (r"\bSupportsInt\b", "int"), (r"\bSupportsFloat\b", "float"), (r"\b(?:List|Sequence)\b", "list"),
    (r"\bTuple\b", "tuple"), (r"\b(?:CapsuleType|Buffer)\b", lambda found: found[0].replace("Type", "").lower()),
    (r"\bCallable\b", "callable"), (r", /\)", ")"), (r"<([A-Za-z_.]+): -?\d+>", r"\1"),
    (r"\[[^\[\]]*\[[^\[\]]*\]\]", ""),
]

def shortened(text):
    for pattern, becomes in SHORT:
        text = re.sub(pattern, becomes, text)
    return text

def signatures(name, text):
    lines = re.findall(r"^\s*(?:\d+\. )?" + re.escape(name) + r"(\(.*\) -> .*)$", text or "", re.MULTILINE)
    return list(dict.fromkeys(re.sub(r"\(self: [\w.]+(?:, )?", "(", shortened(line)) for line in lines))

def members(owner):
    calls, properties = {}, {}
    for name, value in sorted(vars(owner).items()):
        if isinstance(value, property):
            told = re.search(r"\) -> (.*)$", shortened(value.fget.__doc__ or ""), re.MULTILINE)
            properties[name] = ("" if value.fset else "read ") + (told[1] if told else "object")
        elif (not name.startswith("_") or name == "__init__") and callable(value) and not isinstance(value, type):
            calls[name] = signatures(name, getattr(owner, name).__doc__)
    return calls, properties

def overrides(text):
    # What a subclass is to define, as the class says: these are not bound, so nothing else tells them.
    found = re.findall(r"^\s*def (\w+)\(self(?:, )?(.*?)\)(?: -> .*)?:$", text or "", re.MULTILINE)
    return {name: re.sub(r": \w+", "", arguments) for name, arguments in found if name != "__init__"}

def classes_of(owner, prefix=""):
    for name, value in sorted(vars(owner).items()):
        if isinstance(value, type) and not name.startswith("_") and name != "property":
            yield prefix + name, value
            if not prefix:
                yield from classes_of(value, prefix + name + ".")

found = {"classes": {}, "functions": {}, "enumerations": {}}
for name, each in classes_of(bindings):
    if hasattr(each, "__members__"):
        found["enumerations"][name] = " ".join(each.__members__)
        continue
    calls, properties = members(each)
    base = each.__mro__[1].__name__
    found["classes"][name] = {"base": "" if base in ("object", "pybind11_object") else base}
    found["classes"][name] |= {"calls": {call: " | ".join(each) for call, each in calls.items()}}
    found["classes"][name] |= {"properties": properties, "overrides": overrides(each.__doc__)}
for name, each in sorted(vars(bindings).items()):
    if callable(each) and not isinstance(each, type) and not name.startswith("_"):
        written = " | ".join(signatures(name, each.__doc__))
        if not written and inspect.isfunction(each):
            written = str(inspect.signature(each)) + " -> object"
        if written:
            found["functions"][name] = written
print(json.dumps(found))
"""
READ_CUDA = r"""
import json, re
from cuda.bindings import runtime

functions, enumerations = {}, {}
for name, each in sorted(vars(runtime).items()):
    first = ((getattr(each, "__doc__", "") or "").strip().splitlines() or [""])[0]
    if callable(each) and not isinstance(each, type) and name.startswith("cuda") and first.startswith(name + "("):
        arguments = [part for part in first[len(name) + 1 : -1].split(", ") if part]
        named = [re.sub(r"^(?:[\w ]+[ *]+)?(\w+)(?:: .*?)?(=.*)?$", r"\1\2", part) for part in arguments]
        functions[name] = f"({', '.join(named)}) -> tuple"
    elif isinstance(each, type) and name.startswith("cuda") and hasattr(each, "__members__"):
        enumerations[name] = " ".join(each.__members__)
numbers = [name for name, each in sorted(vars(runtime).items()) if name.startswith("cuda") and type(each) is int]
print(json.dumps({"functions": functions, "enumerations": enumerations, "constants": " ".join(numbers)}))
"""


def read(program: str, requirements: list[str], folder: Path, libraries: Path | None = None) -> dict[str, object]:
    pip = [sys.executable, "-I", "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps"]
    subprocess.run([*pip, "--only-binary=:all:", "--target", str(folder), *requirements], check=True)
    environment = {"PYTHONPATH": str(folder)} | ({"LD_LIBRARY_PATH": str(libraries)} if libraries else {})
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, env=environment)
    return json.loads(done.stdout)


def download(requirement: str, folder: Path) -> Path:
    pip = [sys.executable, "-I", "-m", "pip", "--quiet", "--disable-pip-version-check", "download", "--no-deps"]
    subprocess.run([*pip, "--only-binary=:all:", "--dest", str(folder), requirement], check=True)
    [wheel] = folder.glob("*.whl")
    return wheel


def read_sources(requirement: str, sources: dict[str, dict[str, str] | None], folder: Path) -> dict[str, object]:
    wheel = download(requirement, folder)
    found: dict[str, dict[str, object]] = {"classes": {}, "functions": {}, "enumerations": {}}
    with zipfile.ZipFile(wheel) as opened:
        for file, wanted in sources.items():
            for node in ast.parse(opened.read(file)).body:
                defined = getattr(node, "name", "_")
                name = wanted.get(defined, "") if wanted is not None else "" if defined.startswith("_") else defined
                if name and isinstance(node, ast.FunctionDef):
                    found["functions"][name] = written(node)
                elif name and isinstance(node, ast.ClassDef):
                    calls = {each.name: written(each) for each in node.body if isinstance(each, ast.FunctionDef)}
                    kept = {call: text for call, text in calls.items() if call == "__init__" or call[0] != "_"}
                    found["classes"][name] = {"base": "", "calls": kept, "properties": {}, "overrides": {}}
    return found


def read_provider(version: str, folder: Path) -> dict[str, object]:
    """What ONNX Runtime's TensorRT provider is linked to, its settings and its errors: strings of the library."""
    wheel = download(f"onnxruntime-gpu=={version}", folder)
    with zipfile.ZipFile(wheel) as opened:
        text = opened.read("onnxruntime/capi/libonnxruntime_providers_tensorrt.so")
    found = {each.decode() for each in re.findall(rb"[ -~]{6,}", text)}
    linked = r"lib(?:nv\w+|cudart|cudnn|cublas)\.so\.\d+"
    return {
        "libraries": " ".join(sorted(each for each in found if re.fullmatch(linked, each))),
        "settings": " ".join(sorted(each for each in found if re.fullmatch(r"trt_\w+", each))),
        "errors": " | ".join(sorted(each.strip() for each in found if each.startswith("TensorRT EP "))),
    }


def written(function: ast.FunctionDef) -> str:
    """Without `self`, types and what a default is."""
    given = function.args
    for each in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg):
        if each is not None:
            each.annotation = None
    given.args = [each for each in given.args if each.arg != "self"]
    given.defaults = [ast.Constant(...) for _ in given.defaults]
    given.kw_defaults = [each and ast.Constant(...) for each in given.kw_defaults]
    return f"({ast.unparse(given)}) -> object"


def empty_libraries(major: str, folder: Path) -> Path:
    folder.mkdir()
    for name, functions in LIBRARIES.items():
        source = folder / f"{name}.c"
        source.write_text("".join(f"void *{each}(void) {{ return 0; }}\n" for each in functions.split()))
        library = f"{name}.so.{major}"
        linking = ["-shared", "-fPIC", f"-Wl,-soname,{library}"]
        subprocess.run(["cc", *linking, "-o", str(folder / library), str(source)], check=True)
    return folder


def merged(found: dict[str, object]) -> object:
    """One tree of those of all versions: what is the same in all stays as it is, the rest by its versions."""
    everywhere = list(found.values())
    if all(each == everywhere[0] for each in everywhere) and not isinstance(everywhere[0], dict):
        return everywhere[0]
    if any(isinstance(each, dict) for each in everywhere):
        keys = sorted({key for each in everywhere if isinstance(each, dict) for key in each})
        return {key: merged({version: (each or {}).get(key) for version, each in found.items()}) for key in keys}
    versions: dict[object, list[str]] = {}
    for version, each in found.items():
        if each is not None:
            versions.setdefault(each, []).append(version)
    return {"in": [[" ".join(which), text] for text, which in versions.items()]}


def write(name: str, found: dict[str, object]) -> None:
    tree = {"versions": list(found), **merged(found)}
    text = json.dumps(tree, indent=1, ensure_ascii=False)
    (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="enginebench-signatures-") as made:
        folder = Path(made)
        libraries = {major: empty_libraries(major, folder / major) for major in ("10", "11")}
        tensorrt = {
            version: read(
                READ_TENSORRT,
                [f"tensorrt-cu13-bindings=={version}"],
                folder / f"tensorrt-{version}",
                libraries[version[:2]],
            )
            for version in TENSORRT
        }
        cuda = {
            version: read(READ_CUDA, [f"cuda-bindings=={version}", "cuda-pathfinder"], folder / f"cuda-{version}")
            for version in CUDA
        }
        torch = {
            version: read_sources(
                f"torch-tensorrt=={version}", TORCH_TENSORRT_SOURCES, folder / f"torch-tensorrt-{version}"
            )
            for version in TORCH_TENSORRT
        }
        plugin = {
            version: read_sources(
                f"onnxruntime-ep-nv-tensorrt-rtx-cu13=={version}", RTX_PLUGIN_SOURCES, folder / f"plugin-{version}"
            )
            for version in RTX_PLUGIN
        }
        provider = {version: read_provider(version, folder / f"provider-{version}") for version in ONNXRUNTIME_GPU}
    write("tensorrt", tensorrt)
    write("cuda", cuda)
    write("torch-tensorrt", torch)
    write("tensorrt-rtx-plugin", plugin)
    write("onnxruntime-tensorrt", provider)
    return 0


if __name__ == "__main__":
    sys.exit(main())
