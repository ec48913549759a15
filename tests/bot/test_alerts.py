from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import pytest
from telegram.error import Conflict, NetworkError

from bot.alerts import EVERY, Alerts, Watch, kind_of
from bot.health import Health
from bot.storage import StorageError
from bot.texts import NB
from bot.upkeep import alert_text
from tests.bot.test_health import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def alerts(clock: Clock) -> Alerts:
    return Alerts(clock)


def test_a_thousand_errors_of_one_kind_are_one_message_a_quarter(
    alerts: Alerts, clock: Clock
) -> None:
    alerts.note("storage")
    assert alerts.due() == [("storage", 1, "")]
    told = []
    for _ in range(1000):
        alerts.note("storage")
        clock.now += 0.06
        told += alerts.due()
    assert told == []
    clock.now += EVERY
    assert alerts.due() == [("storage", 1000, "")]
    clock.now += EVERY
    assert alerts.due() == []


def test_kinds_do_not_hide_each_other(alerts: Alerts) -> None:
    for kind in ("storage", "conflict"):
        alerts.note(kind)
    assert {kind for kind, *_ in alerts.due()} == {"storage", "conflict"}
    alerts.note("backup_failed")
    assert alerts.due() == [("backup_failed", 1, "")]


def test_kinds_without_end_take_no_memory_without_end(alerts: Alerts) -> None:
    for i in range(1000):
        alerts.note(f"error: {i}")
    assert len(alerts.due()) <= 51


def failure(reason: str) -> StorageError:
    return StorageError(Path("x"), "storage_failed", reason=reason)


def record(message: str, *args: object, name: str = "bot.x", error: BaseException | None = None):
    info = (type(error), error, None) if error else None
    return logging.LogRecord(name, logging.ERROR, "x.py", 1, message, args, info)


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (record("answer not stored: %s", failure("database or disk is full")), "disk_full"),
        (record("answer not stored: %s", failure("database is locked")), "locked"),
        (record("x: %s", failure("database disk image is malformed")), "corrupt"),
        (record("x: %s", failure("file is not a database")), "corrupt"),
        (record("x: %s", failure("closed")), "storage"),
        (record("x", error=failure("database is locked")), "locked"),
        (record("x", error=Conflict("terminated by other getUpdates"), name="telegram.ext"), "conflict"),
        (record("x", error=NetworkError("x"), name="telegram.ext"), "telegram"),
        (record("ref=%s error=%s at %s", "a1", "ValueError", "x"), "error: bot.x: ref=… error=… at …"),
        (record("secret words", error=ValueError("secret"), name="httpx"), "error: httpx ValueError"),
        (record("%(a)s", {"a": 1}, name="asyncio"), "error: asyncio"),
    ],
)  # fmt: skip
def test_the_kind_of_a_record(made: logging.LogRecord, kind: str) -> None:
    assert kind_of(made) == kind


def test_what_real_sqlite_says_of_a_full_disk_is_known() -> None:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE t (x)")
    db.execute("PRAGMA max_page_count = 2")
    with pytest.raises(sqlite3.OperationalError) as caught:
        db.execute("INSERT INTO t VALUES (zeroblob(100000))")
    db.close()
    assert kind_of(record("%s", failure(str(caught.value)))) == "disk_full"


def test_no_value_that_was_logged_is_ever_told(alerts: Alerts) -> None:
    canary = "Kari spør om Kanari 91234567"
    log = logging.getLogger("bot.test_alerts")
    watch = Watch(alerts, Health())
    log.addHandler(watch)
    try:
        log.error("failed: %s", canary)
        log.error("failed: %s", failure(canary))
        try:
            raise ValueError(canary)
        except ValueError:
            log.exception("failed")
        log.warning("only a warning")
    finally:
        log.removeHandler(watch)
    due = alerts.due()
    assert len(due) == 3
    for entry in due:
        assert "Kanari" not in alert_text(*entry)


def test_a_damaged_log_is_a_call_for_help(alerts: Alerts) -> None:
    health = Health()
    watch = Watch(alerts, health)
    watch.handle(record("x: %s", failure("database is locked")))
    assert not watch.damaged
    watch.handle(record("x: %s", failure("database disk image is malformed")))
    assert watch.damaged
    assert health.errors == 2


def test_the_message_counts_and_says_when_the_next_comes() -> None:
    assert alert_text("conflict", 1) == NB.alert_conflict
    assert alert_text("conflict", 40).startswith(NB.alert_conflict + "\n40 ganger")
    assert "15 minutter" in alert_text("conflict", 40)
    assert "bot.x: failed" in alert_text("error: bot.x: failed", 1)
    assert alert_text("recovered", 1, "Slik gikk det.") == "Slik gikk det."
