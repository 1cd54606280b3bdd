"""A worker that speaks the real protocol with the standard library alone and fails as it is told.

Its one argument is JSON: {"on": command name or "start", "fault": name, "seed": int, "after": int}; the options of the
case that it prepares may say the same, and "blockMs". Without a fault it answers every command that a case gets, and
the first `after` of those that it fails on. Messages go to descriptor 3, one JSON object a line; stdout is noise."""

import ctypes
import hashlib
import json
import os
import random
import signal
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

script = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
channel = os.fdopen(3, "wb", buffering=0)
lock = threading.Lock()
state = {"progress": 0, "advancing": True, "asked": 0, "faulted": None}
held = bytearray()
cancelled = threading.Event()


def send_bytes(data):
    with lock:
        channel.write(data)


def send(**message):
    send_bytes(json.dumps(message).encode() + b"\n")


def beat():
    while True:
        send(message="heartbeat", progress=state["progress"])
        if state["advancing"]:
            state["progress"] += 1
        time.sleep(0.2)


def block(command, **changes):
    started = time.monotonic_ns()
    while time.monotonic_ns() < started + script.get("blockMs", 5) * 1_000_000:
        pass
    message = {"message": "block", "id": command["id"], "startedAtNs": started, "endedAtNs": time.monotonic_ns()}
    return {**message, "latenciesMs": [0.2] * 20, **changes}


def whole_warmup(command):
    """One block that lasted as long as the longest warm-up, so that the next thing asked for is to measure."""
    ended = time.monotonic_ns()
    message = {"message": "block", "id": command["id"], "startedAtNs": max(0, ended - 30_000_000_000)}
    return {**message, "endedAtNs": ended, "latenciesMs": [0.2] * 20}


def write_logits(folder):
    """One image's two numbers, as a .npy file."""
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }"
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    data = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + struct.pack("<ff", 1, 2)
    Path(folder).mkdir(parents=True, exist_ok=True)
    file = Path(folder) / "logits.npy"
    file.write_bytes(data)
    return {"name": "logits", "file": str(file), "sha256": hashlib.sha256(data).hexdigest(), "shape": [1, 2]}


answers = {
    "describe-backends": lambda c: {"message": "backends-described", "backends": []},
    "prepare": lambda c: {
        "message": "prepared",
        "loadMs": 1.5,
        "precisionProof": {"holds": True, "label": "fp32", "method": "made up", "evidence": []},
        "engineDeclaredBytes": {"value": None, "reason": "made up"},
        "threads": 1,
        "versions": {"fake": "1"},
    },
    "warmup": whole_warmup,
    "measure-block": block,
    "measure-memory": lambda c: {
        "message": "memory",
        "allocatorPeakBytes": {"value": None, "reason": "made up"},
        "processPeakBytes": {"value": 1},
    },
    "write-outputs": lambda c: {"message": "outputs-written", "outputs": [write_logits(c["folder"])]},
}


def fuzz(seed):
    """Ten thousand frames, each some way from being a message, then the end."""
    rng = random.Random(seed)
    good = json.dumps({"message": "heartbeat", "progress": 1}).encode()
    for _ in range(10_000):
        frame = bytearray(rng.choice([good, rng.randbytes(rng.randrange(200)), b"[" * rng.randrange(5000), b"{}", b""]))
        for _ in range(rng.randrange(4)):
            if frame:
                frame[rng.randrange(len(frame))] = rng.randrange(256)
        send_bytes(bytes(frame) + rng.choice([b"\n", b"\n", b""]))


def commit_fault(name, command):
    identity = command.get("id", 1)
    if name == "segv":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif name == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif name == "killed-while-it-fills-memory":
        held.extend(b"x" * 96 * 2**20)
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGKILL)
    elif name in ("out-of-memory-gpu", "gpu-faulted", "gpu-lost"):
        if name == "gpu-faulted":
            state["faulted"] = name
        fail(identity, name)
    elif name == "out-of-memory":
        os._exit(137)
    elif name == "exit-0":
        os._exit(0)
    elif name == "hang-holding-the-lock":
        ctypes.PyDLL(None).sleep(600)
    elif name == "stuck":
        state["advancing"] = False
        time.sleep(600)
    elif name == "grandchild":
        child = subprocess.Popen(["sleep", "600"])
        print(f"grandchild {child.pid}", flush=True)
        time.sleep(600)
    elif name == "garbage":
        send_bytes(b"Traceback (most recent call last):\n")
    elif name == "oversized":
        send_bytes(b"x" * (4 * 1024 * 1024 + 1) + b"\n")
    elif name == "partial":
        send_bytes(b'{"message":"blo')
        os._exit(1)
    elif name == "fuzz":
        fuzz(script.get("seed", 1))
    elif name == "noise":
        print("noise {\"message\":\"failed\"}", flush=True)
        os.write(1, b"\x00\xff" * 200_000 + b"\n")
        return False
    elif name == "nan":
        send_bytes(json.dumps(block(command, latenciesMs=[1.0, float("nan")])).encode() + b"\n")
    elif name == "infinite":
        send_bytes(json.dumps(block(command, latenciesMs=[1.0, float("inf")])).encode() + b"\n")
    elif name == "negative":
        send(**block(command, latenciesMs=[1.0, -1.0, 1.0]))
    elif name == "backwards":
        send(**block(command, startedAtNs=9_000_000_000_000, endedAtNs=8_000_000_000_000))
    elif name == "too-few":
        send(**block(command, latenciesMs=[1.0]))
    elif name == "too-much-time":
        send(**block(command, latenciesMs=[1000.0] * 20))
    elif name == "old-block":
        send(**block(command, startedAtNs=1, endedAtNs=10_000_000_000))
    elif name == "twice":
        send(**block(command))
        send(**block(command))
    elif name == "other-id":
        send(**block(command, id=identity + 7))
    elif name == "ignores-cancel":
        time.sleep(600)
    return True


def fail(identity, code):
    """As a library's exception is told. After a bad call that spoilt the GPU's context, every later call fails too."""
    error = {"code": code, "stage": "measure", "message": f"{code}, made up.", "remedy": "None.", "cause": None}
    send(message="failed", id=identity, error=error)


def is_due(name):
    if script.get("on") != name:
        return False
    state["asked"] += 1
    return state["asked"] > script.get("after", 0)


def run(command):
    name = command["command"]
    if name == "prepare":
        options = command["case"]["options"]
        if options.get("onBatch") in (None, command["case"]["batchSize"]):
            script.update(options)
    if state["faulted"]:
        fail(command["id"], state["faulted"])
        return
    if is_due(name) and commit_fault(script["fault"], command):
        return
    state["progress"] += 1
    send(**{"id": command["id"], **answers[name](command)})


def main():
    if script.get("fault") == "grandchild":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if script.get("fault") == "no-hello":
        time.sleep(600)
    version = 99 if script.get("fault") == "other-version" else 1
    if script.get("on") == "start" and commit_fault(script["fault"], {}):
        time.sleep(600)
    send(message="hello", protocolVersion=version, workerVersion="0.0.0", pid=os.getpid(), runtime="fake 1")
    threading.Thread(target=beat, daemon=True).start()
    for line in sys.stdin:
        command = json.loads(line)
        if command["command"] == "close":
            os._exit(0)
        if command["command"] != "cancel":
            threading.Thread(target=run, args=(command,), daemon=True).start()
    os._exit(0)


main()
