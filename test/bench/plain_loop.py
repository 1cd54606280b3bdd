"""A loop that anyone would write, with nothing of ours in it: for each line on stdin, runs that many queries and prints
their median in milliseconds. Arguments: model file, batch size, threads. Same library and threads as ours."""

import statistics
import sys
import time

import numpy as np
import onnxruntime

file, batch_size, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = threads
session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
pixels = (np.arange(batch_size * 64, dtype=np.float32) % 17 / 17).reshape(batch_size, 1, 8, 8)
for line in sys.stdin:
    times = []
    for _ in range(int(line)):
        before = time.perf_counter()
        session.run(None, {"pixels": pixels})
        times.append(time.perf_counter() - before)
    print(statistics.median(times) * 1000, flush=True)
