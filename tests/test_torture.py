"""The short forms of `make torture`: the same code, the same judgement, fewer kills."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.privacy.crypto import FieldCipher
from bot.privacy.keys import Keys
from bot.storage import FILE, Storage
from tests.conftest import TOKEN
from tests.torture import run


def passed(findings: list[run.Finding]) -> None:
    assert findings
    assert [str(f) for f in findings if not f.good] == []


@pytest.mark.timeout(240)
async def test_five_kills_lose_and_double_nothing() -> None:
    passed(await run.kills(5, seed=7, burst=15))


@pytest.mark.timeout(240)
async def test_sigterm_with_a_full_queue_and_a_second_instance() -> None:
    passed(await run.stop(queued=120, second_within=15))


@pytest.mark.timeout(240)
async def test_some_seconds_of_faults() -> None:
    passed(await run.faults(0.2, seed=7))


@pytest.mark.timeout(240)
async def test_a_thousand_updates_leave_nothing_behind() -> None:
    findings = await run.soak(1000)
    passed([f for f in findings if "a second" not in f.what])  # how fast is no matter of right


@pytest.mark.timeout(240)
async def test_questions_that_come_by_the_clock_are_all_answered() -> None:
    findings = await run.pace(2, seed=7, corpus="small")
    passed([f for f in findings if "milliseconds" not in f.what])  # that is the machine's


async def test_the_search_for_traces_finds_each_of_them(tmp_path: Path) -> None:
    bot = run.Bot(tmp_path, "", "small")
    async with Storage(bot.data / FILE, FieldCipher(Keys.open(tmp_path / "keys", bot.data))):
        pass
    bot.log.write_text("nothing of anybody\n")
    load = run.Load(None, None)
    load.questions[run.FIRST_VOTER + 5] = f"søndagsåpne butikker {run.word(5)}zzz"
    assert set(bot.traces(load).values()) == {0}
    word = load.questions[run.FIRST_VOTER + 5].split()[-1]
    number = run.FIRST_VOTER + 5
    for trace, kind in (
        (f"chat={number} ", "ids"),
        ("name=Kanarizzb", "names"),
        ("@kanari_zzb", "names"),
        (word, "words"),
        ("søndagsåpne butikker zzb", "quotes"),
        (TOKEN, "secrets"),
    ):
        bot.log.write_text(trace)
        found = bot.traces(load)
        assert {name for name, count in found.items() if count} == {kind}, trace
    bot.log.write_bytes(b"x" + number.to_bytes(6, "big"))  # as SQLite writes an INTEGER
    assert bot.traces(load)["ids"] == 1
    key = next(f for f in (tmp_path / "keys").rglob("*") if f.is_file())
    bot.log.write_bytes(b"x" + key.read_bytes())
    assert bot.traces(load)["secrets"] == 1


def test_a_part_writes_its_own_table_and_leaves_the_others(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "trust.md"
    run.write_table("kills", [run.Finding("R1", "lost", "0", good=True)], page)
    run.write_table("soak", [run.Finding("R17", "leaked", "0", good=True)], page)
    page.write_text(page.read_text() + "\nMore words.\n")
    run.write_table("kills", [run.Finding("R1", "lost", "3", good=False)], page)
    text = page.read_text()
    assert "| R1 | lost | 3 | **FAIL** |" in text and "| R1 | lost | 0 |" not in text
    assert "| R17 | leaked | 0 | pass |" in text
    assert text.index("torture: begin") < text.index("lost") < text.index("leaked")
    assert text.index("leaked") < text.index("torture: end")
    assert text.endswith("\nMore words.\n") and text.startswith("# ")
    assert "TORTURE_PARTS=kills TORTURE_KILLS=" in text


def test_every_part_has_its_size() -> None:
    assert set(run.SIZES) == set(run.DEFAULTS["PARTS"].split(","))
    assert {size for sizes in run.SIZES.values() for size in sizes} | {"PARTS", "SEED"} == set(
        run.DEFAULTS
    )
