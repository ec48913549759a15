"""The pages that a command shows, as plain text: start, help, about, sources, privacy. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from itertools import islice

from bot.config import Settings
from bot.rendering import listed, period_label
from bot.texts import Texts
from retrieval.build import Snapshot
from retrieval.document import Standing
from retrieval.topics import plain

Page = Callable[[Texts, Settings, Snapshot], str]


EXAMPLES = 3  # questions that /start shows
_LONGEST_EXAMPLE = 48  # characters: one line of a button


def start(texts: Texts, settings: Settings, snapshot: Snapshot, *, below: bool = False) -> str:
    """Who speaks, for which places, and three questions to try; ``below``: as buttons below."""
    listing = "\n".join(f"• {example}" for example in texts.examples)
    return texts.start.format(
        party=settings.party_name,
        places=listed(snapshot.corpus.municipalities, texts),
        examples=texts.examples_below if below else listing,
    )


def example_questions(
    texts: Texts, snapshot: Snapshot, municipality: str | None, hits: Callable[[str], bool]
) -> list[tuple[str, str]]:
    """Return (key, question) of questions that ``hits`` says hit, fitting the chosen municipality.

    In bokmål, where one was chosen: questions that were written for its pledges, from all over its
    newest programme. Else the catalogue's that name no other municipality.
    """
    if municipality is not None and texts.code == "nb":
        own = _examples_of(snapshot, municipality)
        # One from each third first, then its neighbours: three subjects, not three of one.
        third = max(1, -(-len(own) // EXAMPLES))
        spread = [own[i] for start in range(third) for i in range(start, len(own), third)]
        found = list(islice((e for e in spread if hits(e[1])), EXAMPLES))
        if len(found) == EXAMPLES:
            return found
    places = snapshot.searcher.reader.places
    return [
        (str(i), question)
        for i, question in enumerate(texts.examples)
        if (
            municipality is None
            or all(
                places.own_municipality(w) in (None, municipality) for w in plain(question).split()
            )
        )
        and hits(question)
    ]


def example_question(texts: Texts, snapshot: Snapshot, key: str) -> str | None:
    """Return the question of a key that `example_questions` gave, or None where it is gone."""
    if key.isdecimal():
        return texts.examples[int(key)] if int(key) < len(texts.examples) else None
    entry = snapshot.examples.by_pledge.get(key)
    return entry.questions[0] if entry is not None else None


def _examples_of(snapshot: Snapshot, municipality: str) -> list[tuple[str, str]]:
    """Short example questions of a municipality's current programme, else its newest, in its order."""
    own = [p for p in snapshot.corpus.pledges if p.municipality == municipality]
    current = [p for p in own if p.programme.standing(snapshot.this_year) is Standing.CURRENT]
    pledges = current or own
    newest = max((p.programme.last_year for p in pledges), default=0)
    found = []
    for pledge in pledges:
        entry = snapshot.examples.by_pledge.get(pledge.id)
        question = entry.questions[0] if entry is not None and entry.questions else ""
        if pledge.programme.last_year == newest and 0 < len(question) <= _LONGEST_EXAMPLE:
            found.append((pledge.id, question))
    return found


def help_(texts: Texts, settings: Settings, snapshot: Snapshot) -> str:
    """How to ask, and the other commands."""
    del settings, snapshot
    return texts.help


def about(texts: Texts, settings: Settings, snapshot: Snapshot) -> str:
    """Who is behind this, and how answers are found."""
    del snapshot
    return texts.about.format(party=settings.party_name)


def privacy(texts: Texts, settings: Settings, snapshot: Snapshot) -> str:
    """Who is responsible, what is stored in the mode that is set, and for how long."""
    del snapshot
    kept = {
        "avidentifisert": texts.privacy_anonymous,
        "samtykke": texts.privacy_consent,
        "av": texts.privacy_off,
    }[settings.logging]
    basis = texts.privacy_basis_consent if settings.logging == "samtykke" else texts.privacy_basis
    return texts.privacy.format(
        kept=kept,
        basis=basis,
        controller=settings.controller or texts.not_given,
        contact=settings.contact or texts.not_given,
        days=settings.retention_days,
    )


def sources(texts: Texts, settings: Settings, snapshot: Snapshot) -> str:
    """Every file on record: the programmes that are quoted, and what is only kept."""
    del settings
    pledges = Counter(pledge.programme.file for pledge in snapshot.corpus.pledges)
    lines = [texts.sources_head]
    for programme in snapshot.corpus.programmes:
        if programme.kind == "programme":
            line = texts.source_line.format(
                party=programme.party,
                title=programme.title,
                period=period_label(programme, texts, snapshot.this_year),
                pledges=pledges[programme.file],
                sha=programme.sha256[:12],
            )
        else:
            line = texts.source_other.format(title=programme.title or programme.file)
        lines.append(line)
    lines.append(texts.sources_version.format(fingerprint=snapshot.fingerprint))
    return "\n".join(lines)


# By command, without the slash; the names are those of every channel.
PAGES: Mapping[str, Page] = {
    "start": start,
    "hjelp": help_,
    "help": help_,
    "om": about,
    "personvern": privacy,
    "privacy": privacy,
    "kilder": sources,
}
