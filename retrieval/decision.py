"""Evidence to a probability that the programmes answer the question, and thresholds on it.

A logistic model of few, named numbers. It is fitted by ``loftebot calibrate`` and stands in
``seeds/decision.toml`` with the date, the data and the rates to expect.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.evidence import NAMES, Evidence

DECISION = "decision.toml"


class DecisionError(Exception):
    """The numbers are missing or faulty. Attributes as ``CorpusError``'s."""

    def __init__(self, path: Path, line: int, fault: str, **values: object) -> None:
        self.path, self.line, self.fault, self.values = path, line, fault, values
        super().__init__(f"{path}: {fault} {values}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A logistic model.

    Attributes:
        intercept: Log-odds at mean evidence.
        weights: Log-odds per standard deviation of each number.
        means: Of each number over the fitted questions.
        spreads: Standard deviations, > 0.
        hit: Probability from which an answer is shown as it is.
        weak: Probability from which it is shown with a reservation, <= ``hit``.
    """

    intercept: float
    weights: Mapping[str, float]
    means: Mapping[str, float]
    spreads: Mapping[str, float]
    hit: float
    weak: float

    def probability(self, evidence: Evidence) -> float:
        """Return how likely it is, 0 to 1, that the programmes answer the question."""
        score = self.intercept + sum(
            self.weights[name] * (getattr(evidence, name) - self.means[name]) / self.spreads[name]
            for name in NAMES
        )
        return float(1.0 / (1.0 + np.exp(-np.clip(score, -40, 40))))

    def reasons(self, evidence: Evidence, most: int = 5) -> list[tuple[str, float]]:
        """Return what spoke loudest for (> 0) and against, in log-odds."""
        parts = [
            (
                name,
                self.weights[name]
                * (getattr(evidence, name) - self.means[name])
                / self.spreads[name],
            )
            for name in NAMES
        ]
        parts.sort(key=lambda part: -abs(part[1]))
        return [(name, round(value, 2)) for name, value in parts[:most]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Two models: with a sentence encoder, and for the lexical half alone."""

    semantic: Model
    lexical: Model
    provenance: Mapping[str, object] = field(default_factory=dict)


def read_decision(folder: Path) -> Decision:
    """Read the fitted numbers of a corpus folder.

    Raises:
        DecisionError: If the file is missing, not TOML, or lacks a number.
    """
    path = folder / DECISION
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise DecisionError(path, 0, "unreadable", reason=exc.strerror) from exc
    try:
        data = tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as exc:
        raise DecisionError(path, raw[: exc.start].count(b"\n") + 1, "not_utf8") from exc
    except tomllib.TOMLDecodeError as exc:
        found = re.search(r"line (\d{1,9})", str(exc))
        raise DecisionError(
            path, int(found[1]) if found else 1, "not_toml", reason=str(exc)
        ) from exc
    return Decision(
        semantic=_model(path, data, "semantic"),
        lexical=_model(path, data, "lexical"),
        provenance=data.get("provenance", {}),
    )


def _model(path: Path, data: Mapping[str, object], name: str) -> Model:
    try:
        table = data[name]
        assert isinstance(table, dict)
        rows = table["evidence"]
        model = Model(
            intercept=float(table["intercept"]),
            weights={key: float(rows[key][0]) for key in NAMES},
            means={key: float(rows[key][1]) for key in NAMES},
            spreads={key: float(rows[key][2]) for key in NAMES},
            hit=float(table["hit"]),
            weak=float(table["weak"]),
        )
        _check(model)
    except (KeyError, TypeError, ValueError, IndexError, AssertionError) as exc:
        raise DecisionError(path, 0, "decision", model=name, reason=str(exc)) from exc
    return model


def _check(model: Model) -> None:
    numbers = (model.intercept, *model.weights.values(), *model.means.values())
    if not np.isfinite(numbers).all():
        raise ValueError("not finite")
    if not all(0 < spread < np.inf for spread in model.spreads.values()):
        raise ValueError("spread <= 0")
    if not 0 <= model.weak <= model.hit <= 1.01:  # above 1: never
        raise ValueError("0 <= weak <= hit <= 1")


# ---- fitting


def fit(
    rows: Sequence[Evidence],
    answerable: NDArray[np.bool_],
    importance: NDArray[np.float64],
    ridge: float,
) -> tuple[float, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Fit by Newton's method; returns (intercept, weights, means, spreads).

    Args:
        importance: Weight of each question, to make the class mix what is expected in service.
        ridge: Penalty on the squared weights, > 0; the intercept is free.
    """
    x = np.stack([row.vector() for row in rows])
    y = np.asarray(answerable, float)
    w = np.asarray(importance, float)
    means = x.mean(axis=0)
    spreads = np.where(x.std(axis=0) > 1e-9, x.std(axis=0), 1.0)
    z = np.c_[np.ones(len(x)), (x - means) / spreads]
    beta = np.zeros(z.shape[1])
    penalty = np.eye(len(beta)) * ridge
    penalty[0, 0] = 0.0
    for _ in range(100):
        p = 1 / (1 + np.exp(-np.clip(z @ beta, -40, 40)))
        gradient = z.T @ (w * (y - p)) - penalty @ beta
        hessian = (z * (w * p * (1 - p))[:, None]).T @ z + penalty + 1e-9 * np.eye(len(beta))
        step = np.linalg.solve(hessian, gradient)
        beta += step
        if float(np.abs(step).max()) < 1e-8:
            break
    return float(beta[0]), beta[1:], means, spreads
