"""The real bot process against the fake Bot API server: what a voter and an admin go through."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.privacy.crypto import FieldCipher
from bot.privacy.keys import Keys
from bot.storage import FILE, Storage
from bot.texts import EN, NB
from tests.bot.logs_on_disk import scribble
from tests.conftest import ADMIN, ROOT, TOKEN, copy_corpus, make_keys, write_config
from tests.fake_telegram.client import FakeTelegramClient, Person, Reply, running_server

KARI = Person(11, "Kari", username="kari_normann", language_code="nb")
OLE = Person(12, "Ole", username="ole_normann", language_code="en")
CHIEF = Person(ADMIN, "Admin", language_code="nb")
SUNDAY = "Hva mener dere om søndagsåpne butikker?"
LOERENSKOG = "lorenskog-arbeids-og-naeringsliv.txt"


class House:
    """A bot's folder, and its process."""

    def __init__(self, folder: Path, root: str) -> None:
        self.folder, self.log = folder, folder / "log.txt"
        self.seeds = copy_corpus(folder / "seeds")
        self.config = write_config(folder)
        self.cipher = FieldCipher(make_keys(folder / "keys"))
        # Not the caller's environment: a proxy in it would stand between the bot and this machine.
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "LOFTEBOT_CONFIG": str(self.config),
            "LOFTEBOT_TELEGRAM_BASE_URL": f"{root}/bot",
            "LOFTEBOT_TELEGRAM_BASE_FILE_URL": f"{root}/file/bot",
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-W", "error::DeprecationWarning:bot", "-m", "bot", *arguments]

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Start the bot; stop it as systemd does, and insist that it goes in peace."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self.command("run"), cwd=self.folder, env=self.environment, stderr=log, stdout=log
            )
            try:
                yield process
                process.send_signal(signal.SIGTERM)
                assert process.wait(15) == 0, self.log.read_text()
            finally:
                process.kill()
                process.wait()

    def votes(self) -> list[tuple[str, str | None]]:
        """Question and verdict of every answer in the log."""
        db = sqlite3.connect(f"file:{self.folder / 'data' / FILE}?mode=ro", uri=True)
        try:
            rows = db.execute(
                "SELECT id, question, verdict FROM answers LEFT JOIN votes ON answer_id = id"
                " ORDER BY asked_on, answers.id"
            ).fetchall()
            return [
                (self.cipher.open(blob, f"question|{answer_id}".encode()).decode(), verdict)
                for answer_id, blob, verdict in rows
            ]
        finally:
            db.close()

    def mend(self, old: str, new: str, *, record: bool = True) -> None:
        """Change the words of a programme, and its checksum on record unless told not to."""
        path, manifest = self.seeds / LOERENSKOG, self.seeds / "programmes.toml"
        before = path.read_bytes()
        after = before.replace(old.encode(), new.encode())
        assert after != before, f"«{old}» is not in {LOERENSKOG}"
        path.write_bytes(after)
        if record:
            sums = [hashlib.sha256(raw).hexdigest() for raw in (before, after)]
            manifest.write_text(manifest.read_text().replace(*sums))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_server("--token", TOKEN) as root:
        yield root


@pytest.fixture
async def tg(server: str) -> AsyncIterator[FakeTelegramClient]:
    async with FakeTelegramClient(server, timeout=30, quiet=0.2) as client:
        await client.reset()
        yield client


@pytest.fixture
def house(tmp_path: Path, server: str) -> House:
    return House(tmp_path, server)


def checked(stats: dict) -> dict:
    """Nothing was refused, and no press was left without an answer."""
    assert stats["refused"] == []
    assert stats["unanswered_callbacks"] == []
    return stats


async def test_question_quotes_vote_and_restart(tg: FakeTelegramClient, house: House) -> None:
    with house.running():
        [hello] = await tg.say(KARI, "/start")
        assert "Asker, Bærum og Lørenskog" in hello.text
        [answer] = await tg.say(KARI, SUNDAY)
        assert "Si nei til flere søndagsåpne butikker" in answer.text
        assert "ikke skal tillate søndagsåpne butikker i sine lokaler" in answer.text
        kinds = {entity["type"] for entity in answer.raw["entities"]}
        assert kinds >= {"blockquote", "bold"}
        assert answer.buttons[:2] == ["👍", "👎"]

        said, [marked] = await tg.press(KARI, "👎", count=1)
        assert said["text"] == NB.ask_why
        assert marked.buttons[:2] == ["👍", "✓ 👎"]
        assert house.votes() == [(SUNDAY, "not_helpful")]

        # pressed again: stored again, nothing to redraw, and nobody is told of an error
        said, _ = await tg.press(KARI, "✓ 👎")
        assert said["text"] == NB.ask_why

        [sorry] = await tg.say(KARI, extra={"photo": [{
            "file_id": "f", "file_unique_id": "u", "width": 9, "height": 9,
        }]})  # fmt: skip
        assert sorry.text == NB.not_picture
        [english] = await tg.say(OLE, "/help")
        assert english.text == EN.help

        [changed] = await tg.edit(KARI, "lærlinger", message_id=answer.message_id - 1)
        assert (changed.method, changed.message_id) == ("editMessageText", answer.message_id)
        assert "lærling" in changed.text.lower()
        [back] = await tg.edit(KARI, SUNDAY, message_id=answer.message_id - 1)
        assert back.text == answer.text
        stats = await tg.stats()
        # The admin's menu: the admin has not written yet, so there is no chat to show it in.
        assert {c["method"] for c in stats["refused"]} <= {"getMyCommands", "setMyCommands"}
        assert stats["unanswered_callbacks"] == []
        menu = [key for key in stats["settings"] if key.startswith("commands/")]
        assert {key.rsplit("/", 1)[1] for key in menu} == {"", "no", "nb", "nn", "en"}
        assert {"edited_message", "callback_query", "inline_query", "message"} == set(
            stats["allowed_updates"]
        )

    await tg.post(OLE, "lærlinger")  # while the bot is away
    with house.running():
        *_, missed = await tg.replies(OLE.id, count=2)
        assert "lærlinger" in missed.text
        said, [marked, offer] = await tg.press(KARI, "👍", message_id=answer.message_id, count=2)
        assert said["text"] == NB.vote_stored
        assert offer.text == NB.thanks_agree
        assert marked.buttons[:2] == ["✓ 👍", "👎"]
        assert (SUNDAY, "helpful") in house.votes()

    log = house.log.read_text()
    assert "outcome=hit" in log
    for trace in (TOKEN, TOKEN.split(":")[1], "søndag", "kari", "Kari"):
        assert trace not in log
    # Not in a time: 03:02:11,334.
    assert not re.search(rf"(?<!\d)(?<!\d:){KARI.id},", log)
    raw = (house.folder / "data" / FILE).read_bytes()
    for trace in (b"kari_normann", b"Kari", b"ole_normann"):
        assert trace not in raw


async def reload(tg: FakeTelegramClient) -> str:
    """What /reload tells in the end; publishes what it offers."""
    sent = await tg.post(CHIEF, "/reload")
    chat, told = sent["message"]["chat"]["id"], []
    # How many times it tells how far it has come depends on the machine.
    while not told or told[-1].text.startswith(NB.reload_started):
        told = await tg.replies(chat, since=sent["seq"], count=len(told) + 1)
    started, *_, done = told
    assert started.text == NB.reload_started
    if done.buttons:
        assert done.buttons == [NB.reload_publish, NB.reload_cancel]
        said, [published] = await tg.press(CHIEF, NB.reload_publish, count=1)
        assert said["text"] == NB.reload_published
        assert published.buttons == [NB.reload_undo]
    return done.text


async def test_reload(tg: FakeTelegramClient, house: House) -> None:
    await tg.config(flood=False)
    with house.running():
        [refused] = await tg.say(KARI, "/reload")
        assert refused.text == NB.unknown_command
        assert (await reload(tg)).startswith("Ingenting er endret.")

        house.mend("Si nei til flere", "Si klart nei til alle")
        assert "+0 −0 ~1 løfter" in await reload(tg)
        [answer] = await tg.say(KARI, SUNDAY)
        assert "Si klart nei til alle søndagsåpne butikker" in answer.text

        said, [undone] = await tg.press(CHIEF, NB.reload_undo, count=1)
        assert said["text"] == NB.reload_undone
        assert undone.buttons == []
        [answer] = await tg.say(KARI, SUNDAY)
        assert "Si nei til flere søndagsåpne butikker" in answer.text
        assert "+0 −0 ~1 løfter" in await reload(tg)

        house.mend("Si klart nei", "Si kanskje", record=False)
        fault = await reload(tg)
        assert fault.startswith("Ikke lest inn. Det gamle innholdet svarer videre.")
        assert LOERENSKOG in fault and "sha256" in fault
        manifest = house.seeds / "programmes.toml"
        broken = manifest.read_text().replace('\nkind = "programme"', '\nkind = "tull"', 1)
        manifest.write_text(broken)
        line = broken.splitlines().index("[[programme]]") + 1  # its record is the first
        assert f'programmes.toml:{line}: kind = "tull"' in await reload(tg)
        [answer] = await tg.say(KARI, SUNDAY)
        assert "Si klart nei til alle søndagsåpne butikker" in answer.text
        checked(await tg.stats())


async def test_thirty_voters_at_once_each_in_their_order(
    tg: FakeTelegramClient, house: House
) -> None:
    voters = [Person(100 + i, f"Velger {i}") for i in range(30)]
    questions = ("/om", "lærlinger", "/hjelp", SUNDAY)
    marks = ("ordrett", "lærlinger", "/kilder", "søndagsåpne")
    with house.running():
        await tg.say(KARI, "/start")
        await tg.config(total_rate=15)  # less than Telegram: some answers are put off, none is lost
        for question in questions:
            await asyncio.gather(*(tg.post(voter, question) for voter in voters))

        async def answers(voter: Person) -> list[Reply]:
            return await tg.replies(voter.id, count=len(questions))

        for replies in await asyncio.gather(*(answers(voter) for voter in voters)):
            assert len(replies) == len(questions)
            for reply, mark in zip(replies, marks, strict=True):
                assert mark in reply.text
        stats = await tg.stats()
        assert {call["status"] for call in stats["refused"]} == {"429"}
    assert len(house.votes()) == 60


async def test_a_token_that_telegram_refuses(house: House, server: str) -> None:
    house.environment["TELEGRAM_BOT_TOKEN"] = "43:WRONG-secret"
    done = await asyncio.to_thread(
        subprocess.run, house.command("run"), cwd=house.folder, env=house.environment,
        capture_output=True, timeout=60,
    )  # fmt: skip
    errors = done.stderr.decode()
    assert done.returncode == 5, errors
    assert errors.splitlines()[-1].startswith("Telegram godtar ikke tokenet.")
    assert "WRONG-secret" not in errors


async def test_a_log_that_was_damaged_at_rest_is_restored_and_its_audit_says_so(
    house: House,
) -> None:
    """Explained as soon as the log is open: here Telegram refuses the token right after."""

    async def audited(action: str) -> None:
        async with Storage(house.folder / "data" / FILE, house.cipher) as storage:
            keys = Keys.open(house.folder / "keys", house.folder / "data")
            await storage.record_audit(keys, datetime.now(tz=UTC), "77", action)

    def bot(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            house.command(*arguments), cwd=house.folder, env=house.environment,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    await audited("reload")
    assert (await asyncio.to_thread(bot, "backup")).returncode == 0
    await audited("export")
    scribble(house.folder / "data" / FILE)
    house.environment["TELEGRAM_BOT_TOKEN"] = "43:WRONG-secret"
    assert (await asyncio.to_thread(bot, "run")).returncode == 5
    verified = await asyncio.to_thread(bot, "verify-audit")
    assert verified.returncode == 0, verified.stderr
    assert "godtatt: rad 2 til 2 mangler" in verified.stdout
