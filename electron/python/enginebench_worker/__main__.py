"""Command line of the worker: `--protocol-fd N` names the descriptor that messages are written to."""

import argparse
from collections.abc import Sequence

from enginebench_worker.supervisor import serve


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="enginebench_worker", description=__doc__)
    parser.add_argument("--protocol-fd", type=int, default=3, help="descriptor that messages are written to")
    return serve(protocol_descriptor=parser.parse_args(arguments).protocol_fd)


if __name__ == "__main__":
    raise SystemExit(main())
