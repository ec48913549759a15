"""The sentence encoder takes longer than the event loop may stand still: it never runs there."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace

from bot.answering import Outcome
from bot.index_holder import IndexReader
from bot.services import answer_question
from bot.texts import NB
from retrieval.build import Options, build
from retrieval.semantic import Role, Vectors
from tests.word_encoder import WordEncoder


class Watched(WordEncoder):
    """Remembers which threads encoded."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: list[int] = []

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        self.threads.append(threading.get_ident())
        return super().encode(texts, role)


async def test_neither_questions_nor_a_reload_encode_on_the_event_loop(services):
    encoder, options = Watched(), Options(this_year=services.index.snapshot.this_year)
    seeds = services.settings.seeds
    first = await asyncio.to_thread(build, seeds, encoder, None, options)
    index = IndexReader(first, lambda progress: build(seeds, encoder, None, options, progress))
    services = replace(services, index=index)
    loop = threading.get_ident()

    encoder.threads.clear()
    questions = ("lærlinger i kommunen", "næringsvennlig i Asker", "ny skole", "T-banen i Bærum")
    replies = await asyncio.gather(*(answer_question(services, q, NB) for q in questions))
    assert len(encoder.threads) >= len(questions), "every question is encoded"
    assert loop not in encoder.threads
    assert any(reply.answer.outcome is Outcome.HIT for reply in replies)

    encoder.threads.clear()
    await index.prepare(lambda _old, _new: None)
    assert encoder.threads, "a reload without a store encodes all anew"
    assert loop not in encoder.threads
