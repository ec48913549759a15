"""Pictures of the decision for docs/relevance.md. Needs matplotlib, from the development lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "loftebot"  # the same figures make the same file
from matplotlib import pyplot as plt  # noqa: E402  # the backend must be chosen first

BINS = 10


def draw(
    folder: Path, answerable: Sequence[bool], probabilities: Mapping[str, NDArray[np.float64]]
) -> None:
    """Draw ``trade-off.svg`` and ``reliability.svg`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    y = np.asarray(answerable)
    _trade_off(folder / "trade-off.svg", y, probabilities)
    _reliability(folder / "reliability.svg", y, probabilities)


def _trade_off(
    path: Path, y: NDArray[np.bool_], probabilities: Mapping[str, NDArray[np.float64]]
) -> None:
    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    for name, p in probabilities.items():
        thresholds = np.unique(p)
        false_answers = [(p[~y] >= t).mean() for t in thresholds]
        refusals = [(p[y] < t).mean() for t in thresholds]
        axes.plot(false_answers, refusals, label=name)
    axes.axvline(0.10, color="0.7", linewidth=1)
    axes.axhline(0.06, color="0.7", linewidth=1)
    axes.set(
        xlim=(0, 0.4),
        ylim=(0, 0.4),
        xlabel="unanswerable questions that are answered",
        ylabel="answerable questions that are refused",
        title="Answering too much against refusing too much",
    )
    axes.legend()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _reliability(
    path: Path, y: NDArray[np.bool_], probabilities: Mapping[str, NDArray[np.float64]]
) -> None:
    figure, axes = plt.subplots(figsize=(5, 4), layout="constrained")
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for name, p in probabilities.items():
        bins = np.minimum((p * BINS).astype(int), BINS - 1)
        points = [
            (p[bins == b].mean(), y[bins == b].mean()) for b in range(BINS) if (bins == b).any()
        ]
        axes.plot(*zip(*points, strict=True), marker="o", label=name)
    axes.set(
        xlabel="probability that the programmes answer",
        ylabel="share that they do answer",
        title="Reliability of the probability",
    )
    axes.legend()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
