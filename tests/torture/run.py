"""`make torture`: what the bot promises, measured on the real process under load.

Parts and their size are set by the environment (in brackets: the default):

    TORTURE_PARTS    which, with commas        (kills,stop,faults,soak)
    TORTURE_KILLS    kill -9 at random points  (200)
    TORTURE_MINUTES  minutes of faults         (10)
    TORTURE_UPDATES  updates of the soak       (200000)
    TORTURE_SEED     of all that is random     (1)

One line a requirement is printed, and the table in docs/trust.md is written anew (TORTURE_WRITE=0: not).
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
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

from bot.privacy.crypto import FieldCipher  # noqa: E402
from bot.privacy.keys import Keys  # noqa: E402
from bot.storage import FILE, Storage  # noqa: E402
from bot.storage_inbox import InboxStore  # noqa: E402
from bot.texts import NB  # noqa: E402
from tests.conftest import TOKEN, copy_corpus, write_config  # noqa: E402
from tests.fake_telegram.client import (  # noqa: E402
    FakeTelegramClient,
    NoAnswer,
    Person,
    running_server,
)

TOLD = (NB.restarted, NB.maybe_lost)
STORED = (NB.vote_stored, NB.ask_why)  # what is said after the commit
TABLE = ("<!-- torture: begin -->", "<!-- torture: end -->")


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
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
    elif not text.startswith("·"):
        sys.stderr.write(text + "\n")
    sys.stderr.flush()


class Bot:
    """The real process, in a folder of its own."""

    def __init__(self, folder: Path, root: str) -> None:
        self.folder, self.log = folder, folder / "log.txt"
        copy_corpus(folder / "seeds")
        config = write_config(folder)
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
    """A word that no other question has, and no redaction takes for a number or name."""
    letters = ""
    while number:
        number, rest = divmod(number, 20)
        letters = "bcdfghjklmnpqrstvwxz"[rest] + letters
    return "zz" + letters


@dataclass
class Load:
    """Voters, each asking one question; some press 👍 or 👎 under the answer."""

    tg: FakeTelegramClient
    rng: random.Random
    questions: dict[int, str] = field(default_factory=dict)
    presses: dict[str, tuple[str, str]] = field(default_factory=dict)  # query -> (answer, verdict)
    _next: int = 10_000

    async def ask(self) -> int:
        self._next += 1
        chat = self._next
        self.questions[chat] = f"søndagsåpne butikker {word(chat)}"
        await self.tg.post(Person(chat, "Velger", language_code="nb"), self.questions[chat])
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


async def kills(count: int, seed: int, *, burst: int = 30) -> list[Finding]:
    """R1, R3: kill -9 at random points under bursts of questions and presses."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as name, running_server("--token", TOKEN) as root:
        bot = Bot(Path(name), root)
        async with FakeTelegramClient(root, timeout=30) as tg:
            await tg.reset(flood=False)
            load, corrupt, began = Load(tg, rng), 0, time.monotonic()
            # How long a start takes, so that kills fall before, in and after it.
            bot.start()
            await load.ask()
            await tg.wait(methods=["sendMessage"], timeout=60)
            ready = time.monotonic() - began
            for number in range(count):
                end = time.monotonic() + rng.uniform(0.1, ready + 2.0)
                seen: list[dict[str, Any]] = []
                while time.monotonic() < end:
                    if rng.random() < 0.4:
                        await asyncio.gather(*(load.ask() for _ in range(rng.randint(1, burst))))
                    else:
                        seen = (await tg.outbox(methods=["sendMessage"], status="ok"))[-50:]
                        await asyncio.gather(*(load.press(seen) for _ in range(rng.randint(0, 5))))
                    await asyncio.sleep(min(rng.uniform(0, 0.5), max(0, end - time.monotonic())))
                bot.kill()
                corrupt += not bot.whole()
                bot.start()
                say(f"· kill -9: {number + 1}/{count}, asked {len(load.questions)}")
            await drained(tg, bot, 120 + len(load.questions) / 10)
            code, seconds = await bot.stop()
            figures = await judge(tg, bot, load)
            say(f"kills={count} seed={seed} {json.dumps(figures)} exit={code}")
    per = figures["unanswered"]
    listed = f"{per} ({figures['unknown']} «ukjent levering», {per - figures['silent']} told)"
    return [
        Finding("R1", f"questions lost at {count} kill -9", f"{figures['lost']} of {figures['asked']}", not figures["lost"] and not figures["left"]),
        Finding("R1", "questions answered twice", str(figures["double"]), not figures["double"]),
        Finding("R1", "questions not answered", listed, per <= min(count, 20) and per <= figures["unknown"]),
        Finding("R1", "questions unlogged, logged twice", f"{figures['unlogged']}, {figures['logged_twice']}", not figures["unlogged"] + figures["logged_twice"]),
        Finding("R1", "votes thanked for and missing", f"{figures['votes_missing']} of {figures['thanked']}", not figures["votes_missing"]),
        Finding("R1", "databases corrupted", f"{corrupt} of {count}", not corrupt),
    ]  # fmt: skip


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


async def soak(updates: int, folder: Path | None = None) -> list[Finding]:
    """R17: many updates through inbox, handlers and log in one process; memory stays flat."""
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
    with tempfile.TemporaryDirectory() as name:
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
                tasks = len(asyncio.all_tasks())
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
                await app.stop()
            await inbox.close()
    # The ends' medians: one sample more or less says nothing.
    part = max(1, len(sizes) // 5)
    growth = sorted(sizes[-part:])[part // 2] - sorted(sizes[:part])[part // 2]
    say(f"soak: {updates} updates, {rate:.0f}/s, {growth:+.1f} MB, tasks {leaked:+d}")
    return [
        Finding("R17", f"{updates} updates: growth of memory after warm-up, MB", f"{growth:+.1f}", growth <= 20),
        Finding("R17", "leaked tasks", str(leaked), leaked <= 0),
        Finding("R17", "updates a second, one process, whole way through inbox and log", f"{rate:.0f}", rate >= 20),
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


def rss() -> float:
    """Resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def write_table(findings: list[Finding], path: Path) -> None:
    """Put the figures into docs/trust.md, between the marks."""
    names = ("PARTS", "KILLS", "MINUTES", "UPDATES", "SEED")
    used = " ".join(f"TORTURE_{n}={setting(n)}" for n in names)
    machine = (
        f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    )
    lines = [
        TABLE[0], "",
        f"`{used} make torture`, {datetime.now(tz=UTC):%Y-%m-%d}, {machine}:", "",
        "| requirement | what | figure | |", "|---|---|---|---|",
        *(f"| {f.requirement} | {f.what} | {f.figure} | {'pass' if f.good else '**FAIL**'} |" for f in findings),
        "", TABLE[1],
    ]  # fmt: skip
    text = path.read_text(encoding="utf-8") if path.exists() else HEAD
    before, _, rest = text.partition(TABLE[0])
    _, _, after = rest.partition(TABLE[1])
    path.parent.mkdir(exist_ok=True)
    path.write_text(before + "\n".join(lines) + (after or "\n"), encoding="utf-8")


HEAD = """# What was measured

Nothing is lost and nothing doubled: measured on the real process against a fake Telegram. The fast forms of the
same requirements are ordinary tests. The table is written by `make torture`.

"""

DEFAULTS = {
    "PARTS": "kills,stop,faults,soak", "KILLS": "200", "MINUTES": "10", "UPDATES": "200000",
    "SEED": "1",
}  # fmt: skip


def setting(name: str) -> str:
    return os.environ.get(f"TORTURE_{name}", DEFAULTS[name])


async def main() -> int:
    parts: dict[str, Callable[[], Any]] = {
        "kills": lambda: kills(int(setting("KILLS")), int(setting("SEED"))),
        "stop": stop,
        "faults": lambda: faults(float(setting("MINUTES")), int(setting("SEED"))),
        "soak": lambda: soak(int(setting("UPDATES"))),
    }
    findings: list[Finding] = []
    for part in setting("PARTS").split(","):
        try:
            findings += await parts[part]()
        except (NoAnswer, AssertionError) as exc:
            findings.append(Finding("?", part, str(exc)[:300], good=False))
    for finding in findings:
        print(finding)
    if os.environ.get("TORTURE_WRITE", "1") != "0":
        write_table(findings, ROOT / "docs" / "trust.md")
    return int(not all(f.good for f in findings))


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
