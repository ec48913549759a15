"""`make bench`: all engines over the same words, slices interleaved in shuffled order.

Size and parts are set by the environment (in brackets: the default):

    BENCH_SIZES   numbers of documents, with spaces      (500 10000 134000)
    BENCH_PARTS   which, with commas                     (plain,stop,idle,memory,load,start,updates,e2e,dense)
    BENCH_ROUNDS  how often each slice is repeated       (3)
    BENCH_SECONDS an engine may spend on one slice       (4)
    BENCH_WRITE   1: write docs/performance.md anew; rows that were not measured stay  (1)

Read the ratios: they come from one run; microseconds are those of the machine and its neighbours.
"""

from __future__ import annotations

import json
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the bot does, and before NumPy is loaded

import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import report
from bench.corpora import ROOT, write_corpus
from bench.engines import ENGINES

DEFAULTS = {
    "SIZES": "500 10000 134000", "PARTS": "plain,stop,idle,memory,load,start,updates,e2e,dense",
    "ROUNDS": "3", "SECONDS": "4", "WRITE": "1",
}  # fmt: skip
SLICE, QUESTIONS = 60, 300
STORED = ("løftebot", "rank_bm25")


def setting(name: str) -> str:
    return os.environ.get(f"BENCH_{name}", DEFAULTS[name])


class Worker:
    """An engine in its own process."""

    def __init__(self, name: str, corpus: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.worker", name, str(corpus)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip

    def __call__(self, **order: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


@contextmanager
def worker(name: str, corpus: Path) -> Iterator[Worker]:
    one = Worker(name, corpus)
    try:
        yield one
    finally:
        one.close()


def say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def measure(size: int, corpus: Path, parts: set[str], folder: Path) -> dict[str, Any]:
    """Return the figures of one size, by part and engine."""
    figures: dict[str, Any] = {}
    seconds, rounds = float(setting("SECONDS")), int(setting("ROUNDS"))
    if "memory" in parts:
        figures["memory"] = {}
        for name in ENGINES:
            if "full" not in name:
                with worker(name, corpus) as one:
                    figures["memory"][name] = one(do="memory")
                say(f"{size} {name}: {figures['memory'][name]:.1f} MB")
    if parts & {"plain", "stop", "idle", "load"}:
        workers = {name: Worker(name, corpus) for name in ENGINES}
        try:
            figures["build"] = {}
            for name, one in workers.items():
                figures["build"][name] = one(do="build")
                say(f"{size} {name}: built in {figures['build'][name]:.2f} s")
            taken = _ask(size, workers, parts, rounds, seconds)
            figures |= report.summarise(taken, "rank_bm25")
            if "load" in parts:
                figures["load"] = _load(workers, corpus, folder)
        finally:
            for one in workers.values():
                one.close()
    return figures


def _ask(
    size: int, workers: dict[str, Worker], parts: set[str], rounds: int, seconds: float
) -> dict[str, dict[str, dict[int, list[int]]]]:
    """Return nanoseconds by part, engine and question."""
    taken: Any = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))

    def turn(part: str, kind: str, first: int, last: int, idle: float = 0.0) -> None:
        order = list(workers)
        random.shuffle(order)
        for name in order:
            if part != "plain" and "full" in name:
                continue
            slow = name in {"rank_bm25", "sqlite fts5"} and size > 20_000
            if slow and (first or part == "idle"):
                continue  # the first slice says enough of what is hundreds of times slower
            found = workers[name](
                do="ask", set=kind, idle=idle, seconds=seconds, **{"from": first, "to": last}
            )
            for i, nanoseconds in enumerate(found):
                taken[part][name][first + i].append(nanoseconds)

    for number in range(rounds):
        if "plain" in parts:
            for first in range(0, QUESTIONS, SLICE):
                turn("plain", "plain", first, first + SLICE)
        if "stop" in parts:
            for first in (0, SLICE):
                turn("stop", "stop", first, first + SLICE)
        if "idle" in parts:
            turn("idle", "plain", 0, SLICE, idle=0.01)
        say(f"{size}: round {number + 1} of {rounds}")
    return taken  # type: ignore[no-any-return]


def _load(workers: dict[str, Worker], corpus: Path, folder: Path) -> dict[str, Any]:
    """A fresh process from a saved index to its first answer, three times each in turn."""
    paths = {name: folder / f"{name}.saved" for name in STORED}
    sizes = {name: workers[name](do="save", path=str(paths[name])) for name in STORED}
    taken: dict[str, list[float]] = {name: [] for name in STORED}
    for _ in range(3):
        for name in STORED:
            with worker(name, corpus) as one:
                taken[name].append(
                    one(do="load", path=str(paths[name]), terms=["skole", "og", "barnehage"])
                )
    return {"seconds": {n: sorted(t)[1] for n, t in taken.items()}, "bytes": sizes}


def main() -> int:
    parts = set(setting("PARTS").split(","))
    stored = report.read()
    with tempfile.TemporaryDirectory() as name:
        for size in map(int, setting("SIZES").split()):
            if parts & {"plain", "stop", "idle", "memory", "load"}:
                corpus = Path(name) / f"{size}.txt"
                say(f"{size}: writing the corpus")
                write_corpus(corpus, size)
                stored["sizes"].setdefault(str(size), {}).update(
                    measure(size, corpus, parts, Path(name))
                )
                corpus.unlink()
    if "start" in parts:
        from bench.start import start

        stored["start"] = start()
    if "updates" in parts:
        from bench.updates import updates

        stored["updates"] = updates()
    if "e2e" in parts:
        from bench.updates import updates

        for size in map(int, setting("SIZES").split()):
            stored.setdefault("e2e", {})[str(size)] = updates(size)
            say(f"{size}: end to end, {stored['e2e'][str(size)]}")
    if "dense" in parts:
        from bench.dense import dense

        stored["dense"] = dense()
    this = report.about(setting)
    stored["runs"] = report.standing([*stored.get("runs", ()), this])
    print(report.tables(stored))
    if setting("WRITE") == "1":
        report.write(stored)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
