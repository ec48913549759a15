"""The short forms of `make torture`: the same code, the same judgement, fewer kills."""

from __future__ import annotations

import pytest

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


def test_the_table_is_written_between_its_marks(tmp_path) -> None:
    page = tmp_path / "docs" / "trust.md"
    run.write_table([run.Finding("R1", "lost", "0", good=True)], page)
    first = page.read_text()
    page.write_text(first + "\nMore words.\n")
    run.write_table([run.Finding("R1", "lost", "3", good=False)], page)
    text = page.read_text()
    assert "| R1 | lost | 3 | **FAIL** |" in text and "| 0 |" not in text
    assert text.endswith("\nMore words.\n") and text.startswith("# ")
