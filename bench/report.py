"""Figures to ratios, tables and a plot; what an earlier run measured and this one did not stays."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bench import dense
from bench.corpora import ROOT

PAGE, FIGURES, PLOT = (ROOT / "docs" / f"performance.{kind}" for kind in ("md", "json", "png"))
MARKS = ("<!-- bench: begin -->", "<!-- bench: end -->")
OURS, FULL, TANTIVY, TERMS, STOCK = (
    "løftebot", "løftebot, full query", "tantivy", "tantivy, term queries", "rank_bm25",
)  # fmt: skip
HEAD = """# How fast, how large

Search, start and memory against other engines, measured by `make bench` (what it takes from the environment
stands in `bench/__main__.py`). Every engine has the same words of the same generated documents and real
questions, in a process of its own; slices of questions are interleaved in shuffled order. **Read the ratios**:
microseconds are those of one machine and its neighbours.

`tantivy` is called as its documentation shows (`parse_query`, `search`); `tantivy, term queries` is its
quickest call. `full query` is what a voter's question costs without the encoder: every concept with its
variants in text and headings, pieces of words, the municipality's mask, 30 hits.

"""


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def summarise(taken: Any, stock: str) -> dict[str, Any]:
    """Return quantiles in microseconds, and the ratio to stock on the questions that it answered."""
    out: dict[str, Any] = {}
    for part, engines in taken.items():
        out[part] = {
            name: {
                "p50": quantile(flat, 0.5) / 1e3, "p95": quantile(flat, 0.95) / 1e3, "n": len(flat),
            }
            for name, by_question in engines.items()
            if (flat := [ns for all_ in by_question.values() for ns in all_])
        }  # fmt: skip
    if "plain" in taken and stock in taken["plain"]:
        common = taken["plain"][stock].keys()
        mine, theirs = (
            [min(taken["plain"][name][i]) for i in common if taken["plain"][name][i]]
            for name in (OURS, stock)
        )
        out["speedup"] = quantile(theirs, 0.5) / quantile(mine, 0.5)
    return out


def read() -> dict[str, Any]:
    if FIGURES.exists():
        return json.loads(FIGURES.read_text(encoding="utf-8"))  # type: ignore[no-any-return]
    return {"sizes": {}}


def about(setting: Callable[[str], str]) -> str:
    names = ("numpy", "rank-bm25", "tantivy", "bm25s")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    given = " ".join(f'BENCH_{n}="{setting(n)}"' for n in ("SIZES", "PARTS", "ROUNDS"))
    return (
        f"`{given} make bench`, {datetime.now(tz=UTC):%Y-%m-%d}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {versions}, SQLite {sqlite3.sqlite_version}"
    )


Row = tuple[str, tuple[float | None, ...], Callable[[dict[str, Any]], float], bool]


def _over(part: str, name: str, other: str, figure: str) -> Callable[[dict[str, Any]], float]:
    return lambda f: f[part][name][figure] / f[part][other][figure]


SIZES = ("500", "10000", "134000", "1000000")
GOALS: tuple[Row, ...] = (
    ("plain query p50 / tantivy", (0.6, 0.45, 0.45, 0.45), _over("plain", OURS, TANTIVY, "p50"), False),
    ("… / tantivy, term queries", (None,) * 4, _over("plain", OURS, TERMS, "p50"), False),
    ("after 10 ms of rest, p50 / tantivy", (0.7, 0.6, 0.7, None), _over("idle", OURS, TANTIVY, "p50"), False),
    ("function words only, p95 / tantivy", (0.7, 0.45, 0.45, 0.6), _over("stop", OURS, TANTIVY, "p95"), False),
    ("full query p50 / tantivy's plain query", (None, None, 3, 3), _over("plain", FULL, TANTIVY, "p50"), False),
    ("times as fast as rank_bm25", (30, 250, 350, 450), lambda f: f["speedup"], True),
    ("build / rank_bm25's fit", (1, 0.6, 0.6, 0.6), lambda f: f["build"][OURS] / f["build"][STOCK], False),
    ("memory / rank_bm25", (None, 0.9, 0.6, 0.45), lambda f: f["memory"][OURS] / f["memory"][STOCK], False),
    ("load and first answer / rank_bm25's pickle", (None, None, None, 0.03), lambda f: f["load"]["seconds"][OURS] / f["load"]["seconds"][STOCK], False),
)  # fmt: skip


def standing(runs: list[str]) -> list[str]:
    """Return the runs, oldest first, that something in the tables is still from."""
    kept: list[str] = []
    later: set[tuple[str, str]] = set()
    for run in reversed(runs):
        sizes, parts = (
            re.findall(rf'BENCH_{name}="([^"]*)"', run)[0] for name in ("SIZES", "PARTS")
        )
        measured = {
            ("" if part in ("start", "updates") else size, part)  # these have no size
            for size in sizes.split() or [""]
            for part in parts.split(",")
        }
        if measured - later:
            kept.append(run)
        later |= measured
    return kept[::-1]


def tables(stored: dict[str, Any]) -> str:
    sizes = [s for s in SIZES if s in stored["sizes"]] + sorted(stored["sizes"].keys() - set(SIZES), key=int)  # fmt: skip
    lines = ["Measured by the last of these that names the part:", "", *(f"- {run}" for run in stored.get("runs", ())), "", "| ratio (goal) | " + " | ".join(f"{int(s):,}" for s in sizes) + " |", "|---|" + "--:|" * len(sizes)]  # fmt: skip
    for name, goals, figure, more in GOALS:
        cells = []
        for size in sizes:
            goal = dict(zip(SIZES, goals, strict=True)).get(size)
            try:
                value = figure(stored["sizes"][size])
            except (KeyError, ZeroDivisionError):
                cells.append("")
                continue
            met = goal is None or (value >= goal if more else value <= goal)
            shown = f"{value:.0f}" if more else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"
            sign = "≥" if more else "≤"
            cells.append(("" if met else "**") + shown + ("" if met else "**") + (f" ({sign} {goal})" if goal else ""))  # fmt: skip
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines += ["", "Bold: the goal is missed."]
    for size in sizes:
        lines += ["", *_engines(size, stored["sizes"][size])]
    if "start" in stored:
        s = stored["start"]
        lines += ["", f"`loftebot ask` from a saved index takes {s['ratio']:.2f} times as long as importing what it depends on and opening its dictionaries (goal 1.5), {s['to_imports']:.2f} times as long as the imports alone; median of {s['runs']} each in turn."]  # fmt: skip
    runs = {"": stored.get("updates"), **stored.get("e2e", {})}
    lines += _end_to_end([run for run in runs.values() if run and "timed_ms" in run])
    if "dense" in stored:
        lines += ["", "### Sentence vectors", "", *dense.lines(stored["dense"])]
    return "\n".join(lines)


def _end_to_end(runs: list[dict[str, Any]]) -> list[str]:
    if not runs:
        return []
    runs = sorted(runs, key=lambda run: run["pledges"])
    lines = [
        "", "### The real process against a fake Telegram, no encoder", "",
        "`ms` is processor time of an answered update, of which one core can answer `a second`; `× 30` is that over Telegram's limit (goal 15). Times are from message to answer.",
        "", "| pledges | ms | a second | × 30 | p50 ms | p95 ms | longest time without an answer ms | first start and answer s |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|",
        *(
            f"| {r['pledges']:,} | {r['ms']:.2f} | {r['a_second']:.0f} | {r['a_second'] / 30:.1f} | {r['p50_ms']:.0f} | {r['p95_ms']:.0f} | {r['longest_gap_ms']:.0f} | {r['start_s']:.1f} |"
            for r in runs
        ),
        "", "Where it goes, by stopwatches in a second run (they cost something themselves), ms an update:",
        "", "| part | " + " | ".join(f"{r['pledges']:,}" for r in runs) + " |", "|---|" + "--:|" * len(runs),
    ]  # fmt: skip
    for part in dict.fromkeys(part for run in runs for part in run["split"]):
        lines.append(f"| {part} | " + " | ".join(f"{r['split'].get(part, 0):.2f}" for r in runs) + " |")  # fmt: skip
    return [*lines, "| all | " + " | ".join(f"{r['timed_ms']:.2f}" for r in runs) + " |"]


def _engines(size: str, figures: dict[str, Any]) -> list[str]:
    lines = [
        f"### {int(size):,} documents", "",
        "| engine | p50 µs | p95 µs | after rest p50 | function words p50 | p95 | build s | MB |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]  # fmt: skip
    names = dict.fromkeys(n for part in ("plain", "build", "memory") for n in figures.get(part, ()))
    for name in names:
        cells = [
            figures.get(part, {}).get(name, {}).get(figure)
            for part, figure in (("plain", "p50"), ("plain", "p95"), ("idle", "p50"), ("stop", "p50"), ("stop", "p95"))
        ]  # fmt: skip
        shown = ["" if c is None else f"{c:,.1f}" if c < 100 else f"{c:,.0f}" for c in cells]
        build, memory = (figures.get(part, {}).get(name) for part in ("build", "memory"))
        shown += [
            "" if build is None else f"{build:.2f}",
            "" if memory is None else f"{memory:.0f}",
        ]
        lines.append(f"| {name} | " + " | ".join(shown) + " |")
    return lines


def write(stored: dict[str, Any]) -> None:
    """Write the figures, the table between its marks, and the plot."""
    FIGURES.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    before, _, rest = text.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    picture = f"\n\n![p50 by size]({PLOT.name})" if _plot(stored) else ""
    body = "\n".join((MARKS[0], "", tables(stored) + picture, "", MARKS[1]))
    PAGE.write_text(before + body + (after or "\n"), encoding="utf-8")


def _plot(stored: dict[str, Any]) -> bool:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    sizes = sorted(int(s) for s in stored["sizes"] if "plain" in stored["sizes"][s])
    if not sizes:
        return False
    names = dict.fromkeys(n for s in sizes for n in stored["sizes"][str(s)]["plain"])
    figure, axes = plt.subplots(figsize=(7, 4.5))
    for name in names:
        points = [(s, p["p50"]) for s in sizes if (p := stored["sizes"][str(s)]["plain"].get(name))]
        axes.plot(
            *zip(*points, strict=True), marker="o", label=name, lw=2 if "løfte" in name else 1
        )
    axes.set(xscale="log", yscale="log", xlabel="documents", ylabel="p50, µs")
    axes.grid(alpha=0.3, which="both", axis="y")
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(PLOT, dpi=110)
    plt.close(figure)
    return True
