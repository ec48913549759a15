"""End to end: the real process, its inbox, log and network stack, against the fake Telegram.

The bot paces itself at Telegram's 30 messages a second, so what is measured is the processor time of
an answered update: one core can answer 1 / that many a second.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.corpora import questions
from bench.report import quantile

UPDATES, OFFERED = 400, 25.0
_TICK = os.sysconf("SC_CLK_TCK")


def updates() -> dict[str, Any]:
    return asyncio.run(_updates())


async def _updates() -> dict[str, Any]:
    from tests.conftest import TOKEN
    from tests.fake_telegram.client import FakeTelegramClient, Person, running_server
    from tests.torture.run import Bot

    asked = [" ".join(terms) for terms in questions(300)]
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as name, running_server("--token", TOKEN) as root:
        bot = Bot(Path(name), root)
        async with FakeTelegramClient(root, timeout=60) as tg:
            await tg.reset(flood=False)
            bot.start()
            await tg.post(Person(1, "Velger", language_code="nb"), asked[0])
            await tg.wait(methods=["sendMessage"], timeout=120)
            assert bot.process is not None
            before, posted = _processor(bot.process.pid), {}
            for chat in range(10_000, 10_000 + UPDATES):
                posted[chat] = time.time()
                person = Person(chat, "Velger", language_code="nb")
                await tg.post(person, f"{rng.choice(asked)} {chr(97 + chat % 26)}")
                await asyncio.sleep(max(0.0, posted[chat] + 1 / OFFERED - time.time()))
            await tg.wait(methods=["sendMessage"], count=UPDATES + 1, timeout=120)
            used = _processor(bot.process.pid) - before
            calls = await tg.outbox(methods=["sendMessage"], status="ok")
            await bot.stop()
        seeds = Path(name) / "seeds"
        split, pledges = _split(seeds, asked, used * 1000 / UPDATES)
    first: dict[int, float] = {}
    for call in calls:
        first.setdefault(call["chat_id"], call["at"])
    waits = [(first[chat] - at) * 1000 for chat, at in posted.items() if chat in first]
    ms = used * 1000 / UPDATES
    return {
        "ms": ms, "a_second": 1000 / ms, "p95_ms": quantile(waits, 0.95), "offered": OFFERED,
        "answered": len(waits), "pledges": pledges, "split": split,
    }  # fmt: skip


def _processor(pid: int) -> float:
    """Seconds of processor that a process has used, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def _split(seeds: Path, asked: list[str], whole: float) -> tuple[dict[str, float], int]:
    """Time the pure parts by themselves; what is left is Telegram's library, network, inbox and log."""
    from bot.answering import AnswerPolicy, answer
    from bot.rendering import fit, render_html
    from bot.texts import NB
    from retrieval.build import Options, build
    from retrieval.gathering import gather

    snapshot = build(seeds, options=Options(this_year=2026))
    searcher, policy = snapshot.searcher, AnswerPolicy()
    spent = dict.fromkeys(
        ("read the question", "score and rank", "gather and decide", "render"), 0.0
    )
    for text in (*asked[:30], *asked):  # the first ones warm up
        times = [time.process_time()]
        question = searcher.reader.read(text)
        times.append(time.process_time())
        scores = searcher.score(question)
        searcher.search(question, scores=scores, limit=30)
        times.append(time.process_time())
        gather(searcher, question, scores)
        times.append(time.process_time())
        got = answer(text, searcher, policy)
        times.append(time.process_time())
        render_html(fit(got, NB, this_year=2026), NB, party="Partiet", this_year=2026)
        times.append(time.process_time())
        read, score, gathered, answered, rendered = (
            b - a for a, b in zip(times, times[1:], strict=False)
        )
        parts = (read, score, max(gathered, answered - read - score), rendered)
        for name, value in zip(spent, parts, strict=True):
            spent[name] += value * 1000 / (len(asked) + 30)
    spent["Telegram's library, network, inbox, log"] = max(0.0, whole - sum(spent.values()))
    return spent, len(snapshot.corpus.pledges)
