"""docs/veileder.md against the pages: what it names is there, and what it shows was taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass

from bot.profile import STAFF_COMMANDS
from bot.texts.inbox import INBOX
from bot.texts.mending import MENDING
from bot.texts.overview import OVERVIEW
from bot.texts.staff import STAFF
from tests.conftest import ROOT

GUIDE = (ROOT / "docs" / "veileder.md").read_text(encoding="utf-8")
PICTURES = ROOT / "docs" / "bilder-nettsidene"
MOST_BYTES = 1_500_000  # of all pictures together: a clone carries them


def words_of(texts: object) -> Iterable[str]:
    """Yield every string in sentences, however deep."""
    if isinstance(texts, str):
        yield texts
    elif is_dataclass(texts):
        for one in fields(texts):
            yield from words_of(getattr(texts, one.name))
    elif isinstance(texts, Mapping):
        for value in texts.values():
            yield from words_of(value)
    elif isinstance(texts, tuple):
        for value in texts:
            yield from words_of(value)


def test_every_picture_is_there_and_no_other_and_they_are_small() -> None:
    shown = re.findall(r"!\[([^\]]*)\]\(bilder-nettsidene/([\w-]+\.png)\)", GUIDE)
    assert all(alternative for alternative, _ in shown)
    assert sorted(name for _, name in shown) == sorted(path.name for path in PICTURES.iterdir())
    assert len(shown) >= 15
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) <= MOST_BYTES


def test_every_page_and_button_that_is_named_has_that_name() -> None:
    named = set(re.findall(r"«([^»]+)»", GUIDE))
    known = {words for texts in (STAFF, INBOX, MENDING, OVERVIEW) for words in words_of(texts)}
    assert len(named) > 30
    assert named <= known, named - known


def test_every_status_kind_and_page_is_described() -> None:
    pages = [label for _, label, _ in STAFF.navigation]
    for words in (*INBOX.statuses.values(), *MENDING.kinds.values(), *pages):
        assert f"«{words}»" in GUIDE, words


def test_every_command_of_staff_is_described_or_belongs_to_operations() -> None:
    table = set(re.findall(r"(?m)^\| `/(\w+)` \|", GUIDE))
    assert table == {name for name, *_ in STAFF_COMMANDS} - {"status", "reload"}
