"""End to end: the real process, its inbox, log and network stack, against the fake Telegram.

The bot paces itself at Telegram's 30 messages a second, so what is measured is the processor time of
an answered update: one core can answer 1 / that many a second. The generated corpora have no encoder:
the vectors of 134 000 sentences would take three quarters of an hour.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.corpora import questions, write_corpus
from bench.report import quantile

UPDATES, OFFERED = 400, 20.0
PROGRAMME = 1_000  # sentences of one generated programme
STALL = 1.0  # seconds without an answer that are worth a line
_TICK = os.sysconf("SC_CLK_TCK")


def updates(size: int = 0) -> dict[str, Any]:
    """Measure answered updates over so many generated sentences; 0: over the programmes we ship."""
    return asyncio.run(_updates(size))


async def _updates(size: int) -> dict[str, Any]:
    from tests.conftest import TOKEN
    from tests.fake_telegram.client import FakeTelegramClient, Person, running_server
    from tests.torture.run import Bot

    class Timed(Bot):
        """The bot with stopwatches; its start is that of `loftebot run` in all else."""

        split = Path()

        def start(self) -> None:
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", "bench.timed", str(self.split)],
                    cwd=self.folder, env=self.environment, stdout=log, stderr=log,
                )  # fmt: skip

        async def spent(self) -> dict[str, Any]:
            """Return what was used since this was last asked."""
            assert self.process is not None
            self.split.unlink(missing_ok=True)
            self.process.send_signal(signal.SIGUSR1)
            while not self.split.exists():
                await asyncio.sleep(0.05)
            return json.loads(self.split.read_text())  # type: ignore[no-any-return]

    asked = [" ".join(terms) for terms in questions(300)]
    rng = random.Random(1)
    out: dict[str, Any] = {"offered": OFFERED, "updates": UPDATES}
    with tempfile.TemporaryDirectory() as name, running_server("--token", TOKEN) as root:
        folder = Path(name)
        bot = Timed(folder, root, corpus="usual")
        bot.split = folder / "split.json"
        if size:
            _write_programmes(folder, size)
        async with FakeTelegramClient(root, timeout=900) as tg:
            for kind in ("plain", "timed"):
                await tg.reset(flood=False)
                began = time.monotonic()
                Bot.start(bot) if kind == "plain" else bot.start()
                await tg.post(Person(1, "Velger", language_code="nb"), asked[0])
                await tg.wait(methods=["sendMessage"])
                assert bot.process is not None
                if kind == "timed":
                    await bot.spent()
                else:
                    out["start_s"] = time.monotonic() - began
                before, posted = _processor(bot.process.pid), {}
                for chat in range(10_000, 10_000 + UPDATES):
                    posted[chat] = time.time()
                    person = Person(chat, "Velger", language_code="nb")
                    await tg.post(person, f"{rng.choice(asked)} {chr(97 + chat % 26)}")
                    await asyncio.sleep(max(0.0, posted[chat] + 1 / OFFERED - time.time()))
                await tg.wait(methods=["sendMessage"], count=UPDATES + 1, timeout=120)
                used = _processor(bot.process.pid) - before
                if kind == "timed":
                    parts = await bot.spent()
                    out["timed_ms"] = parts["whole"] * 1000 / UPDATES
                    out["split"] = {k: v * 1000 / UPDATES for k, v in parts["parts"].items()}
                else:
                    calls = await tg.outbox(methods=["sendMessage"], status="ok")
                    out |= _figures(calls, posted, used)
                await bot.stop()
        served = [line for line in bot.log.read_text().splitlines() if "pledges=" in line]
        out["pledges"] = int(served[-1].rpartition("pledges=")[2].split()[0])
    return out


def _figures(calls: list[Any], posted: dict[int, float], used: float) -> dict[str, Any]:
    first: dict[int, float] = {}
    for call in calls:
        first.setdefault(call["chat_id"], call["at"])
    waits = [(first[chat] - at) * 1000 for chat, at in posted.items() if chat in first]
    times = sorted(first[chat] for chat in posted if chat in first)
    gaps = [b - a for a, b in zip(times, times[1:], strict=False)]
    ms = used * 1000 / UPDATES
    return {
        "ms": ms, "a_second": 1000 / ms, "p50_ms": quantile(waits, 0.5),
        "p95_ms": quantile(waits, 0.95), "longest_gap_ms": max(gaps) * 1000,
        "stalls": sum(gap > STALL for gap in gaps), "answered": len(waits),
    }  # fmt: skip


def _processor(pid: int) -> float:
    """Seconds of processor that a process has used, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def _write_programmes(folder: Path, size: int) -> None:
    """Put generated programmes in the place of the shipped ones; the word lists stay."""
    from tests.conftest import write_programmes

    for file in (folder / "seeds").glob("*.txt"):
        file.unlink()
    write_corpus(folder / "corpus.txt", size)
    lines = (folder / "corpus.txt").read_text(encoding="utf-8").splitlines()
    programmes = []
    for start in range(0, size, PROGRAMME):
        bullets = "\n".join(f"• {line}" for line in lines[start : start + PROGRAMME])
        text = f"Program\n\nTema\n\nBygdelista vil:\n{bullets}\n"
        programmes.append((f"Bygd {start // PROGRAMME}", "2023-2027", text))
    write_programmes(folder / "seeds", *programmes)
