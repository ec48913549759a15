"""The editable word lists: thesaurus, English glossary, nynorsk and dialect. Read once, then frozen."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from retrieval import words
from retrieval.analysis import word_tokenizer

THESAURUS, ENGLISH, NYNORSK = "thesaurus.toml", "english.toml", "nynorsk.toml"


class LexiconError(Exception):
    """A line of a word list is wrong. Attributes as ``CorpusError``'s: path, line, fault, values."""

    def __init__(self, path: Path, line: int, fault: str, **values: object) -> None:
        self.path, self.line, self.fault, self.values = path, line, fault, values
        super().__init__(f"{path}:{line}: {fault} {values}")


@dataclass(frozen=True, slots=True)
class ThesaurusLine:
    """``words`` -> ``to``, one way; ``line`` is where it stands in the file."""

    words: tuple[str, ...]
    to: tuple[str, ...]
    why: str
    section: str
    line: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Voters' words and where they lead. Keys are lemmas (one word) or phrases of lemmas.

    Attributes:
        synonyms: bokmål lemma or phrase -> programme words.
        english: English base form or phrase -> bokmål words.
        nynorsk: nynorsk or dialect word -> bokmål word.
        stop: Function words of nynorsk and dialects.
    """

    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    english: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    nynorsk: Mapping[str, str] = field(default_factory=dict)
    stop: frozenset[str] = frozenset()
    lines: tuple[ThesaurusLine, ...] = ()


def read_lexicon(folder: Path) -> Lexicon:
    """Read the word lists of a corpus folder; a list that is not there is empty.

    Raises:
        LexiconError: On a malformed list or line.
    """
    thesaurus = _lines(folder / THESAURUS, "synonyms")
    english: dict[str, list[str]] = {}
    for line in _lines(folder / ENGLISH, "glossary"):
        for word in line.words:
            _extend(english.setdefault(english_base(word), []), line.to)
    nynorsk = _toml(folder / NYNORSK)
    for table, key in (("nynorsk", ""), ("dialekt", ""), ("stopp", "words")):
        found = nynorsk.get(table, {})
        if not isinstance(found, dict) or not isinstance(found.get(key, []), list):
            raise LexiconError(folder / NYNORSK, 1, "section", section=table, key=key or "=")
    pairs = {
        key.lower(): str(value).lower()
        for table in ("nynorsk", "dialekt")
        for key, value in nynorsk.get(table, {}).items()
    }
    lists = Lexicon(
        english={key: tuple(to) for key, to in english.items()},
        nynorsk=pairs,
        stop=frozenset(str(w).lower() for w in nynorsk.get("stopp", {}).get("words", ())),
    )
    return extended(lists, thesaurus)


def extended(lexicon: Lexicon, lines: Sequence[ThesaurusLine]) -> Lexicon:
    """Add lines behind those that are there: what was there leads."""
    synonyms = {key: list(to) for key, to in lexicon.synonyms.items()}
    for line in lines:
        for word in line.words:
            for key in synonym_keys(word):
                _extend(synonyms.setdefault(key, []), line.to)
    return replace(
        lexicon,
        synonyms={key: tuple(to) for key, to in synonyms.items()},
        lines=(*lexicon.lines, *lines),
    )


def synonym_keys(word: str) -> set[str]:
    """Return what a word or phrase is looked up as: as typed, and in dictionary forms."""
    # In the pieces that a question is cut into: «17. mai» is found as «17 mai».
    typed = [t.term.strip("-–'’") for t in word_tokenizer(word)]
    return {" ".join(typed), " ".join(words.lemma(part) for part in typed)}


def english_base(phrase: str) -> str:
    """Strip English endings: nursing homes -> nurs home. Both sides of the glossary pass here.

    >>> english_base("Nursing homes") == english_base("nursing home")
    True
    """
    return " ".join(_english_word(word) for word in re.findall(r"[^\W_]{1,60}", phrase.lower()))


def _english_word(word: str) -> str:
    if len(word) > 5 and word.endswith("ies"):
        return word[:-3] + "y"
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)].removesuffix("e")
    return word.removesuffix("e") if len(word) > 3 else word


def _extend(targets: list[str], to: tuple[str, ...]) -> None:
    targets.extend(word for word in to if word not in targets)


def _toml(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise LexiconError(path, 0, "unreadable", reason=exc.strerror) from exc
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as exc:
        raise LexiconError(path, raw[: exc.start].count(b"\n") + 1, "not_utf8") from exc
    except tomllib.TOMLDecodeError as exc:
        found = re.search(r"line (\d{1,9})", str(exc))
        raise LexiconError(
            path, int(found[1]) if found else 1, "not_toml", reason=str(exc)
        ) from exc


def _lines(path: Path, key: str) -> list[ThesaurusLine]:
    data = _toml(path)
    if not data:
        return []
    numbers = _line_numbers(path)
    lines: list[ThesaurusLine] = []
    for section, table in data.items():
        if not isinstance(table, dict) or not isinstance(table.get(key), list):
            raise LexiconError(path, 1, "section", section=section, key=key)
        for entry in table[key]:
            number = next(numbers, 1)
            if not isinstance(entry, dict) or set(entry) - {"words", "to", "why"}:
                raise LexiconError(path, number, "entry", entry=str(entry)[:80])
            for name in ("words", "to"):
                value = entry.get(name)
                if (
                    not isinstance(value, list)
                    or not value
                    or not all(isinstance(word, str) and word.strip() for word in value)
                ):
                    raise LexiconError(path, number, "word_list", key=name)
            if key == "synonyms" and not str(entry.get("why", "")).strip():
                raise LexiconError(path, number, "no_reason", words=", ".join(entry["words"]))
            lines.append(
                ThesaurusLine(
                    tuple(w.strip().lower() for w in entry["words"]),
                    tuple(w.strip().lower() for w in entry["to"]),
                    str(entry.get("why", "")),
                    section,
                    number,
                )
            )
    return lines


def _line_numbers(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    return (i for i, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\{\s*words\b", line))
