"""`loftebot calibrate`: fit the numbers that decide between answer, reservation and silence."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from bot.cli.common import BAD_USE, bar, fail, faults, settings_of
from bot.setup import encoder_of, options_of
from retrieval.build import Snapshot, build
from retrieval.decision import DECISION, fit
from retrieval.evaluation import Judged, QuestionFileError, read_questions
from retrieval.evidence import NAMES, Evidence
from retrieval.gathering import gather
from retrieval.semantic import VectorStore

FOLDS = 10
RIDGE = 3.0
# Rates that the two thresholds are set for, over unanswerable questions as they come in service.
HIT_RATE, WEAK_RATE = 0.02, 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A judged question with its evidence; None where a rule decides before any evidence."""

    judged: Judged
    evidence: Evidence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """One model as fitted, with what to expect of it."""

    intercept: float
    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    spreads: NDArray[np.float64]
    hit: float
    weak: float
    probabilities: NDArray[np.float64]
    """Cross-validated, one a sample; 0 where a rule decided."""


@click.command(
    epilog="""\b
Examples:
  loftebot calibrate tests/data/questions.jsonl tests/data/judged.jsonl
  loftebot calibrate --skip-split shortkept tests/data/{questions,judged,short}.jsonl
"""
)
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--skip-split", multiple=True, metavar="SPLIT", help="Leave these questions out.")
@click.option(
    "--pictures", type=click.Path(file_okay=False, path_type=Path), help="Draw the curves here."
)
@click.option("--dry-run", is_flag=True, help="Print, write nothing.")
@click.pass_context
def calibrate(
    ctx: click.Context,
    files: Sequence[Path],
    skip_split: Sequence[str],
    pictures: Path | None,
    *,
    dry_run: bool,
) -> None:
    """Refit the decision from judged FILES, by ten-fold cross-validation.

    Writes seeds/decision.toml with date, data hash and expected rates.
    """
    settings = settings_of(ctx)
    try:
        judged = [q for file in files for q in read_questions(file) if q.split not in skip_split]
    except QuestionFileError as exc:
        fail(str(exc), BAD_USE)
    if not any(q.answerable for q in judged) or all(q.answerable for q in judged):
        fail("trenger både spørsmål med og uten svar", BAD_USE)
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    options = replace(options_of(settings), with_decision=False)
    fitted: dict[str, Fitted] = {}
    for name in ("semantic", "lexical"):
        encoder = encoder_of(settings) if name == "semantic" else None
        if name == "semantic" and encoder is None:
            fail("trenger setningskoderen for å tilpasse begge modellene", BAD_USE)
        with faults():
            snapshot = build(settings.seeds, encoder, VectorStore(384), options, bar)
        samples = [sample(snapshot, question) for question in judged]
        fitted[name] = fit_model(samples)
        click.echo(f"{name}: " + summary(samples, fitted[name]))
    if pictures:
        from bot.cli.pictures import draw  # noqa: PLC0415  # matplotlib is for those who document

        draw(
            pictures,
            [q.answerable for q in judged],
            {k: v.probabilities for k, v in fitted.items()},
        )
    if not dry_run:
        path = settings.seeds / DECISION
        path.write_text(as_toml(fitted, judged, digest, files), encoding="utf-8")
        click.echo(f"skrevet: {path}")


def sample(snapshot: Snapshot, judged: Judged) -> Sample:
    """Gather the evidence of one question, or None where a rule answers before it is looked at."""
    searcher = snapshot.searcher
    question = searcher.reader.read(judged.question)
    pattern = searcher.topics.tree.matching(judged.question) if searcher.topics else None
    if question.other_parties or question.other_municipalities or question.is_empty or pattern:
        return Sample(judged=judged, evidence=None)
    scores = searcher.score(question)
    found = gather(searcher, question, scores, question.municipalities)
    return Sample(judged=judged, evidence=found)


def fit_model(samples: Sequence[Sample]) -> Fitted:
    """Fit on all samples; thresholds and rates come from the folds each was left out of."""
    known = [i for i, s in enumerate(samples) if s.evidence is not None]
    rows = [e for i in known if (e := samples[i].evidence) is not None]
    y = np.asarray([samples[i].judged.answerable for i in known])
    # Both sides weigh the same, whatever the files' mix.
    importance = np.where(y, 0.5 / max(y.mean(), 1e-9), 0.5 / max(1 - y.mean(), 1e-9))
    fold = np.random.default_rng(0).permutation(len(known)) % FOLDS
    held = np.zeros(len(known))
    x = np.stack([row.vector() for row in rows])
    for k in range(FOLDS):
        train = np.flatnonzero(fold != k)
        b0, b, means, spreads = fit([rows[i] for i in train], y[train], importance[train], RIDGE)
        held[fold == k] = _probability(x[fold == k], b0, b, means, spreads)
    probabilities = np.zeros(len(samples))
    probabilities[known] = held
    intercept, weights, means, spreads = fit(rows, y, importance, RIDGE)
    silent = np.sort(probabilities[[not s.judged.answerable for s in samples]])[::-1]
    return Fitted(
        intercept=intercept, weights=weights, means=means, spreads=spreads,
        hit=_threshold(silent, HIT_RATE), weak=_threshold(silent, WEAK_RATE),
        probabilities=probabilities,
    )  # fmt: skip


def _probability(
    x: NDArray[np.float64],
    intercept: float,
    weights: NDArray[np.float64],
    means: NDArray[np.float64],
    spreads: NDArray[np.float64],
) -> NDArray[np.float64]:
    return np.asarray(
        1 / (1 + np.exp(-np.clip(intercept + ((x - means) / spreads) @ weights, -40, 40)))
    )


def _threshold(descending: NDArray[np.float64], rate: float) -> float:
    """Return the lowest threshold that at most ``rate`` of the unanswerable reach."""
    k = int(rate * len(descending))
    return round(float(np.nextafter(descending[k], 1.0)) + 1e-4, 4) if k < len(descending) else 0.0


def auroc(answerable: Sequence[bool], probabilities: NDArray[np.float64]) -> float:
    """Return the chance that an answerable question has the higher probability; ties count half.

    >>> round(auroc([True, True, False], np.array([0.9, 0.2, 0.3])), 2)
    0.5
    """
    y = np.asarray(answerable)
    higher = probabilities[y][:, None] - probabilities[~y][None, :]
    return float(((higher > 0) + 0.5 * (higher == 0)).mean())


def summary(samples: Sequence[Sample], fitted: Fitted) -> str:
    """Return the expected rates in one line."""
    y = np.asarray([s.judged.answerable for s in samples])
    p = fitted.probabilities
    return (
        f"AUROC {auroc(list(y), p):.3f}; terskler {fitted.hit:.3f}/{fitted.weak:.3f}; "
        f"uten svar vist som treff {(p[~y] >= fitted.hit).mean():.1%}, "
        f"vist i det hele {(p[~y] >= fitted.weak).mean():.1%}; "
        f"med svar avvist {(p[y] < fitted.weak).mean():.1%}, "
        f"klart treff {(p[y] >= fitted.hit).mean():.1%}"
    )


def as_toml(
    fitted: dict[str, Fitted], judged: Sequence[Judged], digest: str, files: Sequence[Path]
) -> str:
    """Return the data file: the numbers, and where they come from."""
    n = sum(q.answerable for q in judged)
    lines = [
        "# Fitted by `loftebot calibrate`; do not edit by hand.",
        "# evidence: [log-odds per spread, mean, spread]",
        "[provenance]",
        f'date = "{datetime.now(tz=UTC).date().isoformat()}"',
        f"files = [{', '.join(chr(34) + f.name + chr(34) for f in files)}]",
        f'data = "{digest}"',
        f"answerable = {n}",
        f"unanswerable = {len(judged) - n}",
    ]
    y = np.asarray([q.answerable for q in judged])
    for name, model in fitted.items():
        p = model.probabilities
        lines += [
            "",
            f"[{name}]",
            f"intercept = {model.intercept:.5f}",
            f"hit = {model.hit:.4f}",
            f"weak = {model.weak:.4f}",
            "# expected, cross-validated:",
            f"expected_auroc = {auroc(list(y), p):.4f}",
            f"expected_false_hits = {(p[~y] >= model.hit).mean():.4f}",
            f"expected_false_answers = {(p[~y] >= model.weak).mean():.4f}",
            f"expected_refusals = {(p[y] < model.weak).mean():.4f}",
            f"[{name}.evidence]",
        ]
        lines += [
            f"{key} = [{model.weights[i]:.5f}, {model.means[i]:.5f}, {model.spreads[i]:.5f}]"
            for i, key in enumerate(NAMES)
        ]
    return "\n".join(lines) + "\n"
