"""The queue to take along: CSV and Excel of what needs eyes. Redacted words, days, no pseudonyms.

A cell must not become a formula when the file is opened, whoever wrote the words in it (TRUST S6).
"""

from __future__ import annotations

import asyncio
import csv
import io
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from bot.services import Services, audit
from bot.storage_review import Status
from bot.storage_staff import Member
from bot.storage_statistics import QueueRow, Statistics, Window
from bot.texts.inbox import INBOX
from bot.texts.overview import OVERVIEW as T

if TYPE_CHECKING:
    import xlsxwriter
    import xlsxwriter.worksheet

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it Excel takes UTF-8 for something else
MOST_ROWS = 1_000_000  # that a sheet of Excel can hold, and a line for the heads
MOST_IN_MEMORY = 20_000  # rows of an Excel file; more wait in a temporary folder, which is a disk
# What makes a spreadsheet calculate, at the start of a cell; and behind what an Excel that parts
# columns by semicolons or tabs takes for the end of one, inside quotes as well.
_CALCULATES = r"'*[\"\u201c\u201d]*[=+\-@\t\r\n\0＝＋－＠]"
_DANGER = re.compile(rf"(?:\A|(?<=[;\t\r\n]))(?={_CALCULATES})")
_HARMLESS = re.compile(rf"(?:\A|(?<=[;\t\r\n]))'(?={_CALCULATES})")


def safe(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would calculate: =1+1 -> '=1+1"""
    return _DANGER.sub("'", text)


def original(text: str) -> str:
    """Return what `safe` was given."""
    return _HARMLESS.sub("", text)


class Export:
    """What a member takes along of a window of days.

    Written down before the first row is read: who, which days, how many rows.
    """

    def __init__(self, services: Services, member: Member, days: int) -> None:
        self._store = Statistics(services.storage)
        self._services, self._member = services, member
        today = services.clock().astimezone(UTC).date()
        self.days = Window(today - timedelta(days - 1), today)

    @property
    def name(self) -> str:
        """The file's name, without an ending."""
        return T.export_name.format(first=self.days.first, last=self.days.last)

    async def count(self, kind: str) -> int:
        """Write down that the rows are taken, as ``kind``, and return how many. Raises StorageError."""
        member, days = self._member, self.days
        count = await self._store.queue_size(days, member.municipality)
        place = f" municipality={member.municipality}" if member.municipality else ""
        detail = f"{kind} since={days.first} until={days.last}{place}"
        await audit(self._services, member.name, "export", detail, count)
        return count

    async def csv(self) -> AsyncIterator[bytes]:
        """Give the file in parts, as RFC 4180 has it. Raises StorageError."""
        yield (BOM + _lines([T.export_head])).encode()
        async for rows in self._store.queue(self.days, self._member.municipality):
            yield _lines([cells(row) for row in rows]).encode()

    async def xlsx(self) -> AsyncIterator[bytes]:
        """Give the file in parts. Raises StorageError.

        Up to ``MOST_IN_MEMORY`` rows touch no disk. More wait in a folder of our own that no other
        user may read, gone when the file is, whether it was finished or not.
        """
        size = await self._store.queue_size(self.days, self._member.municipality)
        with ExitStack() as stack:
            folder = None
            if size > MOST_IN_MEMORY:
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="loftebot-"))
            out = io.BytesIO()
            book, sheet = _book(out, folder)
            at = 1
            async for rows in self._store.queue(self.days, self._member.municipality):
                # In a thread: voters must not wait while a file is put together.
                await asyncio.to_thread(_write, sheet, at, rows[: MOST_ROWS - at])
                at += len(rows)
            sheet.autofilter(0, 0, max(1, min(at, MOST_ROWS) - 1), len(T.export_head) - 1)
            await asyncio.to_thread(book.close)
        data = out.getbuffer()
        for start in range(0, len(data), 1 << 16):
            yield bytes(data[start : start + (1 << 16)])


def cells(row: QueueRow) -> tuple[str, ...]:
    """Return the cells of a row, safe to open."""
    return tuple(
        safe(cell)
        for cell in (
            row.asked_on.isoformat(),
            row.question,
            T.outcomes.get(row.outcome, row.outcome),
            row.municipality or "",
            row.reason,
            T.verdicts.get(row.verdict, row.verdict),
            T.complaints.get(row.complaint, row.complaint),
            INBOX.again if row.again else INBOX.statuses.get(Status(row.status), row.status),
        )
    )


def _lines(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    # All in quotes: a line break or a comma inside is then nobody's question.
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _write(sheet: xlsxwriter.worksheet.Worksheet, first: int, rows: Sequence[QueueRow]) -> None:
    for at, row in enumerate(rows, first):
        for column, cell in enumerate(cells(row)):
            sheet.write_string(at, column, cell)


def _book(
    out: io.BytesIO, folder: str | None
) -> tuple[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet]:
    import xlsxwriter  # noqa: PLC0415  # not everybody has it installed

    where = {"in_memory": True} if folder is None else {"constant_memory": True, "tmpdir": folder}
    book = xlsxwriter.Workbook(out, {
        **where,
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    })  # fmt: skip
    sheet = book.add_worksheet(T.export_sheet)
    bold = book.add_format({"bold": True})
    for column, (head, width) in enumerate(
        zip(T.export_head, (11, 70, 14, 14, 14, 12, 22, 22), strict=True)
    ):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, bold)
    sheet.freeze_panes(1, 0)
    return book, sheet
