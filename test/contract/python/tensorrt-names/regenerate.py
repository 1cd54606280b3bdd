"""regenerate.py: writes the names that NVIDIA's official Python bindings define, one file a version.

Identifiers alone, in the order of their definition where that is known (enumerations). The bindings are installed into
a temporary environment and imported over empty libraries that define the functions they link against, so that neither
TensorRT nor a GPU is needed. Linux on x86-64 with a C compiler and Python 3.10 to 3.14."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
VERSIONS = ("10.14.1.48.post1", "11.4.0.106")
LIBRARIES = {
    "libnvinfer": "createInferBuilder_INTERNAL createInferRefitter_INTERNAL createInferRuntime_INTERNAL "
    "getBuilderPluginRegistry getPluginRegistry",
    "libnvinfer_plugin": "initLibNvInferPlugins",
    "libnvonnxparser": "createNvOnnxParserRefitter_INTERNAL createNvOnnxParser_INTERNAL getNvOnnxParserVersion",
}
READ_NAMES = """
import json, tensorrt_bindings as bindings

def public(owner):
    return sorted(name for name in dir(owner) if not name.startswith("_"))

def classes_of(owner, prefix=""):
    for name in public(owner):
        value = getattr(owner, name)
        if isinstance(value, type) and not name == "property":
            yield prefix + name, value
            if not prefix:
                yield from classes_of(value, prefix + name + ".")

classes = dict(classes_of(bindings))
enumerations = {name: list(each.__members__) for name, each in classes.items() if hasattr(each, "__members__")}
members = {name: public(each) for name, each in classes.items() if name not in enumerations}
print(json.dumps({"module": public(bindings), "enumerations": enumerations, "members": members}))
"""


def names_of(version: str, folder: Path) -> dict[str, object]:
    major = version.split(".")[0]
    venv.create(folder / "venv", with_pip=True)
    python = str(folder / "venv" / "bin" / "python")
    pip = [python, "-I", "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps"]
    subprocess.run([*pip, f"tensorrt-cu13-bindings=={version}"], check=True)
    for name, functions in LIBRARIES.items():
        source = folder / f"{name}.c"
        source.write_text("".join(f"void *{each}(void) {{ return 0; }}\n" for each in functions.split()))
        library = f"{name}.so.{major}"
        linking = ["-shared", "-fPIC", f"-Wl,-soname,{library}"]
        subprocess.run(["cc", *linking, "-o", str(folder / library), str(source)], check=True)
    search = {"LD_LIBRARY_PATH": str(folder)}
    done = subprocess.run([python, "-I", "-c", READ_NAMES], check=True, capture_output=True, text=True, env=search)
    return json.loads(done.stdout)


def main() -> int:
    for version in VERSIONS:
        with tempfile.TemporaryDirectory(prefix="enginebench-names-") as folder:
            names = names_of(version, Path(folder))
        (HERE / f"{version}.json").write_text(json.dumps(names, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
