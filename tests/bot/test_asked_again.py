"""The same words asked again get the same answer without a search, from the same index only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import services as module
from bot.answering import Outcome
from bot.index_holder import IndexReader
from bot.services import answer_question
from bot.texts import EN, NB

SUNDAY = "Hva mener dere om søndagsåpne butikker?"


@pytest.fixture
def searches(monkeypatch) -> list[str]:
    """Questions that were answered by a search."""
    seen: list[str] = []
    real = module.answer

    def answer(text, *rest, **more):
        seen.append(text)
        return real(text, *rest, **more)

    monkeypatch.setattr(module, "answer", answer)
    return seen


async def test_the_same_words_are_searched_for_once(services, searches):
    first = await answer_question(services, SUNDAY, NB)
    again = await answer_question(services, f"  {SUNDAY.replace(' ', '  ')}", NB)
    assert len(searches) == 1
    assert again.answer.hits == first.answer.hits
    assert again.answer.question.startswith("  Hva"), "the question stays the voter's own"


async def test_another_place_language_policy_or_wording_is_searched_for(services, searches):
    await answer_question(services, SUNDAY, NB)
    await answer_question(services, SUNDAY, NB, "Lørenskog")
    await answer_question(services, SUNDAY, EN)
    await answer_question(services, SUNDAY.lower(), NB)
    fewer = replace(services, policy=replace(services.policy, max_quotes=1))
    assert len((await answer_question(fewer, SUNDAY, NB)).answer.hits) == 1
    assert len(searches) == 5


async def test_another_index_is_asked_anew(services, searches):
    await answer_question(services, SUNDAY, NB)
    old = services.index.snapshot
    kept = tuple(p for p in old.corpus.pledges if "søndags" not in p.quote)
    fresh = replace(old, corpus=replace(old.corpus, pledges=kept))
    other = type(old.searcher).__new__(type(old.searcher))
    other.__dict__.update(old.searcher.__dict__)
    fresh = replace(fresh, searcher=other)
    await answer_question(replace(services, index=IndexReader(fresh, lambda _: fresh)), SUNDAY, NB)
    assert len(searches) == 2


async def test_what_is_too_large_for_the_loop_is_searched_in_a_thread(services, monkeypatch):
    import threading

    threads: list[int] = []
    real = module.answer
    monkeypatch.setattr(
        module, "answer", lambda *a, **k: (threads.append(threading.get_ident()), real(*a, **k))[1]
    )
    await answer_question(services, SUNDAY, NB)
    monkeypatch.setattr(module, "INLINE", 0)
    shown = await answer_question(services, SUNDAY + "!", NB)
    assert shown.answer.outcome is Outcome.HIT
    assert threads[0] == threading.get_ident() != threads[1]


async def test_of_a_cry_for_help_nothing_is_kept(services, monkeypatch):
    real = module.answer
    monkeypatch.setattr(module, "answer", lambda *a, **k: replace(real(*a, **k), is_crisis=True))
    await answer_question(services, SUNDAY, NB)
    assert len(services.given) == 0
    monkeypatch.setattr(module, "answer", real)
    await answer_question(services, SUNDAY, NB)
    assert len(services.given) == 1
