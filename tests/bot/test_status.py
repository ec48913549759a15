from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot import backup
from bot.handlers.status import duration, size_text, status_text, tell_admins
from bot.services import give_consent
from bot.texts import EN, LANGUAGES, NB
from tests.bot.logs_on_disk import scribble
from tests.bot.telegram_transport import Voter
from tests.conftest import ADMIN

SUNDAY = "Hva mener dere om søndagsåpne butikker?"


async def test_an_admin_sees_the_state_of_operations(
    application, process, voter, telegram, services
) -> None:
    await process(voter.says(SUNDAY), voter.says("xyzzy plugh"))
    services.health.polled()
    backup.make(
        services.storage.path, services.settings.backups, datetime.now(tz=UTC) - timedelta(hours=3)
    )
    await process(Voter(application.bot, ADMIN).says("/status"))
    text = telegram.texts[-1]
    assert "journal DELETE" in text or "journal WAL" in text
    assert f"versjon {services.index.snapshot.fingerprint}" in text
    assert re.search(r"Asker \d+, Bærum \d+, Lørenskog \d+", text)
    assert re.search(r"\d+ svar, \d+ uten treff", text)
    assert re.search(r"tok høyst \d+ ms", text)
    assert "Siden sikkerhetskopi: 3 h 00 min, 1 i alt" in text
    assert "{" not in text
    for trace in ("søndag", "Kari", "kari_normann", "Normann"):
        assert trace not in text


async def test_others_get_what_an_unknown_command_gets(process, voter, telegram) -> None:
    await process(voter.says("/status"))
    assert telegram.texts == [NB.unknown_command]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_log_that_cannot_be_read_costs_its_numbers_not_the_page(services, language) -> None:
    scribble(services.storage.path)
    text = await status_text(services, LANGUAGES[language])
    assert LANGUAGES[language].alert_unknown in text
    assert services.index.snapshot.fingerprint in text


async def test_before_the_first_answer_of_telegram_and_the_first_backup(services) -> None:
    from bot.health import Health

    text = await status_text(replace(services, health=Health()), EN)
    assert text.count(EN.status_never) == 2


async def test_an_admin_who_blocked_the_bot_does_not_keep_the_others_in_the_dark(
    application, telegram
) -> None:
    telegram.will_refuse("sendMessage", 403, "Forbidden: bot was blocked by the user")
    await tell_admins(application.bot, frozenset({1, 2}))("Hei <b>")
    assert [(call["chat_id"], call["text"]) for call in telegram.sent()] == [
        (1, "Hei <b>"),
        (2, "Hei <b>"),
    ]
    assert all("parse_mode" not in call for call in telegram.sent())


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (-5, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3661, "1 h 01 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_sizes() -> None:
    assert [size_text(n) for n in (0, 4096, 3_500_000, 2**31)] == [
        "0 KiB",
        "4 KiB",
        "3.3 MiB",
        "2.0 GiB",
    ]


# ---- which version answered


@pytest.mark.parametrize("logging", ["avidentifisert", "samtykke"])
async def test_the_version_is_in_status_in_sources_and_in_every_logged_answer(
    application, process, telegram, services, logging
) -> None:
    """After a publication the new one, and what was answered before keeps the one it had."""
    kari, chief = Voter(application.bot), Voter(application.bot, ADMIN)
    if logging == "samtykke":
        await give_consent(services, kari.id, "1")
        object.__setattr__(services.settings, "logging", logging)
    questions = (
        SUNDAY,
        "xyzzy plugh",
        "Hva mener Høyre om skole?",
        "Hva vil dere i Oslo?",
        "skole i Asker",
    )
    old = services.index.snapshot
    fresh = replace(
        old, corpus=replace(old.corpus, fingerprint="0123456789ab"), fingerprint="0123456789ab"
    )
    seen = []
    for snapshot in (old, fresh):
        services.index._rebuild = lambda _, snapshot=snapshot: snapshot
        await services.index.reload()
        for question in questions:
            await process(kari.says(question))
        await process(chief.says("/status"))
        assert f"versjon {snapshot.fingerprint}," in telegram.texts[-1]
        for language, texts in LANGUAGES.items():
            await process(Voter(application.bot, 40 + len(seen), language).says("/kilder"))
            assert telegram.texts[-1].endswith(
                texts.sources_version.format(fingerprint=snapshot.fingerprint)
            )
            seen.append(language)
    logged = await services.storage.answers()
    assert len({answer.outcome for answer in logged}) >= 2
    counts = Counter(answer.fingerprint for answer in logged)
    assert counts == {old.fingerprint: len(questions), "0123456789ab": len(questions)}
