"""`make torture`: what the bot promises, measured on the real process under load.

Parts and their size are set by the environment (in brackets: the default):

    TORTURE_PARTS    which, with commas             (kills,stop,faults,pace,soak)
    TORTURE_KILLS    kill -9 at random points       (200)
    TORTURE_LANES    bots that are killed at a time (2)
    TORTURE_MINUTES  minutes of faults              (10)
    TORTURE_SECONDS  seconds at 20 messages a second (60)
    TORTURE_UPDATES  updates of the soak            (200000)
    TORTURE_SEED     of all that is random          (1)

One line a requirement is printed, and each part's own table in docs/trust.md is written anew when the part is
done (TORTURE_WRITE=0: not); those of the other parts stay. So the parts can be run one at a time.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bot import backup  # noqa: E402
from bot.privacy.crypto import FieldCipher  # noqa: E402
from bot.privacy.keys import Keys  # noqa: E402
from bot.storage import FILE, Storage  # noqa: E402
from bot.storage_inbox import InboxStore  # noqa: E402
from bot.texts import NB  # noqa: E402
from retrieval.persistence import DICTIONARY  # noqa: E402
from tests.conftest import TOKEN, copy_corpus, write_config, write_programmes  # noqa: E402
from tests.fake_telegram.client import (  # noqa: E402
    FakeTelegramClient,
    NoAnswer,
    Person,
    running_server,
)

TOLD = (NB.restarted, NB.maybe_lost)
STORED = (NB.vote_stored, NB.ask_why)  # what is said after the commit
FIRST_VOTER = 7_000_000_000  # ids that no other number in a file is like
SMALL = "lorenskog-arbeids-og-naeringsliv.txt"
IN_MEMORY = Path("/dev/shm")
TABLE = ("<!-- torture: begin -->", "<!-- torture: end -->")
EVERY = 10.0  # seconds between two lines of progress where nobody watches
_said = 0.0


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    requirement: str
    what: str
    figure: str
    good: bool

    def __str__(self) -> str:
        return f"{self.requirement:4} {'pass' if self.good else 'FAIL'}  {self.what}: {self.figure}"


def say(text: str) -> None:
    """Tell what has been done; a line of progress begins with «·» and comes now and then."""
    global _said
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
    elif not text.startswith("·"):
        sys.stderr.write(text + "\n")
    elif time.monotonic() >= _said + EVERY:
        _said = time.monotonic()
        sys.stderr.write(f"{datetime.now(tz=UTC):%H:%M:%S} {text}\n")
    sys.stderr.flush()


class Bot:
    """The real process, in a folder of its own.

    Args:
        corpus: "small": one programme and no word lists, so that a start takes one second and not
            four; "usual": the programmes and word lists; "whole": all that is served, encoder and all.
    """

    def __init__(self, folder: Path, root: str, corpus: str = "usual") -> None:
        self.folder, self.log = folder, folder / "log.txt"
        if corpus == "small":
            text = (ROOT / "seeds" / SMALL).read_text(encoding="utf-8")
            write_programmes(folder / "seeds", ("Lørenskog", "2023-2027", text))
        elif corpus == "usual":
            copy_corpus(folder / "seeds")
        else:
            (folder / "seeds").symlink_to(ROOT / "seeds")
        config = write_config(folder, encoder="true" if corpus == "whole" else "false")
        Keys.create(folder / "keys", datetime.now(tz=UTC))
        self.data = folder / "data"
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "LOFTEBOT_CONFIG": str(config),
            "LOFTEBOT_TELEGRAM_BASE_URL": f"{root}/bot",
            "LOFTEBOT_TELEGRAM_BASE_FILE_URL": f"{root}/file/bot",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # A row of kills is what we are here for; the bot would take it for a crash loop and pause.
        (self.data / "operations.json").unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=self.folder, env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip

    def kill(self) -> None:
        assert self.process is not None
        assert self.process.poll() is None, "ended by itself: " + self.log.read_text()[-2000:]
        self.process.kill()
        self.process.wait()

    async def stop(self) -> tuple[int, float]:
        """SIGTERM: exit code and seconds."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(self.process.wait, 30)
        return code, time.monotonic() - began

    def whole(self) -> bool:
        if not (self.data / FILE).exists():
            return True
        db = sqlite3.connect(self.data / FILE)
        try:
            return db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        finally:
            db.close()

    def traces(self, load: Load) -> dict[str, int]:
        """What of voters or secrets can be read in log, inbox, journals, backups and log lines.

        P2, P16, S1: of every voter the id (as text and as SQLite stores it), the name, the username
        and the one word that nobody else wrote; the token, and the keys.
        """
        folder = self.folder / "backups"
        if not list(folder.glob("*.sqlite3")):
            backup.make(self.data / FILE, folder, datetime.now(tz=UTC))
        files = [self.log, *(f for d in (self.data, folder) for f in d.rglob("*") if f.is_file())]
        # A Norwegian dictionary holds «kanarifugl», whoever asks.
        files = [file for file in files if file.name != DICTIONARY]
        assert len(files) >= 3, "no log and backup to look into"
        raw = b"\n".join(file.read_bytes() for file in files)
        words = {question.split()[-1].encode() for question in load.questions.values()}
        first = FIRST_VOTER.to_bytes(6, "big")
        secrets = [TOKEN.split(":")[1].encode()]
        secrets += [f.read_bytes() for f in (self.folder / "keys").rglob("*") if f.is_file()]
        secrets += [secret.strip().hex().encode() for secret in secrets[1:]]
        return {
            "ids": sum(int(n) in load.questions for n in re.findall(rb"(?<!\d)7\d{9}(?!\d)", raw))
            + raw.count(first[:4]),
            "names": raw.count(b"Kanari") + raw.count(b"kanari"),
            "words": sum(word in words for word in re.findall(rb"zz[b-z]{10,}", raw)),
            "quotes": raw.count("søndagsåpne butikker zz".encode()),
            "secrets": sum(len(secret) > 8 and secret in raw for secret in secrets),
        }

    def waiting(self) -> int:
        """Updates in the inbox, read from outside."""
        db = sqlite3.connect(f"file:{self.data / FILE}?mode=ro", uri=True, timeout=10)
        try:
            return int(db.execute("SELECT count(*) FROM inbox").fetchone()[0])
        finally:
            db.close()

    async def logged(self) -> tuple[Counter[str], dict[str, str], int, int]:
        """Questions, verdict by answer id, unknown deliveries, and updates still in the inbox."""
        cipher = FieldCipher(Keys.open(self.folder / "keys", self.data))
        async with Storage(self.data / FILE, cipher) as storage:
            answers = await storage.answers()
            inbox = InboxStore(storage)
            return (
                Counter(a.question for a in answers),
                {a.id: a.verdict.value for a in answers if a.verdict},
                len(await inbox.unknown_deliveries()),
                await inbox.open_count(),
            )


def word(number: int) -> str:
    """A word that no other question has, and no redaction takes for a number or name.

    Twelve letters: a shorter one stands by chance in what is encrypted (16 bits of «zz» in 100 MB).
    """
    letters = ""
    while number:
        number, rest = divmod(number, 20)
        letters = "bcdfghjklmnpqrstvwxz"[rest] + letters
    return "zz" + letters.rjust(10, "b")


@dataclass
class Load:
    """Voters, each asking one question; some press 👍 or 👎 under the answer."""

    tg: FakeTelegramClient
    rng: random.Random
    questions: dict[int, str] = field(default_factory=dict)
    presses: dict[str, tuple[str, str]] = field(default_factory=dict)  # query -> (answer, verdict)
    _next: int = FIRST_VOTER

    async def ask(self) -> int:
        self._next += 1
        chat = self._next
        name = word(chat - FIRST_VOTER)
        self.questions[chat] = f"søndagsåpne butikker {name}"
        voter = Person(chat, f"Kanari{name}", username=f"kanari_{name}", language_code="nb")
        await self.tg.post(voter, self.questions[chat])
        return chat

    async def press(self, calls: list[dict[str, Any]]) -> None:
        """Press a button of some answer that came."""
        answers = [c for c in calls if buttons(c)]
        if not answers:
            return
        call = self.rng.choice(answers)
        data = self.rng.choice(buttons(call)[:2])
        sent = await self.tg.control(
            "callback", user={"id": call["chat_id"], "language_code": "nb"},
            chat_id=call["chat_id"], message_id=call["result"]["message_id"], data=data,
        )  # fmt: skip
        verdict = "helpful" if ":+:" in data else "not_helpful"
        self.presses[sent["query_id"]] = (data.rsplit(":", 1)[1], verdict)


def buttons(call: dict[str, Any]) -> list[str]:
    markup = (call["result"] or {}).get("reply_markup") or {}
    found = [b.get("callback_data", "") for row in markup.get("inline_keyboard", []) for b in row]
    return [data for data in found if data.startswith("v1:")]


async def drained(tg: FakeTelegramClient, bot: Bot, seconds: float) -> None:
    """Wait until Telegram has nothing left for the bot, and its inbox nothing either."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not (await tg.stats())["pending_updates"] and not bot.waiting():
            await asyncio.sleep(1)
            return
        await asyncio.sleep(0.5)


async def judge(tg: FakeTelegramClient, bot: Bot, load: Load) -> dict[str, int]:
    """Compare what was asked with what was answered and logged."""
    texts: dict[int, list[str]] = defaultdict(list)
    for call in await tg.outbox(methods=["sendMessage"], status="ok"):
        texts[call["chat_id"]].append(call["result"]["text"])
    # A press of 👍 is thanked for in a message, too: only quotes on the question are its answer.
    answers = {chat: [t for t in got if "søndagsåpne" in t] for chat, got in texts.items()}
    questions, verdicts, unknown, left = await bot.logged()
    thanked = [
        query for query in load.presses
        if ((await tg.control("query", id=query))["answer"] or {}).get("text") in STORED
    ]  # fmt: skip
    last = {load.presses[q][0]: {load.presses[q][1]} for q in thanked}
    for query, (answer, verdict) in load.presses.items():
        if query not in thanked and answer in last:
            last[answer].add(verdict)  # stored, but killed before it could say so
    return {
        "asked": len(load.questions),
        "lost": sum(
            1 for chat, text in load.questions.items()
            if not questions[text] and not answers.get(chat)
        ),
        "unlogged": sum(1 for text in load.questions.values() if not questions[text]),
        "logged_twice": sum(1 for text in load.questions.values() if questions[text] > 1),
        "double": sum(1 for chat in load.questions if len(answers.get(chat, ())) > 1),
        "unanswered": sum(1 for chat in load.questions if not answers.get(chat)),
        "silent": sum(1 for chat in load.questions if not texts.get(chat)),
        "thanked": len(thanked),
        "votes_missing": sum(1 for answer in last if verdicts.get(answer) not in last[answer]),
        "unknown": unknown,
        "left": left,
    }  # fmt: skip


async def kills(count: int, seed: int, *, burst: int = 30, lanes: int = 1) -> list[Finding]:
    """R1, R3: kill -9 at random points under bursts of questions and presses.

    A start is work for the processor and a wait for the disk, so ``lanes`` bots, each with its own
    Telegram, log and voters, are killed beside each other; their figures are added.
    """
    share = [count // lanes + (lane < count % lanes) for lane in range(lanes)]
    done: Counter[str] = Counter()
    every = await asyncio.gather(
        *(lane_of_kills(n, seed * 100 + lane, burst, done) for lane, n in enumerate(share) if n)
    )
    figures: Counter[str] = Counter()
    for one in every:
        figures.update(one)
    say(f"kills={count} seed={seed} lanes={lanes} {json.dumps(figures)}")
    per = figures["unanswered"]
    listed = f"{per} ({figures['unknown']} «ukjent levering», {per - figures['silent']} told)"
    traces = {name: figures[name] for name in ("ids", "names", "words", "quotes", "secrets")}
    return [
        Finding("R1", f"questions lost at {count} kill -9", f"{figures['lost']} of {figures['asked']}", not figures["lost"] and not figures["left"]),
        Finding("R1", "questions answered twice", str(figures["double"]), not figures["double"]),
        Finding("R1", "questions not answered", listed, per <= min(count, 20) and per <= figures["unknown"]),
        Finding("R1, R3", "questions unlogged, logged twice", f"{figures['unlogged']}, {figures['logged_twice']}", not figures["unlogged"] + figures["logged_twice"]),
        Finding("R1, R3, R4", "votes thanked for and missing", f"{figures['votes_missing']} of {figures['thanked']}", not figures["votes_missing"]),
        Finding("R1", "databases corrupted", f"{figures['corrupt']} of {count}", not figures["corrupt"]),
        Finding("P2, P16, S1", "in database, journal, backup and log: voters' ids, names, words; quotes of questions; token and keys", ", ".join(str(n) for n in traces.values()), not sum(traces.values())),
    ]  # fmt: skip


async def lane_of_kills(count: int, seed: int, burst: int, done: Counter[str]) -> dict[str, int]:
    """Kill one bot so many times; return what was found in the end."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as name, running_server("--token", TOKEN) as root:
        bot = Bot(Path(name), root, "small")
        async with FakeTelegramClient(root, timeout=30) as tg:
            await tg.reset(flood=False)
            load, corrupt, began = Load(tg, rng), 0, time.monotonic()
            # How long a start takes, so that kills fall before, in and after it.
            bot.start()
            await load.ask()
            await tg.wait(methods=["sendMessage"], timeout=60)
            ready = time.monotonic() - began
            seen, seq = [], 0
            for _ in range(count):
                started, silent, fresh = time.monotonic(), True, False
                end = started + rng.uniform(0.1, ready + 2.0)
                while time.monotonic() < end:
                    # Only what is new: all there is would in the end be most of the work.
                    new = await tg.control(
                        "outbox", methods=["sendMessage"], status="ok", since=seq
                    )
                    seen, seq = [*seen, *new["calls"]][-50:], new["seq"]
                    # What the first look finds may be of the process before.
                    if fresh and silent and new["calls"]:
                        ready, silent = 0.8 * ready + 0.2 * (time.monotonic() - started), False
                    fresh = True
                    behind = (await tg.stats())["pending_updates"]
                    if rng.random() < 0.4 and behind < 2 * burst:
                        await asyncio.gather(*(load.ask() for _ in range(rng.randint(1, burst))))
                    else:
                        await asyncio.gather(*(load.press(seen) for _ in range(rng.randint(0, 5))))
                    await asyncio.sleep(min(rng.uniform(0, 0.5), max(0, end - time.monotonic())))
                # On a machine that became busier, kills would else all fall before the first answer.
                ready *= 1.1 if silent and end - started > ready else 1.0
                bot.kill()
                corrupt += not await asyncio.to_thread(bot.whole)
                bot.start()
                done["kills"] += 1
                done["asked"] += len(load.questions) - done[f"asked {seed}"]
                done[f"asked {seed}"] = len(load.questions)
                say(f"· kill -9: {done['kills']}, asked {done['asked']}")
            await drained(tg, bot, 120 + len(load.questions) / 10)
            code, _ = await bot.stop()
            assert code == 0, f"exit code {code} in the end"
            figures = await judge(tg, bot, load)
            traces = await asyncio.to_thread(bot.traces, load)
    return {**figures, **traces, "corrupt": corrupt}


async def stop(queued: int = 500, second_within: float = 2.0) -> list[Finding]:
    """R13: SIGTERM with a full queue."""
    with tempfile.TemporaryDirectory() as name, running_server("--token", TOKEN) as root:
        bot = Bot(Path(name), root)
        async with FakeTelegramClient(root, timeout=60) as tg:
            await tg.reset(flood=False)
            load = Load(tg, random.Random(1))
            for _ in range(queued):
                await load.ask()
            bot.start()
            await tg.wait(methods=["sendMessage"], count=20, timeout=60)
            code, seconds = await bot.stop()
            before = len(await tg.outbox(methods=["sendMessage"], status="ok"))
            bot.start()
            second = await second_instance(bot, second_within)
            await drained(tg, bot, 60 + queued / 10)
            await bot.stop()
            figures = await judge(tg, bot, load)
            say(f"stop: answered before {before} {json.dumps(figures)}")
    return [
        Finding("R13", f"SIGTERM with {queued - before} waiting: exit code, seconds", f"{code}, {seconds:.1f}", code == 0 and seconds <= 5),
        Finding("R13", "lost, doubled, unanswered after the restart", f"{figures['lost']}, {figures['double']}, {figures['unanswered']}", not figures["lost"] + figures["double"] + figures["unanswered"]),
        second,
    ]  # fmt: skip


async def second_instance(bot: Bot, within: float) -> Finding:
    """R17: a second process on the same data leaves at once."""
    await asyncio.sleep(0.5)
    began = time.monotonic()
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "bot", "run"], cwd=bot.folder,
        env=bot.environment, capture_output=True, timeout=60,
    )  # fmt: skip
    seconds = time.monotonic() - began
    lines = done.stderr.decode().splitlines()
    good = done.returncode == 4 and len(lines) == 1 and seconds <= within
    return Finding(
        "R17", "a second instance: exit code, seconds", f"{done.returncode}, {seconds:.1f}", good
    )


FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("error", {"code": 429, "retry_after": 1}),
    ("error", {"code": 429, "retry_after": 5}),
    ("error", {"code": 500}),
    ("garbage", {"code": 502}),
    ("garbage", {"code": 200}),  # cut-off JSON
    ("reset", {}),
    ("reset", {"stage": "after"}),
    ("error", {"code": 500, "stage": "after"}),
    ("delay", {"seconds": 2}),
    ("delay", {"seconds": 8, "stage": "after"}),  # a timeout, though the message is there
    ("error", {"code": 403, "description": "bot was blocked by the user"}),
    ("error", {"code": 400, "description": "chat not found"}),
)
CLOSED = (400, 403)  # nobody there to answer


async def faults(minutes: float, seed: int) -> list[Finding]:
    """R14: three calls in ten fail, in every way, and so does polling."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as name, running_server("--token", TOKEN) as root:
        bot = Bot(Path(name), root)
        async with FakeTelegramClient(root, timeout=60) as tg:
            await tg.reset(flood=False)
            load, asked_at, struck = Load(tg, rng), {}, {}
            bot.start()
            await load.ask()
            await tg.wait(methods=["sendMessage"], timeout=60)
            end, conflict = time.monotonic() + minutes * 60, 0
            while time.monotonic() < end:
                chat = load._next + 1
                if rng.random() < 0.3:
                    kind, more = rng.choice(FAULTS)
                    struck[chat] = more.get("code")
                    await tg.fault(kind, method="sendMessage", chat_id=chat, **more)
                # One in some twenty seconds: PTB waits longer after each, up to 30 s, and more of them
                # would only measure that.
                if rng.random() < 0.004:
                    kind, more = rng.choice(
                        (("garbage", {"code": 502}), ("reset", {}), ("error", {"code": 409, "description": "terminated by other getUpdates request"}))
                    )  # fmt: skip
                    conflict += more.get("code") == 409
                    await tg.fault(kind, method="getUpdates", **more)
                asked_at[chat] = time.time()
                await load.ask()
                await asyncio.sleep(rng.expovariate(12))
                say(f"· faults: {len(load.questions)} asked, {len(struck)} struck")
            await tg.fault("delay", clear=True, seconds=0, method="none")
            await drained(tg, bot, 120)
            assert bot.process is not None
            alive = bot.process.poll() is None
            code, _ = await bot.stop()
            calls = await tg.outbox(methods=["sendMessage"])
            figures = await judge(tg, bot, load)
            log = bot.log.read_text()
            say(f"faults: {minutes} min, struck {len(struck)} {json.dumps(figures)} exit={code}")
    told: dict[int, int] = Counter(c["chat_id"] for c in calls if c["status"] == "ok")
    silent = [c for c in load.questions if not told[c] and struck.get(c) not in CLOSED]
    first = {}
    for call in calls:
        first.setdefault(call["chat_id"], call["at"])
    # Whoever was not struck waits for nobody who was. (Polling's own failures hold up all.)
    waits = sorted(first[c] - at for c, at in asked_at.items() if c not in struck and c in first)
    p95 = waits[int(len(waits) * 0.95)] if waits else 99.0
    alerts = log.count("another process fetches")
    return [
        Finding("R14", f"{minutes:g} min, {len(struck)} of {len(load.questions)} calls failing: the process lives, exit code", f"{alive}, {code}", alive and code == 0),
        Finding("R14", "questions lost, answered twice", f"{figures['lost']}, {figures['double']}", not figures["lost"] + figures["double"]),
        Finding("R14", "voters left without a word (403 and 400 apart)", str(len(silent)), not silent),
        Finding("R14", "unhandled tracebacks in the log", str(log.count("Traceback")), "Traceback" not in log),
        Finding("R14", "seconds to an answer, the others, p95 (polling's own failures included)", f"{p95:.2f}", p95 <= 5),
        Finding("R14", "409: alerts for conflicts", f"{alerts} for {conflict}", bool(alerts) or not conflict),
        Finding("S1", "token or question words in the log", str(log.count(TOKEN.split(":")[1]) + log.count("søndag")), TOKEN.split(":")[1] not in log and "søndag" not in log),
    ]  # fmt: skip


async def pace(
    seconds: float, seed: int, *, rate: float = 20.0, corpus: str = "whole"
) -> list[Finding]:
    """R17: how long voters wait when 20 messages come each second; all that is served is in use."""
    rng = random.Random(seed)
    lines = (ROOT / "tests" / "data" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["question"] for line in lines]
    with tempfile.TemporaryDirectory() as name, running_server("--token", TOKEN) as root:
        bot = Bot(Path(name), root, corpus)
        async with FakeTelegramClient(root, timeout=60) as tg:
            await tg.reset(flood=False)
            bot.start()
            for warm in range(20):
                await tg.say(Person(warm + 1, "Velger", language_code="nb"), rng.choice(texts))
            asked_at: dict[int, float] = {}
            commit = await asyncio.to_thread(commit_ms, Path(name))
            began = time.monotonic()
            for number in range(int(seconds * rate)):
                # By the clock, not by the last answer: a slow bot is not spared.
                await asyncio.sleep(max(0, began + number / rate - time.monotonic()))
                chat = FIRST_VOTER + number
                asked_at[chat] = time.time()
                await tg.post(Person(chat, "Velger", language_code="nb"), rng.choice(texts))
                say(f"· pace: {number}/{seconds * rate:.0f}")
            sent = len(asked_at) / (time.monotonic() - began)
            await drained(tg, bot, 30)
            code, _ = await bot.stop()
            calls = await tg.outbox(methods=["sendMessage"], status="ok")
    first: dict[int, float] = {}
    for call in calls:
        first.setdefault(call["chat_id"], call["at"])
    waits = sorted(first[chat] - at for chat, at in asked_at.items() if chat in first)
    missing = len(asked_at) - len(waits)
    p50, p95 = (1000 * waits[int(len(waits) * share)] for share in (0.5, 0.95))
    say(
        f"pace: {len(waits)} answers, {sent:.1f}/s, p50 {p50:.0f} ms, p95 {p95:.0f} ms, exit={code}"
    )
    return [
        Finding("R17", f"{len(asked_at)} questions at {sent:.1f} a second: without an answer", str(missing), not missing),
        Finding("R17", f"milliseconds to an answer, p50, p95 (one commit on this disk: {commit:.0f} ms)", f"{p50:.0f}, {p95:.0f}", p95 <= 300 and sent >= 0.95 * rate),
    ]  # fmt: skip


def commit_ms(folder: Path, count: int = 50) -> float:
    """Median milliseconds that SQLite needs here to have one row safely on disk: the floor of it all."""
    db = sqlite3.connect(folder / "commits.sqlite3", isolation_level=None)
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE t (n INTEGER) STRICT")
    times = []
    for number in range(count):
        began = time.monotonic()
        db.execute("INSERT INTO t VALUES (?)", (number,))
        times.append(time.monotonic() - began)
    db.close()
    return 1000 * sorted(times)[count // 2]


async def soak(updates: int, folder: Path | None = None) -> list[Finding]:
    """R17: many updates through inbox, handlers and log in one process; memory stays flat.

    The log is in memory where there is such a folder: what is looked for here is no matter of the disk,
    and waiting for it is two thirds of the time.
    """
    from dataclasses import replace

    from bot.app import build_application
    from bot.config import load_settings
    from bot.inbox import Inbox
    from bot.services import make_services
    from tests.bot.telegram_transport import FakeTelegram

    class Telegram(FakeTelegram):
        async def do_request(self, url: str, *rest: Any, **more: Any) -> tuple[int, bytes]:
            self.calls.clear()  # it would grow; the bot must not
            return await super().do_request(url, *rest, **more)

    os.environ.setdefault("PTB_TIMEDELTA", "1")
    where = IN_MEMORY if IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=where) as name:
        root = folder or Path(name)
        copy_corpus(root / "seeds")
        config = write_config(root)
        settings = load_settings(config, {"TELEGRAM_BOT_TOKEN": TOKEN})
        Keys.create(settings.keys, datetime.now(tz=UTC))
        services = make_services(settings)
        async with services.storage:
            inbox = Inbox(InboxStore(services.storage), services.storage.cipher, services.clock)
            app = build_application(
                replace(settings, admins=frozenset()), services, Telegram(), inbox
            )
            app.bot.rate_limiter._pace = Unpaced()  # else Telegram's 30 a second set the pace
            texts = ("lærlinger", SUNDAY, "/om", "Hva med skolen?", "xyzzy", "T-banen i Bærum")
            sizes: list[float] = []
            async with app:
                await app.start()
                began, warm = time.monotonic(), max(1, updates // 5)
                tasks, files = len(asyncio.all_tasks()), open_files()
                for start in range(0, updates, 50):
                    batch = [message(start + i + 1, texts[(start + i) % 6]) for i in range(50)]
                    await inbox.room()
                    await inbox.accept(batch)
                    for raw in batch:
                        await app.update_queue.put(parse_raw(raw, app.bot))
                    while inbox.open > 100:
                        await asyncio.sleep(0.002)
                    if start >= warm and start % max(50, updates // 100 // 50 * 50) == 0:
                        gc.collect()
                        sizes.append(rss())
                        say(f"· soak: {start}/{updates}, {sizes[-1]:.1f} MB")
                while inbox.open:
                    await asyncio.sleep(0.01)
                await asyncio.sleep(0.05)
                rate = updates / (time.monotonic() - began)
                leaked = len(asyncio.all_tasks()) - tasks
                still_open = open_files() - files
                await app.stop()
            await inbox.close()
    # The ends' medians: one sample more or less says nothing.
    part = max(1, len(sizes) // 5)
    growth = sorted(sizes[-part:])[part // 2] - sorted(sizes[:part])[part // 2]
    say(
        f"soak: {updates} updates, {rate:.0f}/s, {growth:+.1f} MB, tasks {leaked:+d}, files {still_open:+d}"
    )
    return [
        Finding("R17", f"{updates} updates: growth of memory after warm-up, MB", f"{growth:+.1f}", growth <= 20),
        Finding("R17", "leaked tasks, open files", f"{leaked}, {still_open}", leaked <= 0 and still_open <= 0),
        Finding("R17", f"updates a second, one process, whole way through inbox and log{' (in memory)' if where else ''}", f"{rate:.0f}", rate >= 20),
    ]  # fmt: skip


SUNDAY = "Hva mener dere om søndagsåpne butikker?"


class Unpaced:
    def chat_wait(self, chat: object) -> float:
        return 0.0

    def total_wait(self) -> float:
        return 0.0


def message(update_id: int, text: str) -> dict[str, Any]:
    person = {"id": update_id, "is_bot": False, "first_name": "V", "language_code": "nb"}
    entities = [{"type": "bot_command", "offset": 0, "length": len(text)}] if text[0] == "/" else []
    return {
        "update_id": update_id,
        "message": {
            "message_id": 1, "date": 1_780_000_000, "text": text, "entities": entities,
            "chat": {"id": update_id, "type": "private", "first_name": "V"}, "from": person,
        },
    }  # fmt: skip


def parse_raw(raw: dict[str, Any], bot: Any) -> Any:
    from bot.inbox import parse

    return parse(raw, bot)


def open_files() -> int:
    """How many file descriptors this process has."""
    return len(os.listdir("/proc/self/fd"))


def rss() -> float:
    """Resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def write_table(part: str, findings: list[Finding], path: Path) -> None:
    """Put the figures of one part into docs/trust.md, between its marks; leave the others as they are."""
    used = " ".join(f"TORTURE_{name}={setting(name)}" for name in ("PARTS", *SIZES[part], "SEED"))
    used = used.replace(f"TORTURE_PARTS={setting('PARTS')}", f"TORTURE_PARTS={part}")
    machine = (
        f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    )
    begin, end = f"<!-- torture: {part} -->", f"<!-- torture: {part} end -->"
    block = "\n".join([
        begin, "",
        f"`{used} make torture`, {datetime.now(tz=UTC):%Y-%m-%d}, {machine}:", "",
        "| requirement | what | figure | |", "|---|---|---|---|",
        *(f"| {f.requirement} | {f.what} | {f.figure} | {'pass' if f.good else '**FAIL**'} |" for f in findings),
        "", end,
    ])  # fmt: skip
    text = path.read_text(encoding="utf-8") if path.exists() else HEAD
    if begin in text:
        before, _, rest = text.partition(begin)
        text = before + block + rest.partition(end)[2]
    else:
        before, mark, after = text.partition(TABLE[1])
        assert mark, f"{path} has no line {TABLE[1]}"
        text = before + block + "\n\n" + mark + after
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


HEAD = f"""# What was measured

{TABLE[0]}

{TABLE[1]}
"""

DEFAULTS = {
    "PARTS": "kills,stop,faults,pace,soak", "KILLS": "200", "LANES": "2", "MINUTES": "10",
    "SECONDS": "60", "UPDATES": "200000", "SEED": "1",
}  # fmt: skip
# What sets the size of each part.
SIZES = {
    "kills": ("KILLS", "LANES"), "stop": (), "faults": ("MINUTES",), "pace": ("SECONDS",),
    "soak": ("UPDATES",),
}  # fmt: skip


def setting(name: str) -> str:
    return os.environ.get(f"TORTURE_{name}", DEFAULTS[name])


async def main() -> int:
    seed = int(setting("SEED"))
    parts: dict[str, Callable[[], Any]] = {
        "kills": lambda: kills(int(setting("KILLS")), seed, lanes=int(setting("LANES"))),
        "stop": stop,
        "faults": lambda: faults(float(setting("MINUTES")), seed),
        "pace": lambda: pace(float(setting("SECONDS")), seed),
        "soak": lambda: soak(int(setting("UPDATES"))),
    }
    wanted = setting("PARTS").split(",")
    unknown = [part for part in wanted if part not in parts]
    if unknown:
        sys.stderr.write(
            f"TORTURE_PARTS: no part {', '.join(unknown)}; there are {', '.join(parts)}\n"
        )
        return 2
    good = True
    for part in wanted:
        began = time.monotonic()
        say(f"{part} begins")
        try:
            findings = await parts[part]()
        except (NoAnswer, AssertionError) as exc:
            findings = [Finding("?", part, str(exc)[:300], good=False)]
        say(f"{part} took {time.monotonic() - began:.0f} s")
        for finding in findings:
            print(finding, flush=True)
        good &= all(finding.good for finding in findings)
        if os.environ.get("TORTURE_WRITE", "1") != "0":
            write_table(part, findings, ROOT / "docs" / "trust.md")
    return int(not good)


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
