"""Every outcome and every fixed answer, as a person reads it, in three languages: a file to review."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.answering import Answer, Outcome, Reason
from bot.rendering import render_text
from bot.texts import LANGUAGES
from retrieval.corpus import read_corpus
from retrieval.search import Hit
from retrieval.topics import read_topics

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "data" / "outcomes.txt"
PLACES = ("Asker", "Bærum", "Lørenskog")


def outcomes(language: str) -> list[tuple[str, Answer]]:
    pledge = read_corpus(ROOT / "seeds").pledges[0]
    hits = (Hit(pledge=pledge, score=1.0, matched=()),)
    base = {"question": "?", "language": language, "municipalities": PLACES}
    return [
        ("hit", Answer(**base, outcome=Outcome.HIT, hits=hits)),
        ("weak", Answer(**base, outcome=Outcome.WEAK, hits=hits)),
        ("none, everywhere", Answer(**base, outcome=Outcome.NONE, reason=Reason.SILENT)),
        (
            "none, in one municipality",
            Answer(**base, outcome=Outcome.NONE, reason=Reason.SILENT, municipality="Asker"),
        ),
        ("nothing asked", Answer(**base, outcome=Outcome.NONE, reason=Reason.EMPTY)),
        (
            "another party",
            Answer(**base, outcome=Outcome.NONE, reason=Reason.OTHER_PARTY, names=("Høyre",)),
        ),
        (
            "another municipality",
            Answer(**base, outcome=Outcome.NONE, reason=Reason.OTHER_MUNICIPALITY, names=("Oslo",)),
        ),
    ]


def page() -> str:
    lines = ["# Made by: python -m tests.bot.test_outcome_texts; read it as a voter would.", ""]
    for code, texts in LANGUAGES.items():
        lines.append(f"======== {code}")
        fixed = [
            (
                topic.id,
                Answer(
                    question="?", outcome=Outcome.FIXED, reason=Reason.OUTSIDE, language=code,
                    municipalities=PLACES, fixed=topic.id, is_crisis=topic.scope == "crisis",
                    fixed_text=topic.answer[code].replace("{municipalities}", ", ".join(PLACES)),
                ),
            )
            for topic in read_topics(ROOT / "seeds").topics
            if topic.answer
        ]  # fmt: skip
        assert len(fixed) > 50, "no fixed answers found: fix this test"
        for name, answer in (*outcomes(code), *fixed):
            text = render_text(answer, texts, party="Arbeiderpartiet", this_year=2026)
            lines += [f"---- {name}", text, ""]
    return "\n".join(lines)


def test_every_outcome_and_fixed_answer_reads_as_reviewed():
    assert page() == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("code", LANGUAGES)
def test_silence_says_that_it_means_neither_for_nor_against(code):
    texts = {
        name: render_text(a, LANGUAGES[code], party="Ap", this_year=2026)
        for name, a in outcomes(code)
    }
    word = {"nb": "for eller imot", "nn": "for eller imot", "en": "for or against"}[code]
    assert word in texts["none, everywhere"]
    assert word in texts["none, in one municipality"]


if __name__ == "__main__":
    GOLDEN.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{GOLDEN}\n")
