"""Recomputes medians and a speedup from the samples of a run: recompute.py FOLDER BASELINE CANDIDATE [PROTOCOL]

FOLDER is samples/<group> of a run; BASELINE and CANDIDATE are case keys. PROTOCOL is 1, 2 or 3 (default 3): the report
says by which one the run was measured. Needs only Python.

The medians are those of all samples. Reports since protocol 2 show those of a typical launch, which differ a little.
"""

import json
import math
import statistics
import sys
from pathlib import Path


def blocks(folder: str, case: str) -> dict[tuple[int, int], list[float]]:
    """Maps (launch, round) to latencies in ms, without the lead samples."""
    lines = Path(folder, f"{case}.ndjson").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    return {(each["launch"], each["round"]): each["latenciesMs"][each["leadSamples"] :] for each in records}


def starts(folder: str, baseline: str, candidate: str) -> list[int]:
    """By launch: 1 if the candidate's worker was started first, -1 if the baseline's was, 0 otherwise."""
    group = Path(folder).resolve()
    record = next(file for name in ("run", "benchmark_results") if (file := group.parents[1] / f"{name}.json").exists())
    groups = {each["groupKey"]: each for each in json.loads(record.read_text())["groups"]}
    firsts = [launch["order"][0] for launch in groups[group.name]["launches"]]
    return [(first == candidate) - (first == baseline) for first in firsts]


def hodges_lehmann(values: list[float]) -> float:
    """Returns the median of the means of all pairs, including each value paired with itself."""
    return statistics.median((one + other) / 2 for at, one in enumerate(values) for other in values[at:])


folder, baseline_key, candidate_key, *given = sys.argv[1:]
protocol = int(given[0]) if given else 3
of_launch = hodges_lehmann if protocol == 1 else statistics.median
baseline, candidate = blocks(folder, baseline_key), blocks(folder, candidate_key)

launches: dict[int, list[float]] = {}
for launch, turn in sorted(baseline.keys() & candidate.keys()):
    ratio = statistics.median(baseline[launch, turn]) / statistics.median(candidate[launch, turn])
    launches.setdefault(launch, []).append(math.log(ratio))

ratios = [of_launch(rounds) for rounds in launches.values()]
centre = statistics.mean(ratios)
if protocol == 3 and len(ratios) >= 8:
    order = [starts(folder, baseline_key, candidate_key)[launch] for launch in launches]
    if len(set(order)) > 1:
        centre = statistics.linear_regression(order, ratios).intercept

for key, each in ((baseline_key, baseline), (candidate_key, candidate)):
    print(f"p50 of {key}: {statistics.median(sum(each.values(), [])):.6g} ms")
print(f"speedup: {math.exp(centre):.6g}")
