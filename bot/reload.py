"""Is a new version of the index fit to be served, and what does it change? Pure; swaps nothing."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.corrections import Checked, check
from bot.corrections import passed as passed_checks
from bot.index_holder import Diff, compare
from bot.self_test import LEAST, ask_for_each, other_checksums
from retrieval.build import Snapshot
from retrieval.corpus import GOLDENS
from retrieval.extraction import body_end
from retrieval.layout import read_layout
from retrieval.verbatim import is_verbatim

TOP = 3  # the golden's pledge must be among so many hits
FEWER = 20  # percent fewer pledges that a second press must confirm
SAMPLES = 3  # places named of what is wrong


class GoldensError(Exception):
    """``goldens.toml`` is wrong; ``fault`` names the sentence in ``bot/texts/faults.py``."""

    def __init__(self, path: Path, line: int, fault: str, **values: object) -> None:
        self.path, self.line, self.fault, self.values = path, line, fault, values
        super().__init__(f"{path}:{line}: {fault} {values}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """A question, and the pledge that must be among its first hits."""

    question: str
    pledge_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A gate that the new version did not pass: ``gate`` names its sentence in the catalogue."""

    gate: str
    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What publishing would do.

    Attributes:
        refusals: Empty: it may be published.
        fewer: Percent of the pledges that would be gone; 0 where there are as many or more.
        goldens: How many have their pledge in the new version.
        passed: Of them, how many find it.
        passed_before: Of them, how many find it now.
        changed_answers: Goldens whose first hits are others than now.
        moot: Goldens whose pledge is in no programme any more.
        corrections: How many corrections have something to find in the new version.
        corrections_passed: Of them, how many do what they were made for.
    """

    diff: Diff
    refusals: tuple[Refusal, ...]
    fewer: int
    goldens: int
    passed: int
    passed_before: int
    changed_answers: int
    moot: int
    corrections: int = 0
    corrections_passed: int = 0

    @property
    def needs_confirmation(self) -> bool:
        """So much is gone that one press is not enough."""
        return self.fewer > FEWER


def read_goldens(folder: Path) -> tuple[Golden, ...]:
    """Read ``goldens.toml``; none where there is no file.

    Raises:
        GoldensError: Naming the line to mend.
    """
    path = folder / GOLDENS
    try:
        text = path.read_text(encoding="utf-8")
        entries = tomllib.loads(text).get("golden", [])
    except FileNotFoundError:
        return ()
    except OSError as exc:
        raise GoldensError(path, 0, "unreadable", reason=exc.strerror) from exc
    except UnicodeDecodeError as exc:
        raise GoldensError(path, exc.object[: exc.start].count(b"\n") + 1, "not_utf8") from exc
    except tomllib.TOMLDecodeError as exc:
        found = re.search(r"at line (\d{1,9})", str(exc))
        raise GoldensError(
            path, int(found[1]) if found else 0, "not_toml", reason=str(exc)
        ) from exc
    lines = [i for i, line in enumerate(text.splitlines(), 1) if line.strip() == "[[golden]]"]
    goldens: list[Golden] = []
    for number, entry in enumerate(entries if isinstance(entries, list) else [None]):
        line = lines[number] if number < len(lines) else 1
        if not isinstance(entry, dict):
            raise GoldensError(path, line, "mend_entry", kind="golden")
        for key in ("question", "pledge"):
            if not isinstance(entry.get(key), str) or not entry[key].strip():
                raise GoldensError(path, line, "key_missing", key=key)
        goldens.append(Golden(question=entry["question"], pledge_id=entry["pledge"]))
    return tuple(goldens)


def examine(old: Snapshot, new: Snapshot, goldens: Sequence[Golden], least_pledges: int) -> Report:
    """Try the new version against every gate, beside the one in service.

    Args:
        least_pledges: Of each municipality that has a programme.
    """
    diff = compare(old, new)
    before, after = len(old.corpus.pledges), len(new.corpus.pledges)
    ids = {pledge.id for pledge in new.corpus.pledges}
    # A golden whose pledge was taken out or reworded on purpose judges nothing.
    judged = [golden for golden in goldens if golden.pledge_id in ids]
    now = [_top(old, golden.question) for golden in judged]
    then = [_top(new, golden.question) for golden in judged]
    passed = sum(golden.pledge_id in top for golden, top in zip(judged, then, strict=True))
    passed_before = sum(golden.pledge_id in top for golden, top in zip(judged, now, strict=True))
    refusals = [*_empty(new), *_thin(new, least_pledges), *_duplicates(new)]
    refusals += _not_verbatim(new) or _other_checksums(new)
    refusals += _self_test(new)
    if passed < passed_before:
        lost = [
            golden.question
            for golden, was, is_ in zip(judged, now, then, strict=True)
            if golden.pledge_id in was and golden.pledge_id not in is_
        ]
        refusals.append(
            _refusal(
                "goldens", passed=passed, before=passed_before, total=len(judged), what=_some(lost)
            )
        )
    checks = check(new)
    refusals += _corrections(old, checks)
    works, judged_checks = passed_checks(checks)
    return Report(
        diff=diff,
        refusals=tuple(refusals),
        fewer=round(100 * (before - after) / before) if 0 < after < before else 0,
        goldens=len(judged),
        passed=passed,
        passed_before=passed_before,
        changed_answers=sum(a != b for a, b in zip(now, then, strict=True)),
        moot=len(goldens) - len(judged),
        corrections=judged_checks,
        corrections_passed=works,
    )


def _top(snapshot: Snapshot, question: str) -> tuple[str, ...]:
    searcher = snapshot.searcher
    hits = searcher.search(searcher.reader.read(question), limit=TOP)
    return tuple(hit.pledge.id for hit in hits)


def _empty(new: Snapshot) -> list[Refusal]:
    return [] if new.corpus.pledges else [_refusal("empty")]


def _thin(new: Snapshot, least: int) -> list[Refusal]:
    counts = Counter(pledge.municipality for pledge in new.corpus.pledges)
    return [
        _refusal("thin", place=place, found=counts[place], least=least)
        for place in new.corpus.municipalities
        if counts[place] < least
    ]


def _duplicates(new: Snapshot) -> list[Refusal]:
    """The same id twice, or the same text twice: a programme that was added under two names."""
    ids = Counter(pledge.id for pledge in new.corpus.pledges)
    twice = [name for name, count in ids.items() if count > 1]
    by_sum: dict[str, list[str]] = {}
    for programme in new.corpus.programmes:
        by_sum.setdefault(programme.sha256, []).append(programme.file)
    twice += [" = ".join(files) for files in by_sum.values() if len(files) > 1]
    return [_refusal("duplicates", what=_some(twice))] if twice else []


def _not_verbatim(new: Snapshot) -> list[Refusal]:
    """Prove every quote anew, against the text as it was read."""
    wrong: list[str] = []
    for programme in new.corpus.programmes:
        if programme.kind != "programme":
            continue
        text = programme.text
        furniture = read_layout(text, 0, body_end(text)).furniture
        wrong += [
            f"{programme.file}:{pledge.line}"
            for pledge in new.corpus.pledges
            if pledge.programme is programme
            and not is_verbatim(pledge.quote, text, pledge.start, pledge.end, furniture)
        ]
    return [_refusal("verbatim", count=len(wrong), what=_some(wrong))] if wrong else []


def _other_checksums(new: Snapshot) -> list[Refusal]:
    places = [f"{pledge.programme.file}:{pledge.line}" for pledge in other_checksums(new)]
    return [_refusal("spans", count=len(places), what=_some(places))] if places else []


def _self_test(new: Snapshot) -> list[Refusal]:
    """A version that does not find its own pledges in their own words finds nothing else either."""
    test = ask_for_each(new)
    if test.passed:
        return []
    missed = [f"«{pledge.quote[:60]}»" for pledge in test.missed]
    return [
        _refusal(
            "self_test", percent=test.percent, asked=test.asked, least=LEAST, what=_some(missed)
        )
    ]


def _corrections(old: Snapshot, checks: Sequence[Checked]) -> list[Refusal]:
    """Refuse where a correction fails that is new, or that did what it should until now."""
    failing = [checked for checked in checks if not checked.works and not checked.moot]
    if not failing:
        return []
    failed_before = {(checked.kind, checked.asks) for checked in check(old) if not checked.works}
    worse = [c.asks for c in failing if (c.kind, c.asks) not in failed_before]
    return [_refusal("corrections", count=len(worse), what=_some(worse))] if worse else []


def _refusal(gate: str, **values: object) -> Refusal:
    return Refusal(gate=gate, values=tuple(values.items()))


def _some(names: Sequence[str]) -> str:
    shown = "; ".join(names[:SAMPLES])
    return shown + (" …" if len(names) > SAMPLES else "")
