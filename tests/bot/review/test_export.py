"""What staff take along: all of it comes back as it was, and nothing in it calculates (S6)."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import tracemalloc
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from bot.answering import Answer, Outcome
from bot.callback_data import Complaint, Verdict
from bot.review import export
from bot.review.export import BOM, Export, original, safe
from bot.services import Services
from bot.storage_review import CaseState, ReviewStore, Status
from bot.storage_staff import Member, Role
from bot.storage_statistics import QueueRow, Statistics, Window
from bot.texts.inbox import INBOX
from bot.texts.overview import OVERVIEW

EDITOR = Member(name="redaktør", role=Role.REVIEWER)
ASKER = Member(name="gransker", role=Role.REVIEWER, municipality="Asker")
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
PAYLOADS = (
    "=1+1", '=HYPERLINK("https://evil.example","klikk")', "+47 vei", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\0=1",
    "＝1+1", '"=1+1"', 'skole;=1+1;"', "skole\n=cmd|' /C calc'!A0", "'=1", "''=1", "skole, -2", "«=1»", "",
)  # fmt: skip


def calculates(cell: str) -> bool:
    """Would one of the parts, however a spreadsheet cuts them, begin with a formula?"""
    parts = cell.replace(";", "\n").replace("\t", "\n").replace("\r", "\n").split("\n")
    return any(part.lstrip('"“”').startswith(STARTS) for part in parts)


@pytest.mark.parametrize("text", PAYLOADS)
def test_nothing_calculates_and_all_comes_back(text: str) -> None:
    assert not calculates(safe(text))
    assert not safe(text).startswith(STARTS)
    assert original(safe(text)) == text


@given(st.text(alphabet="=+-@\t\r\n\0＝'\";, aå1", max_size=30))
def test_no_words_of_anyone_calculate(text: str) -> None:
    assert not calculates(safe(text))
    assert original(safe(text)) == text


def test_plain_words_stay_as_they_are() -> None:
    for text in ("Hva mener dere om skole?", "2025–2029", "skole; vei", "æ, ø - å = 3", "a'b"):
        assert safe(text) == text


async def log(services: Services, *questions: str, **more) -> list[str]:
    values = {"outcome": Outcome.NONE, "municipality": "Asker", **more}
    now = services.clock()
    return [
        await services.storage.record_answer(Answer(question=q, **values), "telegram", now)
        for q in questions
    ]


async def taken(parts) -> bytes:
    return b"".join([part async for part in parts])


def read_csv(data: bytes) -> list[list[str]]:
    text = data.decode("utf-8")
    assert text.startswith(BOM)
    assert text.endswith("\r\n")
    return list(csv.reader(io.StringIO(text[1:], newline=""), strict=True))


async def test_a_csv_comes_back_as_it_went(services) -> None:
    await log(services, *PAYLOADS)
    head, *rows = read_csv(await taken(Export(services, EDITOR, 7).csv()))
    assert tuple(head) == OVERVIEW.export_head
    stored = sorted(a.question for a in await services.storage.answers())
    assert sorted(original(row[1]) for row in rows) == stored
    assert not any(calculates(cell) for row in rows for cell in row)
    assert {row[0] for row in rows} == {services.clock().date().isoformat()}
    assert {(row[2], row[3], row[7]) for row in rows} == {("Ikke funnet", "Asker", "Ny")}


async def test_an_excel_file_comes_back_as_it_went_and_holds_no_formula(services) -> None:
    await log(services, *PAYLOADS)
    data = await taken(Export(services, EDITOR, 7).xlsx())
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    rows = list(sheet.iter_rows(min_row=2))
    stored = sorted(a.question for a in await services.storage.answers())
    # openpyxl leaves to us what Excel reads as a control character: _x0000_
    read = [original(unescape(row[1].value or "")) for row in rows]
    assert sorted(read) == stored
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n"}
    assert not any(isinstance(cell.value, int | float) for row in rows for cell in row)


async def test_only_what_needs_eyes_is_taken_with_what_was_said_of_it(services) -> None:
    await log(services, "funnet", outcome=Outcome.HIT)
    await log(services, "hilsen", outcome=Outcome.FIXED)
    [disliked] = await log(services, "mislikt", outcome=Outcome.HIT)
    [complained] = await log(services, "feil", outcome=Outcome.FIXED)
    await log(services, "svak", outcome=Outcome.WEAK, municipality=None)
    await services.storage.record_vote(disliked, Verdict.NOT_HELPFUL, services.clock())
    await services.complaints.record(complained, Complaint.PLACE, services.clock())
    rows = read_csv(await taken(Export(services, EDITOR, 7).csv()))[1:]
    said = {row[1]: (row[3], row[5], row[6]) for row in rows}
    assert said == {
        "mislikt": ("Asker", OVERVIEW.verdicts["not_helpful"], ""),
        "feil": ("Asker", "", OVERVIEW.complaints["place"]),
        "svak": ("", "", ""),
    }


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_a_solved_case_that_came_back_has_the_status_that_the_pages_show(
    services, kind: str
) -> None:
    store, now = ReviewStore(services.storage), services.clock()
    _, back = await log(services, "løst", "tilbake")
    for (case_id,) in await services.storage.rows("SELECT case_id FROM answers"):
        await store.change(str(case_id), CaseState(status=Status.SOLVED), "redaktør", now)
    await services.storage.record_vote(back, Verdict.NOT_HELPFUL, now)
    data = await taken(getattr(Export(services, EDITOR, 7), kind)())
    rows = (
        read_csv(data)
        if kind == "csv"
        else openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)
    )
    said = {row[1]: row[7] for row in rows}
    assert (said["løst"], said["tilbake"]) == (INBOX.statuses["solved"], INBOX.again)


async def test_a_reviewer_of_one_municipality_gets_only_theirs(services) -> None:
    await log(services, "herfra")
    await log(services, "derfra", municipality="Bærum")
    await log(services, "ingensteds", municipality=None)
    for kind in ("csv", "xlsx"):
        export = Export(services, ASKER, 7)
        assert await export.count(kind) == 1
    rows = read_csv(await taken(Export(services, ASKER, 7).csv()))[1:]
    assert [row[1] for row in rows] == ["herfra"]


async def test_it_is_written_down_first_with_a_count_and_without_words(services) -> None:
    await log(services, "zzkanari")
    export = Export(services, ASKER, 28)
    assert await export.count("csv") == 1
    [row] = [e for e in await services.storage.audit() if e.action == "export"]
    assert (row.actor, row.rows) == ("gransker", 1)
    assert row.detail.startswith("csv since=")
    assert "municipality=Asker" in row.detail
    assert "zzkanari" not in row.detail


async def test_days_outside_the_window_stay_and_each_row_comes_once(services) -> None:
    now = services.clock()
    for days in (0, 0, 6, 7, 40):
        answer = Answer(question=f"for {days} dager siden", outcome=Outcome.NONE)
        await services.storage.record_answer(answer, "telegram", now - timedelta(days))
    rows = read_csv(await taken(Export(services, EDITOR, 7).csv()))[1:]
    assert [row[1] for row in rows] == ["for 0 dager siden"] * 2 + ["for 6 dager siden"]


async def test_rows_come_in_parts_each_once(services, monkeypatch) -> None:
    monkeypatch.setattr("bot.storage_statistics._ROWS", 7)
    await log(services, *(f"spørsmål {i}" for i in range(30)))
    today = services.clock().date()
    parts = [p async for p in Statistics(services.storage).queue(Window(today, today))]
    assert [len(part) for part in parts] == [7, 7, 7, 7, 2]
    assert len({row.question for part in parts for row in part}) == 30


async def test_an_excel_file_of_few_rows_touches_no_disk(services, monkeypatch, tmp_path) -> None:
    await log(services, *PAYLOADS)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "no-such-folder"))
    assert await taken(Export(services, EDITOR, 7).xlsx())
    monkeypatch.setattr("bot.review.export.MOST_IN_MEMORY", len(PAYLOADS) - 1)
    with pytest.raises(FileNotFoundError):  # so the folder is what many rows need
        await taken(Export(services, EDITOR, 7).xlsx())


async def test_the_rows_of_a_large_excel_file_are_private_and_do_not_stay(
    services, monkeypatch, tmp_path
) -> None:
    await log(services, *PAYLOADS)
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setattr("bot.review.export.MOST_IN_MEMORY", 0)
    write, modes = export._write, []

    def watched(*values) -> None:
        modes.extend(path.stat().st_mode & 0o777 for path in folder.iterdir())
        write(*values)

    monkeypatch.setattr("bot.review.export._write", watched)
    assert await taken(Export(services, EDITOR, 7).xlsx())
    assert modes == [0o700]
    assert list(folder.iterdir()) == []


SOFFICE = shutil.which("soffice")
# The spreadsheet is a package of its own: soffice alone may be Writer.
CALC = SOFFICE is not None and any(Path(SOFFICE).resolve().parent.glob("libsclo.*"))
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def opened(file: Path) -> list[tuple[str, str, str]]:
    """Open a file in LibreOffice; return (type, formula, text) of each cell."""
    sheet = file.parent / "opened" / f"{file.stem}.fods"
    # Comma, quotes, UTF-8 from the first line; numbers and dates are recognised and formulas are
    # calculated, which LibreOffice itself does only when told to.
    reading = "Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,0,true"
    subprocess.run(
        [
            str(SOFFICE), f"-env:UserInstallation={(file.parent / 'profile').as_uri()}", "--headless",
            *([f"--infilter={reading}"] if file.suffix == ".csv" else []),
            "--convert-to", "fods", "--outdir", str(sheet.parent), str(file),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return [
        (
            cell.get(f"{_OFFICE}value-type", ""),
            cell.get(f"{_TABLE}formula", ""),
            "\n".join("".join(part.itertext()) for part in cell),
        )
        for cell in ET.parse(sheet).iter(f"{_TABLE}table-cell")
    ]


needs_calc = pytest.mark.skipif(
    not CALC, reason="LibreOffice Calc is not installed: exports in LibreOffice are NOT tested"
)


@needs_calc
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_libreoffice_calculates_nothing_in_an_export(services, tmp_path, kind: str) -> None:
    words = [f"{text} zz{i}" if text else "" for i, text in enumerate(PAYLOADS)]
    await log(services, *PAYLOADS, *words)
    file = tmp_path / f"export.{kind}"
    file.write_bytes(await taken(getattr(Export(services, EDITOR, 7), kind)()))
    found = opened(file)
    assert [cell for cell in found if cell[1]] == []
    assert {kind for kind, _, _ in found} <= {"string", "date", ""}
    shown = "\n".join(text for _, _, text in found)
    assert [i for i, text in enumerate(PAYLOADS) if text and f"zz{i}" not in shown] == []


@needs_calc
def test_libreoffice_would_calculate_without_the_apostrophes(tmp_path) -> None:
    bare = tmp_path / "bare.csv"
    bare.write_text('"=1+1","=2+3","\'=3+4"\r\n', encoding="utf-8")
    assert [(kind, text) for kind, _, text in opened(bare) if kind] == [
        ("float", "2"), ("float", "5"), ("string", "'=3+4"),
    ]  # fmt: skip


async def test_memory_does_not_grow_with_the_rows(services, monkeypatch) -> None:
    monkeypatch.setattr("bot.review.export.MOST_IN_MEMORY", -1)
    row = QueueRow(
        asked_on=services.clock().date(), question="Hva mener dere om skole og veier? " * 6, outcome="none",
        reason="silent", municipality="Asker", verdict="", complaint="", status="new",
    )  # fmt: skip

    async def peak(parts: int, kind: str) -> int:
        async def queue(self, *more):
            for _ in range(parts):
                yield [row] * 500

        monkeypatch.setattr(Statistics, "queue", queue)
        tracemalloc.start()
        async for _ in getattr(Export(services, EDITOR, 7), kind)():
            pass
        worst = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return worst

    for kind in ("csv", "xlsx"):
        assert await peak(20, kind) < 1.5 * await peak(4, kind) + 200_000, kind
