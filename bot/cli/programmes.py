"""`loftebot programmes`: programmes in, out, looked at and compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from bot import programmes as work
from bot.cli.common import BAD_USE, FAILED, bar, fail, faults, settings_of
from bot.config import Settings
from bot.texts import programmes as texts
from bot.texts.faults import explain
from retrieval.corpus import MANIFEST, Corpus, CorpusError, read_corpus
from retrieval.document import Pledge, Programme, Standing
from retrieval.layout import read_layout
from retrieval.mending import mend_file, read_mends
from retrieval.readers import Note, ReadError, Reading, read_file
from retrieval.review import LeftOut, review

SAMPLES = 5  # of each kind that are shown; --all shows every one


@dataclass(slots=True)
class _FileFault:
    """A ReadError with the file it is of, as `explain` wants it."""

    fault: str
    values: dict[str, object]
    path: Path
    line: int


@click.group(
    epilog="""\b
Examples:
  loftebot programmes add program.pdf --party "Asker Arbeiderparti" --municipality Asker --period 2027-2031
  loftebot programmes list
  loftebot programmes show asker-2027-program.txt
  loftebot programmes diff baerum-2019-program.txt baerum-2023-naeringspolitikk.txt
"""
)
def programmes() -> None:
    """Add, show, compare and remove programmes. A running bot changes only by /reload."""


@programmes.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--party", required=True, help="As it signs: «Asker Arbeiderparti».")
@click.option("-m", "--municipality", required=True, metavar="M", help="Where it holds.")
@click.option("--period", required=True, help="2027-2031, or «» where the programme states none.")
@click.option("--title", default="", help="Default: the first heading.")
@click.option("--url", default="", help="Where the party has published it.")
@click.option("--name", default="", help="Name of the files; default from place, year and title.")
@click.option("--replace", is_flag=True, help="Read a programme anew that is there already.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--all", "everything", is_flag=True, help="Show all that was left out.")
@click.option("--no-encoder", is_flag=True, help="Quicker: topics by words alone.")
@click.pass_context
def add(
    ctx: click.Context,
    file: Path,
    party: str,
    municipality: str,
    period: str,
    title: str,
    url: str,
    name: str,
    *,
    replace: bool,
    yes: bool,
    everything: bool,
    no_encoder: bool,
) -> None:
    """Read FILE (.pdf, .docx, .html, .md, .txt), show what was found, ask, and add it."""
    settings = settings_of(ctx)
    reading = _read(file)
    entry = work.make_entry(
        file, reading, name=name, party=party.strip(), municipality=municipality.strip(),
        period=period.strip(), title=title.strip() or _first_heading(reading.text) or file.stem,
        url=url.strip(), fetched=datetime.now(tz=UTC).date().isoformat(),
    )  # fmt: skip
    with work.copy_of(settings.seeds) as copy:
        with _faults_of(copy, settings.seeds):
            work.add(copy, entry, replace=replace)
            corpus = read_corpus(copy, settings.current_periods)
        _show(corpus, copy, entry.file, reading, everything=everything)
        _show_coverage(settings, copy, entry, encoder=settings.encoder and not no_encoder)
    question = (texts.ASK_REPLACE if replace else texts.ASK_ADD).format(file=entry.file)
    if not yes and not click.confirm(question, default=False, err=True):
        fail(texts.NOTHING_DONE, FAILED)
    with faults():
        work.add(settings.seeds, entry, replace=replace)
    click.echo(texts.ADDED.format(file=entry.file, manifest=settings.seeds / MANIFEST))


@programmes.command("list")
@click.pass_context
def list_(ctx: click.Context) -> None:
    """List the programmes: place, period, what it was received as, pledges, mends."""
    settings = settings_of(ctx)
    with faults():
        corpus = read_corpus(settings.seeds, settings.current_periods)
    counts = Counter(pledge.programme.file for pledge in corpus.pledges)
    year = settings.current_year or datetime.now(tz=UTC).year
    for programme in corpus.programmes:
        mends = len(read_mends(mend_file(settings.seeds, programme.file)))
        if programme.kind != "programme":
            click.echo(f"      {programme.file}  ({texts.OTHER})")
            continue
        click.echo(
            f"{counts[programme.file]:5}  {programme.file:44} {programme.municipality:14}"
            f" {programme.period or texts.NO_PERIOD:12} {_standing(programme, year):14}"
            f" {programme.received or '.txt'}"
            + (f"  {_mended(mends, programme.file)}" if mends else "")
        )  # fmt: skip


@programmes.command()
@click.argument("file")
@click.option("--all", "everything", is_flag=True, help="Show all that was left out.")
@click.pass_context
def show(ctx: click.Context, file: str, *, everything: bool) -> None:
    """Show the pledges of FILE by heading, and what is no pledge and why."""
    settings = settings_of(ctx)
    with faults():
        files = work.files_of(settings.seeds, file)
        corpus = read_corpus(settings.seeds, settings.current_periods)
    received = next((p for p in files if p.suffix not in (".txt", ".toml")), None)
    reading = _read(received) if received else None
    _show(corpus, settings.seeds, file, reading, everything=everything, pledges=True)


@programmes.command()
@click.argument("file")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def remove(ctx: click.Context, file: str, *, yes: bool) -> None:
    """Take FILE out of the corpus, and delete its files."""
    settings = settings_of(ctx)
    with faults():
        doomed = work.files_of(settings.seeds, file)
    others = ", ".join(p.name for p in doomed[1:]) or MANIFEST
    if not yes and not click.confirm(
        texts.ASK_REMOVE.format(file=file, others=others), default=False, err=True
    ):
        fail(texts.NOTHING_DONE, FAILED)
    with work.copy_of(settings.seeds) as copy, _faults_of(copy, settings.seeds):
        work.remove(copy, file)
        read_corpus(copy, settings.current_periods)  # what is left must still be a corpus
    with faults():
        work.remove(settings.seeds, file)
    click.echo(texts.REMOVED.format(file=", ".join(p.name for p in doomed)))


@programmes.command()
@click.argument("old")
@click.argument("new")
@click.pass_context
def diff(ctx: click.Context, old: str, new: str) -> None:
    """Compare two programmes, by file: what was kept, changed, is gone, is new."""
    settings = settings_of(ctx)
    with faults():
        for file in (old, new):
            work.files_of(settings.seeds, file)
        corpus = read_corpus(settings.seeds, settings.current_periods)
    found = work.compare(_of(corpus, old), _of(corpus, new))
    click.echo(
        texts.DIFF.format(
            kept=len(found.kept),
            changed=len(found.changed),
            gone=len(found.gone),
            new=len(found.new),
        )
    )
    for title, mark, group in ((texts.GONE, "−", found.gone), (texts.NEW, "+", found.new)):
        if group:
            click.echo(f"\n{title}")
        for pledge in group:
            click.echo(f"  {mark} {_place(pledge)} {pledge.quote}")
    if found.changed:
        click.echo(f"\n{texts.CHANGED}")
    for before, after in found.changed:
        click.echo(f"  − {_place(before)} {before.quote}\n  + {_place(after)} {after.quote}\n")


# ---- what is shown


def _show(
    corpus: Corpus, folder: Path, file: str, reading: Reading | None, *, everything: bool,
    pledges: bool = False,
) -> None:  # fmt: skip
    programme = next(p for p in corpus.programmes if p.file == file)
    found = _of(corpus, file)
    seen = review(programme, found)
    click.echo(
        f"{programme.title}\n{programme.party} · {programme.municipality}"
        f" · {programme.period or texts.NO_PERIOD}"
    )
    click.echo(f"\n{texts.PLEDGES}")
    by_heading: dict[tuple[str, ...], list[Pledge]] = {}
    for pledge in found:
        by_heading.setdefault(pledge.headings, []).append(pledge)
    for headings, group in by_heading.items():
        click.echo(
            f"  {len(group):4}  {_where(group[0].page, group[0].line):10}"
            f" {' › '.join(headings) or texts.NO_HEADING}"
        )
        for pledge in group if pledges else ():
            click.echo(f"          {_where(pledge.page, pledge.line):10} {pledge.quote}")
    click.echo(f"  {texts.COUNTED.format(count=len(found), headings=len(by_heading))}")
    mends = read_mends(mend_file(folder, file))
    if mends:
        click.echo(f"  {_mended(len(mends), file)}")
    click.echo(f"\n{texts.LEFT_OUT}")
    for line in _left_out(seen.left_out, everything=everything):
        click.echo(line)
    for note in reading.left_out if reading else ():
        click.echo(_note(note))
    click.echo(f"\n{texts.WARNINGS}")
    for note in reading.warnings if reading else ():
        click.echo(_note(note))
    if not reading or not reading.warnings:
        click.echo(f"  {texts.NO_WARNINGS}")


def _left_out(left: Sequence[LeftOut], *, everything: bool) -> Iterator[str]:
    by_why: dict[str, list[LeftOut]] = {}
    for one in left:
        by_why.setdefault(one.why, []).append(one)
    for why, group in by_why.items():
        yield f"  {len(group):4}  {texts.NOTES[why]}"
        shown = group if everything else group[:SAMPLES]
        for one in shown:
            yield f"          {_where(one.page, one.line):10} {one.text[:100]}"
        if len(shown) < len(group):
            yield f"          {texts.MORE.format(count=len(group) - len(shown))}"


def _note(note: Note) -> str:
    where = _where(note.page, note.line) if note.page or note.line else ""
    return f"  {note.count:4}  {texts.NOTES[note.what]}  {where}  {note.sample}".rstrip()


def _show_coverage(settings: Settings, folder: Path, entry: work.Entry, *, encoder: bool) -> None:
    """Say what the new programme lacks: example questions, and topics without a pledge."""
    from bot.browsing import assignment  # noqa: PLC0415  # only here is the index needed
    from bot.setup import options_of  # noqa: PLC0415
    from retrieval.build import build  # noqa: PLC0415
    from retrieval.semantic import load_encoder  # noqa: PLC0415

    with _faults_of(folder, settings.seeds):
        snapshot = build(
            folder, load_encoder() if encoder else None, None, options_of(settings), bar
        )
    mine = [p for p in snapshot.corpus.pledges if p.programme.file == entry.file]
    without = sum(pledge.id not in snapshot.examples.by_pledge for pledge in mine)
    click.echo(f"\n{texts.WITHOUT_EXAMPLES.format(count=without, total=len(mine))}")
    if snapshot.searcher.topics is None:
        return
    place = entry.record["municipality"]
    members = assignment(snapshot, place)
    names = {leaf.id: leaf.name["nb"] for leaf in snapshot.searcher.topics.leaves}
    theirs = {i for i, p in enumerate(snapshot.corpus.pledges) if p.programme.file == entry.file}
    # By this programme, not by an earlier period's of the same place.
    empty = [names[leaf] for leaf, rows in members.items() if theirs.isdisjoint(rows)]
    click.echo(
        texts.UNCOVERED.format(
            count=len(empty), total=len(members), place=place, names=", ".join(empty) or "–"
        )
    )


# ---- small things


def _read(path: Path) -> Reading:
    try:
        return read_file(path)
    except ReadError as exc:
        fail(explain(_FileFault(exc.fault, exc.values, path, exc.line)), FAILED)


class _faults_of:  # noqa: N801  # used as the function of its name
    """As `faults`, with the real folder's name in place of the copy's."""

    def __init__(self, copy: Path, real: Path) -> None:
        self._copy, self._real = copy, real

    def __enter__(self) -> None:
        """Need nothing."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Turn an error of the corpus into one line and exit code 2."""
        if error is None or not hasattr(error, "fault"):
            return
        path = getattr(error, "path", None)
        if isinstance(path, Path) and path.is_relative_to(self._copy):
            error.path = self._real / path.relative_to(self._copy)  # type: ignore[attr-defined]
        with faults():
            raise error


def _of(corpus: Corpus, file: str) -> list[Pledge]:
    return [pledge for pledge in corpus.pledges if pledge.programme.file == file]


def _mended(count: int, file: str) -> str:
    return texts.MENDED.format(count=count, file=mend_file(Path(), file))


def _first_heading(text: str) -> str:
    return next((p.text for p in read_layout(text).paragraphs if p.heading == 1), "")


def _where(page: int | None, line: int) -> str:
    return texts.PAGE.format(page=page) if page else texts.LINE.format(line=line)


def _place(pledge: Pledge) -> str:
    return f"[{_where(pledge.page, pledge.line)}]"


def _standing(programme: Programme, year: int) -> str:
    return {
        Standing.UNDATED: texts.UNDATED,
        Standing.ENDED: texts.ENDED,
        Standing.COMING: texts.COMING,
        Standing.CURRENT: texts.CURRENT,
    }[programme.standing(year)]


__all__ = ["BAD_USE", "CorpusError", "programmes"]
