"""One engine in a process of its own: reads orders, one JSON object a line, and answers each.

{"do": "build"}                                     -> seconds
{"do": "memory"}                                    -> build anew, words streamed: MB
{"do": "ask", "set": "plain", "from": 0, "to": 60, "idle": 0, "seconds": 5}  -> ns a question
{"do": "save", "path": "…"}                         -> bytes
{"do": "load", "path": "…"}                         -> seconds to the first answer
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

BORN = time.perf_counter()
K = 5


def resident() -> float:
    """Resident memory in MB, with what is free given back first."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main(name: str, corpus: str) -> None:
    """Serve orders until the input ends."""
    from bench.engines import ENGINES

    engine: Any = ENGINES[name]()
    sets: dict[str, list[list[str]]] = {}
    for line in sys.stdin:
        order = json.loads(line)
        do = order["do"]
        answer: Any = None
        if do == "load":
            engine.load(Path(order["path"]))
            engine.search(order["terms"], K)
            answer = time.perf_counter() - BORN
        elif do == "save":
            engine.save(Path(order["path"]))
            answer = Path(order["path"]).stat().st_size
        elif do == "build":
            from bench.corpora import questions, stop_questions, stream_tokens

            tokens = list(stream_tokens(Path(corpus)))
            answer = engine.build(tokens)
            for _ in range(4 if answer < 1 else 0):  # what takes a moment is easily disturbed
                answer = min(answer, engine.build(tokens))
            del tokens
            sets = {"plain": questions(300), "stop": stop_questions(120)}
            if hasattr(engine, "prepare"):
                engine.prepare(sets["plain"])
            gc.collect()
            gc.freeze()  # what is in memory now stays: no engine pays for another's garbage
        elif do == "memory":
            answer = memory(engine, corpus)
        else:
            asked = sets[order["set"]][order["from"] : order["to"]]
            answer = ask(engine, asked, order.get("idle", 0.0), order["seconds"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def memory(engine: Any, corpus: str) -> float:
    """Return what the index adds to resident memory; engines that can are given words one by one."""
    from bench.corpora import stream_tokens

    engine.build([["varm"], ["opp", "varm"], ["kald"]])  # imports are not memory of the index
    before = resident()
    stream = stream_tokens(Path(corpus))
    engine.build(stream if getattr(engine, "streams", False) else list(stream))
    del stream
    return resident() - before


def ask(engine: Any, asked: list[list[str]], idle: float, seconds: float) -> list[int]:
    """Ask each question once, after a few that do not count; stop when the time is used up."""
    end = time.monotonic() + seconds / 5
    for terms in asked[:10]:
        engine.search(terms, K)
        if time.monotonic() > end or idle:
            break
    taken = []
    end = time.monotonic() + seconds
    for terms in asked:
        if idle:
            time.sleep(idle)
        began = time.perf_counter_ns()
        engine.search(terms, K)
        taken.append(time.perf_counter_ns() - began)
        if time.monotonic() > end:
            break
    return taken


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
