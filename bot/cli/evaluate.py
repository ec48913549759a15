"""`loftebot evaluate`: relevance and outcomes on a file of judged questions."""

from __future__ import annotations

import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from bot import corrections
from bot.answering import Outcome, answer
from bot.cli.common import BAD_USE, FAILED, bar, fail, faults, policy_of, settings_of
from bot.config import Settings
from bot.setup import encoder_of, options_of
from retrieval.build import Options, Snapshot, build
from retrieval.corpus import read_corpus
from retrieval.evaluation import (
    MISSING,
    Judged,
    QuestionFileError,
    Table,
    measure,
    qrels,
    read_questions,
)
from retrieval.question import Switches
from retrieval.semantic import VectorStore

DEPTH = 10


@click.command(
    epilog="""\b
Examples:
  loftebot evaluate tests/data/questions.jsonl
  loftebot evaluate tests/data/questions.jsonl --no-encoder --no-examples
  loftebot evaluate tests/data/questions.jsonl --ablate
  loftebot evaluate tests/data/questions.jsonl --floor tests/data/floor.toml
"""
)
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--no-encoder", is_flag=True, help="The lexical half alone.")
@click.option(
    "--no-examples", is_flag=True, help="As for a new programme without example questions."
)
@click.option(
    "--without",
    default="",
    metavar="NAME",
    help="Leave out a municipality or a heading: its questions must become silence.",
)
@click.option("--ablate", is_flag=True, help="Also turn each part off in turn.")
@click.option("--json", "as_json", is_flag=True, help="The tables as one JSON object.")
@click.option(
    "--floor",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML of lowest nDCG@5 by group; exit code 1 below one.",
)
@click.pass_context
def evaluate(
    ctx: click.Context,
    files: tuple[Path, ...],
    floor: Path | None,
    without: str,
    *,
    no_encoder: bool,
    no_examples: bool,
    ablate: bool,
    as_json: bool,
) -> None:
    """Print nDCG@5, MRR, Recall@5 and outcome rates for FILES, by class and split.

    Ranking figures ignore outcomes. nDCG@5 counts every judged text, also those that are no pledges
    here; «held» only those that are. Needs the extra [evaluate].
    """
    settings = settings_of(ctx)
    try:
        questions = [question for file in files for question in read_questions(file)]
    except QuestionFileError as exc:
        fail(str(exc), BAD_USE)
    store = VectorStore(384)
    options = replace(options_of(settings), with_examples=not no_examples, without=without)
    with faults():
        snapshot = build(
            settings.seeds, None if no_encoder else encoder_of(settings), store, options, bar
        )
    if without:
        questions = orphaned(settings, snapshot, questions)
        click.echo(f"{len(questions)} spørsmål har bare svar i det som er tatt ut («{without}»)")
        _print_outcomes(outcomes(snapshot, questions, settings))
        return
    table = ranking(snapshot, questions)
    rates = outcomes(snapshot, questions, settings)
    checks = () if no_examples else corrections.check(snapshot, policy_of(settings))
    if as_json:
        click.echo(json.dumps(_as_json(table, rates, checks), ensure_ascii=False))
    else:
        _print_ranking(table)
        _print_outcomes(rates)
        _print_corrections(checks)
    if ablate:
        _ablate(settings, questions, store, options, use_encoder=not no_encoder)
    if floor:
        _check_floor(table, floor)
        _check_corrections(checks)


def ranking(snapshot: Snapshot, questions: list[Judged]) -> Table:
    """Rank every answerable question and measure it."""
    rels = qrels([q for q in questions if q.answerable], snapshot.corpus.pledges)
    run = {}
    for question in questions:
        if question.answerable:
            read = snapshot.searcher.reader.read(question.question)
            hits = snapshot.searcher.search(read, municipalities=read.municipalities, limit=DEPTH)
            run[question.qid] = [hit.pledge.id for hit in hits]
    values = measure(rels, run)
    table = Table()
    table.groups = {"all": []}
    for key in ("split", "cls"):
        for question in sorted(questions, key=lambda q: getattr(q, key)):
            if question.qid in values:
                table.add(getattr(question, key), values[question.qid])
                if key == "split":
                    table.add("all", values[question.qid])
    return table


def outcomes(
    snapshot: Snapshot, questions: list[Judged], settings: Settings
) -> dict[str, Counter[str]]:
    """Count the outcomes of answerable and unanswerable questions, by split and class."""
    policy = policy_of(settings)
    rels = qrels(questions, snapshot.corpus.pledges)
    rates: dict[str, Counter[str]] = defaultdict(Counter)
    for question in questions:
        got = answer(question.question, snapshot.searcher, policy)
        if question.answerable and got.outcome is Outcome.HIT:
            grade = rels[question.qid].get(got.hits[0].pledge.id, 0)
            rates["answerable"]["good first quote"] += grade >= 2
        side = "answerable" if question.answerable else "unanswerable"
        for group in (side, f"{side} {question.split}", f"{side} {question.cls}"):
            rates[group][got.outcome.value] += 1
    return dict(rates)


def orphaned(settings: Settings, snapshot: Snapshot, questions: list[Judged]) -> list[Judged]:
    """Return the questions that lost every pledge of grade 2 or 3, as unanswerable ones."""
    everything = read_corpus(settings.seeds).pledges
    present = {pledge.id for pledge in snapshot.corpus.pledges}
    rels = qrels(questions, everything)
    return [
        replace(question, answerable=False)
        for question in questions
        if (good := [name for name, grade in rels[question.qid].items() if grade >= 2])
        and not any(name in present or name.startswith(MISSING) for name in good)
    ]


def _print_ranking(table: Table) -> None:
    click.echo(f"{'':32} {'n':>5} {'nDCG@5':>7} {'held':>7} {'MRR':>6} {'R@5':>6}")
    for name, figures in table.rows():
        click.echo(
            f"{name:32} {figures.questions:5} {figures.ndcg:7.4f} {figures.ndcg_held:7.4f} "
            f"{figures.mrr:6.3f} {figures.recall:6.3f}"
        )


def _print_outcomes(rates: dict[str, Counter[str]]) -> None:
    click.echo(f"\n{'outcomes, %':44} {'n':>5}" + "".join(f"{o.value:>7}" for o in Outcome))
    for name, counts in rates.items():
        n = sum(counts[o.value] for o in Outcome)
        shares = "".join(f"{100 * counts[o.value] / n:7.1f}" for o in Outcome)
        click.echo(f"{name:44} {n:5}{shares}")
        if counts["good first quote"]:
            share = 100 * counts["good first quote"] / n
            click.echo(f"{'  a clear hit with a grade 2 or 3 quote first':44} {'':5}{share:7.1f}")


def _print_corrections(checks: Sequence[corrections.Checked]) -> None:
    works, judged = corrections.passed(checks)
    click.echo(f"\ncorrections {works}/{judged}")
    for checked in checks:
        if not checked.works:
            why = "moot" if checked.moot else "FAILED"
            click.echo(f"  {why}  line {checked.entry.line}: {checked.asks}")


def _check_corrections(checks: Sequence[corrections.Checked]) -> None:
    works, judged = corrections.passed(checks)
    if works < judged:
        fail(f"{judged - works} rettelser virker ikke. Se: loftebot corrections", FAILED)


def _as_json(
    table: Table, rates: dict[str, Counter[str]], checks: Sequence[corrections.Checked]
) -> dict[str, object]:
    works, judged = corrections.passed(checks)
    return {
        "corrections": {"passed": works, "of": judged},
        "ranking": {
            name: {
                "n": f.questions,
                "ndcg5": f.ndcg,
                "ndcg5_held": f.ndcg_held,
                "mrr": f.mrr,
                "recall5": f.recall,
            }
            for name, f in table.rows()
        },
        "outcomes": {name: dict(counts) for name, counts in rates.items()},
    }


def ablations(options: Options) -> list[tuple[str, Options]]:
    """Return each part's name and the options without it."""
    off = [
        (f"without {name}", replace(options, switches=replace(Switches(), **{name: False})))
        for name in Switches.__dataclass_fields__
    ]
    weights = [
        (f"without {name}", replace(options, weights=replace(options.weights, **{name: 0.0})))
        for name in options.weights.__dataclass_fields__
    ]
    return [
        ("full", options),
        *off,
        *weights,
        ("without example questions", replace(options, with_examples=False)),
        ("BM25 k1 1.5 b .75", replace(options, k1=1.5, b=0.75)),
    ]


def _ablate(
    settings: Settings,
    questions: list[Judged],
    store: VectorStore,
    options: Options,
    *,
    use_encoder: bool,
) -> None:
    encoder = encoder_of(settings) if use_encoder else None
    full: dict[str, float] = {}
    click.echo(
        f"\n{'nDCG@5, change':32}" + "".join(f"{s:>9}" for s in ("all", "dev", "fresh", "fresh2"))
    )
    for name, changed in ablations(options):
        table = ranking(build(settings.seeds, encoder, store, changed), questions)
        row = {group: figures.ndcg for group, figures in table.rows()}
        full = full or row
        cells = "".join(
            f"{row[s] - (0 if name == 'full' else full[s]):+9.4f}"
            for s in ("all", "dev", "fresh", "fresh2")
            if s in row
        )
        click.echo(f"{name:32}{cells}")


def _check_floor(table: Table, path: Path) -> None:
    floors = tomllib.loads(path.read_text(encoding="utf-8")).get("ndcg5", {})
    rows = dict(table.rows())
    low = [
        f"{name}: {rows[name].ndcg:.4f} < {floor}"
        for name, floor in floors.items()
        if name in rows and rows[name].ndcg < floor
    ]
    if low:
        fail("nDCG@5 under gulvet: " + "; ".join(low), FAILED)
