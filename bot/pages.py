"""The pages that a command shows, as plain text: start, help, about, sources, privacy. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from bot.config import Settings
from bot.rendering import listed, period_label
from bot.texts import Texts
from retrieval.build import Snapshot

Page = Callable[[Texts, Settings, Snapshot], str]


def start(texts: Texts, settings: Settings, snapshot: Snapshot) -> str:
    """Who speaks, for which places, and three questions to try."""
    return texts.start.format(
        party=settings.party_name,
        places=listed(snapshot.corpus.municipalities, texts),
        examples="\n".join(f"• {example}" for example in texts.examples),
    )


def help_(texts: Texts, settings: Settings, snapshot: Snapshot) -> str:
    """How to ask, and the other commands."""
    del settings, snapshot
    return texts.help


def about(texts: Texts, settings: Settings, snapshot: Snapshot) -> str:
    """Who is behind this, and how answers are found."""
    del snapshot
    return texts.about.format(party=settings.party_name)


def privacy(texts: Texts, settings: Settings, snapshot: Snapshot) -> str:
    """Who is responsible, what is stored, and for how long."""
    del snapshot
    return texts.privacy.format(
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
