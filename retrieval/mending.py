"""Mends of an extraction, written by an editor in ``<programme>.mend.toml`` beside the text.

A mend names a pledge by its words, so it holds when the file is read anew. What it can do is drop,
add and split; it cannot change a word, and what it adds or splits is proved verbatim as all else.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from retrieval.document import Pledge, Programme, pledge_id
from retrieval.extraction import page_at
from retrieval.verbatim import is_verbatim, quote_of

SUFFIX = ".mend.toml"
_KEYS: Mapping[str, frozenset[str]] = {
    "drop": frozenset(("quote", "why")),
    "add": frozenset(("quote", "why", "lead_in")),
    "split": frozenset(("quote", "why", "parts")),
}


class MendError(Exception):
    """A mend that cannot be made; ``fault`` names the sentence in ``bot/texts/faults.py``."""

    def __init__(self, path: Path, line: int, fault: str, **values: object) -> None:
        self.path, self.line, self.fault, self.values = path, line, fault, values
        super().__init__(f"{path}:{line}: {fault} {values}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """One entry. ``quote`` is the beginning of a pledge, or for ``add`` the whole of the new one."""

    kind: str
    quote: str
    parts: tuple[str, ...]
    lead_in: bool
    line: int


def mend_file(folder: Path, programme_file: str) -> Path:
    """Return where the mends of a programme stand, whether or not there are any."""
    return folder / (Path(programme_file).stem + SUFFIX)


def read_mends(path: Path) -> tuple[Mend, ...]:
    """Read the mends of a file; none where there is no file.

    Raises:
        MendError: Naming the line of the entry that is not understood.
    """
    if path.is_symlink():
        raise MendError(path, 0, "link")
    if not path.exists():
        return ()
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except OSError as exc:
        raise MendError(path, 0, "unreadable", reason=exc.strerror) from exc
    except UnicodeDecodeError as exc:
        raise MendError(path, exc.object[: exc.start].count(b"\n") + 1, "not_utf8") from exc
    except tomllib.TOMLDecodeError as exc:
        found = re.search(r"at line (\d{1,9})", str(exc))
        raise MendError(path, int(found[1]) if found else 0, "not_toml", reason=str(exc)) from exc
    mends: list[Mend] = []
    for kind, entries in tables.items():
        if kind not in _KEYS:
            raise MendError(path, 1, "key_unknown", key=kind, known=", ".join(sorted(_KEYS)))
        if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
            raise MendError(path, 1, "mend_entry", kind=kind)
        lines = _lines_of(text, kind)
        for number, entry in enumerate(entries):
            line = lines[number] if number < len(lines) else 1
            mends.append(_mend(path, line, kind, entry))
    return tuple(mends)


def _lines_of(text: str, kind: str) -> list[int]:
    head = re.compile(rf"\s{{0,20}}\[\[\s{{0,20}}{kind}\s{{0,20}}\]\]")
    return [i for i, line in enumerate(text.splitlines(), 1) if head.match(line)]


def _mend(path: Path, line: int, kind: str, entry: Mapping[str, Any]) -> Mend:
    for key in entry:
        if key not in _KEYS[kind]:
            known = ", ".join(sorted(_KEYS[kind]))
            raise MendError(path, line, "key_unknown", key=key, known=known)
    for key in ("quote", "why"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise MendError(path, line, "key_missing", key=key)
    parts = entry.get("parts", [])
    if kind == "split" and (
        not isinstance(parts, list)
        or not parts
        or not all(isinstance(p, str) and p.strip() for p in parts)
    ):
        raise MendError(path, line, "key_missing", key="parts")
    if not isinstance(entry.get("lead_in", False), bool):
        raise MendError(path, line, "not_flag", key="lead_in")
    return Mend(
        kind=kind,
        quote=entry["quote"],
        parts=tuple(parts),
        lead_in=entry.get("lead_in", False),
        line=line,
    )


def apply(
    programme: Programme, pledges: Sequence[Pledge], mends: Sequence[Mend], path: Path
) -> list[Pledge]:
    """Return the pledges with the mends made, in the order of the text.

    Raises:
        MendError: If a mend fits no pledge, or several, or its words are not in the programme.
    """
    mended = list(pledges)
    for mend in mends:
        if mend.kind == "add":
            mended.append(_added(programme, mended, mend, path))
            mended.sort(key=lambda pledge: pledge.start)
            continue
        number = _named(mended, mend, path)
        if mend.kind == "drop":
            del mended[number]
        else:
            mended[number : number + 1] = _split(programme, mended, number, mend, path)
    return mended


def _named(pledges: Sequence[Pledge], mend: Mend, path: Path) -> int:
    """The number of the one pledge whose quote begins with the mend's words."""
    words = " ".join(mend.quote.split())
    found = [i for i, pledge in enumerate(pledges) if pledge.quote.startswith(words)]
    exact = [i for i in found if pledges[i].quote == words]
    found = exact if len(exact) == 1 else found
    if len(found) != 1:
        fault = "mend_nowhere" if not found else "mend_several"
        raise MendError(path, mend.line, fault, quote=words, count=len(found))
    return found[0]


def _added(programme: Programme, pledges: Sequence[Pledge], mend: Mend, path: Path) -> Pledge:
    places = list(_places(programme.text, mend.quote))
    words = " ".join(mend.quote.split())
    if len(places) != 1:
        fault = "mend_not_in_text" if not places else "mend_several"
        raise MendError(path, mend.line, fault, quote=words, count=len(places), file=programme.file)
    start, end = places[0]
    if any(pledge.start <= start and end <= pledge.end for pledge in pledges):
        raise MendError(path, mend.line, "mend_already", quote=words)
    # Its surroundings are those of the nearest pledge above, else below: headings are not mended.
    near = [pledge for pledge in pledges if pledge.start <= start][-1:] or list(pledges[:1])
    return Pledge(
        id=pledge_id(programme, words, {pledge.id for pledge in pledges}),
        quote=words,
        programme=programme,
        headings=near[0].headings if near else (programme.title,),
        lead_in=near[0].lead_in if mend.lead_in and near else "",
        parent="",
        kind="bullet" if mend.lead_in else "prose",
        start=start,
        end=end,
        line=programme.text.count("\n", 0, start) + 1,
        page=page_at(programme.text, start),
    )


def _split(
    programme: Programme, pledges: Sequence[Pledge], number: int, mend: Mend, path: Path
) -> list[Pledge]:
    """Divide a pledge before each of the parts' first words."""
    whole = pledges[number]
    cuts = [whole.start]
    for part in mend.parts:
        places = [p for p in _places(programme.text, part) if cuts[-1] < p[0] and p[1] <= whole.end]
        if not places:
            raise MendError(path, mend.line, "mend_part", quote=" ".join(part.split()))
        cuts.append(places[0][0])
    taken = {pledge.id for i, pledge in enumerate(pledges) if i != number}
    pieces: list[Pledge] = []
    for start, end in zip(cuts, [*cuts[1:], whole.end], strict=True):
        quote = quote_of(programme.text, start, end)
        if not quote or not is_verbatim(quote, programme.text, start, end):
            raise MendError(path, mend.line, "mend_part", quote=quote)
        end = start + len(programme.text[start:end].rstrip())  # noqa: PLW2901
        pieces.append(
            replace(
                whole, id=pledge_id(programme, quote, taken), quote=quote, start=start, end=end,
                line=programme.text.count("\n", 0, start) + 1, page=page_at(programme.text, start),
            )
        )  # fmt: skip
    return pieces


def _places(text: str, words: str) -> Iterator[tuple[int, int]]:
    """Yield where the words stand, however the lines break between them."""
    parts = words.split()
    if not parts:
        return
    # A literal find for the first word keeps a long text quick; white space is then walked over.
    at = text.find(parts[0])
    while at >= 0:
        end = at
        for i, part in enumerate(parts):
            if i:
                gap = end
                while gap < len(text) and text[gap].isspace():
                    gap += 1
                if gap == end:
                    break
                end = gap
            if not text.startswith(part, end):
                break
            end += len(part)
        else:
            yield at, end
        at = text.find(parts[0], at + 1)
