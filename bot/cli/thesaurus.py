"""`loftebot thesaurus`: where a voter's word leads."""

from __future__ import annotations

import click

from bot.cli.common import FAILED, fail, settings_of, snapshot_of
from retrieval.build import Snapshot
from retrieval.corrections import CORRECTIONS, SECTION
from retrieval.lexicon import THESAURUS, ThesaurusLine


@click.command(
    epilog="""\b
Examples:
  loftebot thesaurus mormor
  loftebot thesaurus --line 120
"""
)
@click.argument("word", required=False)
@click.option("--line", type=int, help="The line of thesaurus.toml with this number.")
@click.option("--limit", default=8, show_default=True, help="Most pledges for each target.")
@click.pass_context
def thesaurus(ctx: click.Context, word: str | None, line: int | None, limit: int) -> None:
    """Show the lines that hold WORD, what WORD is searched as, and the pledges each target reaches."""
    if not word and line is None:
        raise click.UsageError("give a WORD or --line")
    settings = settings_of(ctx)
    snapshot = snapshot_of(settings, encoder=False)
    lines = [
        entry
        for entry in snapshot.lexicon.lines
        if entry.line == line or (word and word.lower() in entry.words)
    ]
    if word:
        question = snapshot.searcher.reader.read(word)
        for concept in question.concepts:
            click.echo(f"«{concept.word}» søkes som:")
            for variant in concept.variants:
                click.echo(f"  {variant.term:24} {variant.weight:.2f}  {variant.source}")
    for entry in lines:
        _show(snapshot, entry, limit)
    if not lines:
        fail(f"ingen linje i thesaurus.toml har «{word or line}»", FAILED)


def _show(snapshot: Snapshot, entry: ThesaurusLine, limit: int) -> None:
    file = CORRECTIONS if entry.section == SECTION else THESAURUS
    click.echo(
        f"\n{file}:{entry.line} [{entry.section}] {', '.join(entry.words)} → {', '.join(entry.to)}"
    )
    click.echo(f"  grunn: {entry.why}")
    index = snapshot.searcher.fields.text
    for target in entry.to:
        terms = [
            v.term
            for c in snapshot.searcher.reader.read(target).concepts
            for v in c.variants
            if v.source == "word"
        ]
        reached = sorted(
            {int(d) for t in terms if (p := index.posting(t)) is not None for d in p.documents}
        )
        click.echo(f"  {target}: {len(reached)} løfter")
        for number in reached[:limit]:
            pledge = snapshot.corpus.pledges[number]
            click.echo(f"    {pledge.municipality} {pledge.period or '–'}: {pledge.quote[:90]}")
