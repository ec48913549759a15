"""The judged questions: sound, apart from each other, and never learned by heart."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from retrieval.evaluation import Judged, read_questions
from retrieval.examples import read_examples
from retrieval.topics import read_topics
from tests.conftest import ROOT

DATA, SEEDS = ROOT / "tests" / "data", ROOT / "seeds"


def key(text: str) -> str:
    return " ".join(re.sub(r"\W+", " ", unicodedata.normalize("NFC", text).casefold()).split())


def question_files() -> list[Path]:
    return [p for p in sorted(DATA.glob("*.jsonl")) if '"question"' in p.read_text("utf-8")[:2000]]


FILES = question_files()


@cache
def judged(path: Path) -> list[Judged]:
    return read_questions(path)


@cache
def taught() -> frozenset[str]:
    """Every question that ranking is helped by."""
    found = {key(q) for entry in read_examples(SEEDS) for q in entry.questions}
    found |= {key(q) for topic in read_topics(SEEDS).topics for q in topic.questions}
    return frozenset(found)


def test_the_files_were_found():
    assert {p.name for p in FILES} >= {"questions.jsonl", "judged.jsonl", "short.jsonl"}
    assert len(taught()) > 3000


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_no_judged_question_was_learned_by_heart(path):
    asked = {key(q.question) for q in judged(path)}
    assert len(asked) > (200 if path.name == "short.jsonl" else 400)
    # One or two words are what anyone would type; a sentence would be a leak.
    assert sorted(q for q in asked & taught() if len(q.split()) > 2) == []


@pytest.mark.parametrize("name", ["lookalikes.txt", "crisis_wordings.tsv"])
def test_no_other_tested_message_was_learned_by_heart(name):
    lines = (DATA / name).read_text("utf-8").splitlines()
    asked = {key(line.split("\t")[-1]) for line in lines if line}
    assert len(asked) >= 60
    assert sorted(q for q in asked & taught() if len(q.split()) > 2) == []


# Anyone would ask it so, and a rule answers it, not a figure.
IN_TWO = {"hva mener høyre om skole"}


def test_no_question_stands_in_two_files():
    seen: Counter[str] = Counter()
    for path in FILES:
        seen.update({key(q.question) for q in judged(path)})
    twice = {q for q, n in seen.items() if n > 1 and len(q.split()) > 2}
    assert sorted(twice - IN_TWO) == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_judgements_are_sound(path):
    rows = judged(path)
    assert len({q.qid for q in rows}) == len(rows)
    assert [q.qid for q in rows if not q.question.strip()] == []
    # What answers a question at all answers it (3) or is clearly relevant (2).
    assert [q.qid for q in rows if q.answerable and not q.relevant] == []
    assert [q.qid for q in rows if not q.answerable and any(r[3] > 1 for r in q.relevant)] == []
    assert {r[3] for q in rows for r in q.relevant} <= {1, 2, 3}
    assert {r[1] for q in rows for r in q.relevant} <= {"Asker", "Bærum", "Lørenskog"}
