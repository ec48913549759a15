"""`loftebot ask`: one question, or one a line, answered in the terminal or as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import click

from bot.answering import Answer, AnswerPolicy, answer
from bot.cli.common import BAD_USE, FAILED, fail, policy_of, settings_of, snapshot_of
from bot.config import Settings
from bot.rendering import render_text
from bot.texts import texts_for
from retrieval.build import Snapshot


@click.command(
    epilog="""\b
Examples:
  loftebot ask "Hva mener dere om søndagsåpne butikker?"
  loftebot ask --municipality Lørenskog "lærlinger"
  loftebot ask --json --explain "skolemat"
  loftebot ask --json - < questions.txt       # one question a line, one object a line
"""
)
@click.argument("question")
@click.option("-m", "--municipality", metavar="M", help="Only this municipality's programmes.")
@click.option("--limit", type=click.IntRange(1, 50), help="Most quotes; default from the settings.")
@click.option("--language", type=click.Choice(["nb", "nn", "en"]), default="nb", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--explain", is_flag=True, help="With --json: why this answer.")
@click.option("--no-encoder", is_flag=True, help="BM25 alone.")
@click.pass_context
def ask(
    ctx: click.Context,
    question: str,
    municipality: str | None,
    limit: int | None,
    language: str,
    *,
    as_json: bool,
    explain: bool,
    no_encoder: bool,
) -> None:
    """Answer QUESTION with quotes; «-» reads one question a line from standard input.

    Exit code 1 when a single question finds nothing.
    """
    settings = settings_of(ctx)
    snapshot = snapshot_of(settings, encoder=False if no_encoder else None)
    policy = policy_of(settings)
    if limit:
        policy = replace(policy, max_quotes=limit)
    if municipality:
        known = {name.lower(): name for name in snapshot.corpus.municipalities}
        if municipality.lower() not in known:
            fail(f"ukjent kommune «{municipality}»; kjente: {', '.join(known.values())}", BAD_USE)
        municipality = known[municipality.lower()]
    found = True
    for text in _questions(question):
        started = time.perf_counter()
        got = answer(
            text, snapshot.searcher, policy, municipality=municipality, language=language,
            fingerprint=snapshot.fingerprint,
        )  # fmt: skip
        ms = (time.perf_counter() - started) * 1000
        message = _message(got, settings, snapshot)
        if as_json:
            click.echo(json.dumps(as_object(got, message, ms, explain=explain), ensure_ascii=False))
            sys.stdout.flush()
        else:
            click.echo(message)
        found = bool(got.hits) or bool(got.fixed)
    if question != "-" and not found:
        raise SystemExit(FAILED)


def _questions(question: str) -> Iterator[str]:
    if question != "-":
        yield question
        return
    for line in sys.stdin:
        yield line.rstrip("\r\n")


def _message(got: Answer, settings: Settings, snapshot: Snapshot) -> str:
    return render_text(
        got, texts_for(got.language), party=settings.party_name, this_year=snapshot.this_year
    )


def as_object(got: Answer, message: str, ms: float, *, explain: bool) -> dict[str, object]:
    """Return the JSON object of an answer; ``hits`` are what a voter would see, best first."""
    shown: dict[str, object] = {
        "question": got.question,
        "outcome": got.outcome.value,
        "message": message,
        "municipality": got.municipality,
        "hits": [
            {
                "id": hit.pledge.id,
                "quote": hit.pledge.quote,
                "party": hit.pledge.programme.party,
                "municipality": hit.pledge.municipality,
                "period": hit.pledge.period or None,
                "headings": list(hit.pledge.headings),
                "lead_in": hit.pledge.lead_in or None,
                "parent": hit.pledge.parent or None,
                "kind": hit.pledge.kind,
                "source": hit.pledge.programme.file,
                "score": round(hit.score, 4),
            }
            for hit in got.hits
        ],
        "elapsed_ms": round(ms, 2),
    }
    if explain:
        shown["reason"] = got.reason.value
        shown["fixed"] = got.fixed or None
        shown["evidence"] = dict(got.evidence)
        shown["matched"] = {hit.pledge.id: list(hit.matched) for hit in got.hits}
    return shown


__all__ = ["AnswerPolicy", "as_object", "ask"]
