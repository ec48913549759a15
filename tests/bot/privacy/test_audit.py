from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from bot import backup
from bot.privacy.audit import RESTORED, Gap, link
from bot.services import audit, purge
from bot.storage import StorageError, audit_fault, verify_audit


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
        ("INSERT INTO marks VALUES ('audit_start', '1 ' || hex(zeroblob(32)))", ""),
        ("INSERT INTO marks VALUES ('audit_start', 'noe annet')", ""),
    ],
)
async def test_every_edit_and_deletion_is_found(in_mode, sql: str, why: str) -> None:
    services = in_mode("avidentifisert")
    await three(services)
    tamper(services, sql)
    assert fault(services) == why


@pytest.mark.parametrize("seal", ["", " " + "00" * 32, " noe"])
async def test_the_oldest_rows_cannot_be_passed_off_as_gone_by_age(in_mode, seal) -> None:
    """The link that the first row follows stands in the log for all to copy."""
    services = in_mode("avidentifisert")
    await three(services)
    copied = (await services.storage.audit())[1].link.hex()
    tamper(services, f"INSERT INTO marks VALUES ('audit_start', '2 {copied}{seal}')")
    tamper(services, "DELETE FROM audit WHERE seq <= 2")
    assert fault(services) == "gap 1"
    tamper(services, "DELETE FROM audit")
    await audit(services, "77", "reload")
    assert fault(services) == "gap 1"


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


# ---- a restore


async def restored(services, tmp_path, *, explained: bool = True):
    """Three rows, a backup, two more, and the backup in the log's place."""
    await three(services)
    made, _ = backup.make(services.storage.path, tmp_path / "backups", services.clock())
    for action in ("export", "search"):
        await audit(services, "77", action)
    await services.storage.close()
    backup.restore(made.path, services.storage.path, tmp_path / "backups", services.clock())
    await services.storage.open()
    if explained:
        gap = await services.storage.record_restore(
            services.keys, services.clock(), "cli", made.path.name
        )
        assert gap == Gap(first=4, last=5)
    return made


def chain(services):
    return verify_audit(services.storage.path, services.keys)[1]


async def test_a_restore_explains_the_rows_it_lost(in_mode, tmp_path) -> None:
    services = in_mode("avidentifisert")
    made = await restored(services, tmp_path)
    found = chain(services)
    assert (found.fault, found.accepted, found.open) == ("", (Gap(first=4, last=5),), ())
    last = (await services.storage.audit())[-1]
    assert (last.seq, last.action, last.rows) == (6, RESTORED, 2)
    assert last.detail == f"4-5 {made.path.name}"
    await audit(services, "77", "reload")
    assert fault(services) == ""
    assert chain(services).accepted == (Gap(first=4, last=5),)


async def test_a_log_that_was_cut_off_without_a_restore_stays_a_fault(in_mode, tmp_path) -> None:
    services = in_mode("avidentifisert")
    await restored(services, tmp_path, explained=False)
    assert fault(services) == "gap 4"
    await audit(services, "77", "reload")  # what follows takes no number twice and hides nothing
    found = chain(services)
    assert (found.fault, found.open) == ("gap 4", (Gap(first=4, last=5),))
    assert [e.seq for e in await services.storage.audit()] == [1, 2, 3, 6]


async def test_a_restore_that_lost_nothing_explains_nothing(in_mode) -> None:
    services = in_mode("avidentifisert")
    await three(services)
    gap = await services.storage.record_restore(services.keys, services.clock(), "cli", "x")
    assert gap is None
    assert chain(services).accepted == ()
    tamper(services, "DELETE FROM audit WHERE seq = 4")
    assert fault(services) == "gap 4"


async def test_an_older_cut_is_not_accepted_along_with_a_later_restore(in_mode, tmp_path) -> None:
    services = in_mode("avidentifisert")
    await three(services)
    tamper(services, "DELETE FROM audit WHERE seq = 3")
    await audit(services, "77", "reload")
    await services.storage.record_restore(services.keys, services.clock(), "cli", "x")
    assert fault(services) == "gap 3"


async def test_what_is_recorded_while_a_log_is_mended_hides_no_gap(in_mode, tmp_path) -> None:
    """A handler may come between the opening of the restored log and the row that explains it."""
    services = in_mode("avidentifisert")
    await restored(services, tmp_path, explained=False)
    noted = services.storage.noted(services.keys)
    await audit(services, "77", "reload")
    await services.storage.record_restore(services.keys, services.clock(), "system", "x", noted)
    assert chain(services).accepted == (Gap(first=4, last=5),)
    assert fault(services) == ""


async def test_a_new_empty_log_explains_them_all(in_mode) -> None:
    services = in_mode("avidentifisert")
    await three(services)
    await services.storage.close()
    services.storage.path.unlink()
    await services.storage.open()
    await services.storage.record_restore(services.keys, services.clock(), "system", "new")
    assert (fault(services), chain(services).accepted) == ("", (Gap(first=1, last=3),))


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("DELETE FROM audit WHERE seq IN (3)", "gap 3"),
        ("DELETE FROM audit WHERE seq IN (1, 2, 3)", "gap 1"),
        ("UPDATE audit SET detail = '3-5 x', rows = 3 WHERE seq = 6", "gap 4"),
        ("UPDATE audit SET seq = 7 WHERE seq = 6", "gap 4"),
        ("DELETE FROM audit WHERE seq = 6", "gap 4"),
    ],
    ids=["one more row", "all before it", "a wider gap", "another number", "the row itself"],
)
async def test_an_explanation_cannot_be_made_to_cover_more(in_mode, tmp_path, sql, why) -> None:
    services = in_mode("avidentifisert")
    await restored(services, tmp_path)
    tamper(services, sql)
    assert fault(services) == why


@pytest.mark.parametrize("key", [b"\0" * 32, b"guessed" * 5])
async def test_an_explanation_cannot_be_made_without_the_key(in_mode, tmp_path, key) -> None:
    services = in_mode("avidentifisert")
    await restored(services, tmp_path, explained=False)
    previous = (await services.storage.audit())[-1].link
    row = (6, "2027-03-10T12:00:00+00:00", "cli", RESTORED, "4-5 x", 2)
    with closing(sqlite3.connect(services.storage.path)) as db, db:
        db.execute(
            "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, link(key, previous, *row))
        )
    assert fault(services) == "gap 4"


async def test_no_other_action_can_explain(in_mode, tmp_path) -> None:
    """Part of a detail may come from outside: a filter, a file's name."""
    services = in_mode("avidentifisert")
    await restored(services, tmp_path, explained=False)
    await audit(services, "77", "export", "4-5 x", 2)
    assert fault(services) == "gap 4"
    with pytest.raises(AssertionError):
        await audit(services, "77", RESTORED, "1-9 x")
