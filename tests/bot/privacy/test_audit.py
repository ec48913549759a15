from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from bot.services import audit, purge
from bot.storage import StorageError, audit_fault


async def three(services) -> None:
    for action in ("reload", "export", "search"):
        await audit(services, "77", action, "kommune=Asker", 3)


def tamper(services, sql: str) -> None:
    with closing(sqlite3.connect(services.storage.path)) as db, db:
        db.execute("DROP TRIGGER IF EXISTS audit_is_append_only")
        db.execute(sql)


def fault(services) -> str:
    return audit_fault(services.storage.path, services.keys)[1]


async def test_an_untouched_audit_is_whole(in_mode) -> None:
    services = in_mode("avidentifisert")
    assert audit_fault(services.storage.path, services.keys) == (0, "")
    await three(services)
    assert audit_fault(services.storage.path, services.keys) == (3, "")
    assert [e.action for e in await services.storage.audit()] == ["reload", "export", "search"]


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE audit SET actor = '78' WHERE seq = 2", "changed 2"),
        ("UPDATE audit SET at = '2020-01-01T00:00:00+00:00' WHERE seq = 1", "changed 1"),
        ("UPDATE audit SET detail = '' WHERE seq = 3", "changed 3"),
        ("UPDATE audit SET rows = 0 WHERE seq = 3", "changed 3"),
        ("DELETE FROM audit WHERE seq = 1", "gap 1"),
        ("DELETE FROM audit WHERE seq = 2", "gap 2"),
        ("DELETE FROM audit WHERE seq = 3", "gap 3"),
        ("DELETE FROM audit", "gap 1"),
        ("UPDATE audit SET seq = seq + 1 WHERE seq = 3", "gap 3"),
        (
            "INSERT INTO audit SELECT 4, at, actor, action, detail, rows, link FROM audit WHERE seq = 3",
            "changed 4",
        ),
        ("INSERT INTO marks VALUES ('audit_start', '1 ' || hex(zeroblob(32)))", "gap 2"),
    ],
)
async def test_every_edit_and_deletion_is_found(in_mode, sql: str, why: str) -> None:
    services = in_mode("avidentifisert")
    await three(services)
    tamper(services, sql)
    assert fault(services) == why


async def test_the_table_refuses_an_edit(in_mode) -> None:
    services = in_mode("avidentifisert")
    await three(services)
    with closing(sqlite3.connect(services.storage.path)) as db:
        with pytest.raises(sqlite3.Error, match="append-only"):
            db.execute("UPDATE audit SET actor = ''")


async def test_a_crash_between_the_commit_and_the_note_is_no_tampering(in_mode) -> None:
    services = in_mode("avidentifisert")
    await audit(services, "77", "reload")
    noted = services.keys.audit_head.read_bytes()
    await audit(services, "77", "export")
    services.keys.audit_head.write_bytes(noted)
    assert fault(services) == ""
    await audit(services, "77", "search")
    assert audit_fault(services.storage.path, services.keys) == (3, "")


async def test_after_twelve_months_rows_go_and_the_rest_still_verifies(in_mode, clock) -> None:
    services = in_mode("avidentifisert")
    await purge(services)
    await three(services)
    clock.passes(timedelta(days=200))
    await audit(services, "77", "later")
    clock.passes(timedelta(days=170))
    assert (await purge(services)).purged.audit == 3
    assert audit_fault(services.storage.path, services.keys) == (1, "")
    await audit(services, "77", "last")
    assert audit_fault(services.storage.path, services.keys) == (2, "")
    tamper(services, "DELETE FROM audit WHERE seq = 4")
    assert fault(services) == "gap 4"


async def test_a_log_that_cannot_be_read_is_an_error(in_mode, tmp_path) -> None:
    services = in_mode("avidentifisert")
    with pytest.raises(StorageError):
        audit_fault(tmp_path / "none.sqlite3", services.keys)
