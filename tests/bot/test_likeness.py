"""What staff see as one question: the same matter in other words, and nothing else."""

from __future__ import annotations

import json
import random

import pytest

from bot.answering import Answer, Outcome
from bot.likeness import content_terms, likeness, likeness_key
from bot.privacy.redaction import redact
from bot.services import answer_question, log_answer
from bot.texts import NB
from retrieval import words
from retrieval.question import QuestionReader
from tests.conftest import ROOT

JUDGED = [
    json.loads(line)["question"]
    for name in ("questions", "judged")
    for line in (ROOT / "tests" / "data" / f"{name}.jsonl").read_text("utf-8").splitlines()
]


@pytest.fixture(scope="module")
def reader(lexical) -> QuestionReader:
    return lexical.searcher.reader


def shouted(question: str, _: random.Random) -> str:
    return question.upper().rstrip("?") + "!!"


def reordered(question: str, rng: random.Random) -> str:
    spoken = question.strip("?!. ").split()
    return " ".join(rng.sample(spoken, len(spoken)))


def wrapped(question: str, _: random.Random) -> str:
    return f"Hei! Kan dere si meg: {question} egentlig da"


def inflected(question: str, _: random.Random) -> str:
    def base(word: str) -> str:
        bare = word.strip("?!.,:;").lower()
        return words.lemma(bare) if len(bare) > 3 and bare.isalpha() and word.islower() else word

    return " ".join(base(word) for word in question.split())


def typed_without_letters(question: str, _: random.Random) -> str:
    return question.translate(str.maketrans("æøåÆØÅ", "aoaAOA"))


def slipped(question: str, rng: random.Random) -> str:
    spoken = question.split()
    longest = max(range(len(spoken)), key=lambda i: len(spoken[i]))
    word = spoken[longest]
    if len(word) >= 6:
        at = rng.randrange(2, len(word) - 2)
        spoken[longest] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(spoken)


def corrected_by(reader: QuestionReader, text: str) -> bool:
    return any(v.source == "spelling" for c in reader.read(text).concepts for v in c.variants)


@pytest.mark.parametrize(
    ("vary", "floor"),
    [(shouted, 0.99), (reordered, 0.96), (wrapped, 0.96), (inflected, 0.86),
     (typed_without_letters, 0.75), (slipped, 0.86)],
)  # fmt: skip
def test_a_question_put_a_little_differently_is_the_same_case(
    reader: QuestionReader, vary, floor: float
) -> None:
    rng, same, pairs = random.Random(1), 0, 0
    for question in JUDGED:
        if vary is not typed_without_letters and reader.read(question).language == "en":
            continue
        other = vary(question, rng)
        if other == question or (vary is slipped and not corrected_by(reader, other)):
            continue
        pairs += 1
        same += content_terms(question, reader) == content_terms(other, reader)
    assert pairs > 400, "fix this test"
    print(f"{vary.__name__}: {same} of {pairs} pairs, {same / pairs:.3f}")
    assert same / pairs >= floor


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hva mener dere om skole i Asker?", "Hva mener dere om skole i Bærum?"),
        ("Hva mener dere om skole?", "Hva mener Høyre om skole?"),
        ("Vil dere ha gratis skolemat?", "Vil dere ha gratis leksehjelp?"),
        ("hei", "takk"),
        ("🙃", "🥔"),
    ],
)
def test_another_matter_place_or_party_is_another_case(
    reader: QuestionReader, one: str, other: str
) -> None:
    assert content_terms(one, reader) != content_terms(other, reader)


def test_whatever_is_written_has_terms(reader: QuestionReader) -> None:
    for text in ("?", "…", "a" * 4096, "\ud83d", "hei hei", "-", "og og og"):
        assert content_terms(text, reader)


def test_the_hash_is_keyed_and_says_which_municipality() -> None:
    terms = ("gratis", "skolemat")
    assert likeness(b"k", terms, None) == likeness(b"k", terms, None)
    different = {
        likeness(key, terms, place) for key in (b"k", b"l") for place in (None, "Asker", "Bærum")
    }
    assert len(different) == 6
    assert likeness_key(b"audit") != b"audit"


async def test_alike_questions_share_a_case_in_the_log_and_a_cry_for_help_has_none(
    services,
) -> None:
    async def log(question: str, **more: object) -> str | None:
        asked = Answer(question=question, outcome=Outcome.NONE, **more)
        answer_id = await log_answer(services, asked, "telegram")
        [(case_id, alike)] = await services.storage.rows(
            "SELECT case_id, likeness FROM answers WHERE id = ?", answer_id
        )
        assert (alike is None) == str(case_id).startswith("a-")
        return None if alike is None else str(case_id)

    first = await log("Hva mener dere om søndagsåpne butikker?")
    assert first is not None
    assert await log("SØNDAGSÅPNE BUTIKKER!") == first
    assert await log("Jeg heter Kari Nordmann. Søndagsåpne butikker?") != first  # «[navn]» stays
    assert await log("Søndagsåpne butikker", municipality="Asker") != first
    assert await log("jeg vil dø", is_crisis=True) is None


async def test_an_answers_own_reading_is_used_where_nothing_is_redacted(services) -> None:
    """A name that was read before it was taken out must not come into the hash."""
    reader = services.index.snapshot.searcher.reader
    key = likeness_key(services.keys.audit)
    for question in (
        "Hva mener dere om søndagsåpne butikker?",
        "Jeg heter Kari Nordmann. Butikker?",
    ):
        reply = await answer_question(services, question, NB)
        assert reply.answer.reading is not None
        answer_id = await log_answer(services, reply.answer, "telegram")
        [(alike,)] = await services.storage.rows(
            "SELECT likeness FROM answers WHERE id = ?", answer_id
        )
        place = reply.answer.municipality
        assert alike == likeness(key, content_terms(redact(question), reader), place)
