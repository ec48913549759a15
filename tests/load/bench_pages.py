"""Measure staff's pages on a large log, and what they cost the voters.

    python tests/load/fill_log.py FOLDER
    python tests/load/bench_pages.py FOLDER                # each page, then voters with and without
    python tests/load/bench_pages.py FOLDER --path /oversikt --seconds 60 --encoder

Pages and voters share one process and one event loop, as when the bot serves them. Voters ask at a
steady pace whether or not the one before has been answered; blocks with a member of staff who opens
a page every half second take turns with blocks without, so that a busy machine troubles both alike.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bot.review.search import QuestionSearch  # noqa: E402
from bot.services import Services, answer_question, log_answer  # noqa: E402
from bot.storage_review import Filter, ReviewStore  # noqa: E402
from bot.storage_staff import Member, Role, StaffStore  # noqa: E402
from bot.texts import NB  # noqa: E402
from bot.web.app import build_web  # noqa: E402
from bot.web.sessions import COOKIE, Sessions  # noqa: E402
from bot.weblinks import address, origins  # noqa: E402
from tests.load.fill_log import make, questions  # noqa: E402

STAFF = Member(name="bench", role=Role.ADMIN)
EVERY = 0.5  # seconds between two pages of the browsing member
BLOCK = 10.0  # seconds


def percentile(seconds: Sequence[float], share: float) -> float:
    """Return a percentile in milliseconds."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Staff:
    """A member of staff with a browser."""

    def __init__(self, services: Services) -> None:
        self.sessions = Sessions()
        self.web = build_web(services, sessions=self.sessions)
        self.key = self.sessions.begin(STAFF.name)
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.web), base_url=address(services.settings),
            cookies={COOKIE: self.key},
        )  # fmt: skip
        self.origin = min(origins(services.settings))

    async def get(self, path: str) -> None:
        answer = await self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)

    async def post(self, path: str, **form: str) -> None:
        session = self.sessions.use(self.key)
        assert session is not None
        answer = await self.client.post(
            path, data={"csrf": session.csrf, **form},
            headers={"origin": self.origin, "sec-fetch-site": "same-origin"},
        )  # fmt: skip
        assert answer.status_code in (303, 409), (path, answer.status_code)


async def pages_of(services: Services, more: Sequence[str]) -> dict[str, str]:
    """Return addresses of pages worth measuring, by name."""
    store, storage = ReviewStore(services.storage), services.storage
    total, _ = await store.count(Filter())
    [(largest,)] = await storage.rows("SELECT case_id FROM queue ORDER BY answers DESC LIMIT 1")
    [small] = await store.page(Filter(), 1, total // 2)
    [(first, last)] = await storage.rows("SELECT min(newest_on), max(newest_on) FROM queue")
    middle = str((await store.page(Filter(), 1, total // 3))[0].newest_on)
    return {
        "inbox": "/",
        "inbox, last page": "/?vis=alle&status=alle&side=9999999",
        "inbox, one municipality": "/?kommune=Asker",
        "inbox, outcome and complaint": "/?utfall=none&grunn=missing&status=alle",
        "inbox, nobody's": "/?eier=nobody&vis=alle&status=alle",
        "inbox, a period": f"/?vis=alle&status=alle&fra={middle}&til={middle}",
        "inbox, a wide period": f"/?vis=alle&status=alle&fra={first}&til={last}",
        "search, common word": "/?vis=alle&status=alle&sok=skole",
        "search, two words": "/?vis=alle&status=alle&sok=sondag+butikk",
        "search, no such word": "/?vis=alle&status=alle&sok=zzkanari",
        "case, asked once": f"/sak/{small.id}",
        "case, asked most": f"/sak/{largest}",
        **{path: path for path in more},
    }


async def timed(call: Callable[[], Awaitable[None]], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        await call()
        taken.append(time.perf_counter() - started)
    return taken


def told(name: str, taken: Sequence[float]) -> None:
    print(
        f"{name:34} {percentile(taken, 0.5):8.1f} {percentile(taken, 0.95):8.1f} {1000 * max(taken):8.1f}"
    )


async def voters(
    services: Services, asked: Sequence[str], a_second: float, seconds: float
) -> list[float]:
    """Have questions asked at a steady pace, and return how long each answer took, logged."""
    taken: list[float] = []

    async def ask(question: str) -> None:
        started = time.perf_counter()
        reply = await answer_question(services, question, NB)
        await log_answer(services, reply.answer, "telegram")
        taken.append(time.perf_counter() - started)

    loop, tasks = asyncio.get_running_loop(), []
    start = loop.time()
    for n in range(int(a_second * seconds)):
        await asyncio.sleep(max(0.0, start + n / a_second - loop.time()))
        tasks.append(asyncio.create_task(ask(asked[n % len(asked)])))
    await asyncio.gather(*tasks)
    return taken


async def browse(staff: Staff, paths: Sequence[str]) -> None:
    """Open one page after another, one every half second."""
    loop = asyncio.get_running_loop()
    start, n = loop.time(), 0
    while True:
        await staff.get(paths[n % len(paths)])
        n += 1
        await asyncio.sleep(max(0.0, start + n * EVERY - loop.time()))


async def longest_reads(services: Services) -> list[tuple[float, str]]:
    """Have the log's own reads timed from here on; return the list that fills up."""
    taken: list[tuple[float, str]] = []
    rows = services.storage._rows  # noqa: SLF001

    async def watched(sql: str, *values: object) -> list[tuple[object, ...]]:
        started = time.perf_counter()
        try:
            return await rows(sql, *values)
        finally:
            taken.append((time.perf_counter() - started, sql[:70]))

    services.storage._rows = watched  # type: ignore[method-assign]  # noqa: SLF001
    return taken


async def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--path", action="append", default=[], help="a further page to measure")
    parser.add_argument("--times", type=int, default=40, help="requests a page")
    parser.add_argument(
        "--seconds", type=float, default=40, help="of voters with, and as many without; 0: none"
    )
    parser.add_argument("--pace", type=float, default=10, help="questions a second")
    parser.add_argument("--encoder", action="store_true", help="answer with the sentence encoder")
    given = parser.parse_args()
    services = make(given.folder, encoder="true" if given.encoder else "false")
    async with services.storage as storage:
        await StaffStore(storage).put(STAFF, "bench", services.clock())
        [(count,)] = await storage.rows("SELECT count(*) FROM answers")
        [(cases,)] = await storage.rows("SELECT count(*) FROM queue")
        print(f"{count} answers, {cases} cases")
        staff, paths = Staff(services), await pages_of(services, given.path)
        search = QuestionSearch(storage)
        staff.web.state.question_search = search
        print(f"{'page':34} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8}")
        started = time.perf_counter()
        told(
            "search while nothing is read",
            await timed(lambda: staff.get(paths["search, common word"]), 5),
        )
        await search.warm()
        print(f"all {len(search)} questions read after {time.perf_counter() - started:.1f} s")
        reads = await longest_reads(services)
        for name, path in paths.items():
            told(name, await timed(lambda path=path: staff.get(path), given.times))
        case, saved = paths["case, asked once"], list[float]()
        for n in range(given.times):
            [(version,)] = await storage.rows(
                "SELECT coalesce(max(version), 0) FROM cases WHERE id = ?",
                case.removeprefix("/sak/"),
            )
            form = {"status": "taken", "eier": "", "notat": f"note {n}", "versjon": str(version)}
            taken = await timed(lambda form=form: staff.post(case, **form), 1)
            saved += taken
        told("case, saved", saved)
        slowest, sql = max(reads)
        print(f"longest single read {1000 * slowest:.1f} ms: {sql}")
        if given.seconds:
            await compared(services, staff, list(paths.values()), given.pace, given.seconds)
        search.forget()
        await staff.client.aclose()


async def compared(
    services: Services, staff: Staff, paths: Sequence[str], pace: float, seconds: float
) -> None:
    """Print the voters' p95 with and without somebody browsing."""
    asked = random.Random(2).sample(questions(), 400)
    await voters(services, asked, pace, 5)  # words and caches warm
    alone: list[float] = []
    beside: list[float] = []
    for _ in range(max(1, round(seconds / BLOCK))):
        alone += await voters(services, asked, pace, BLOCK)
        browsing = asyncio.create_task(browse(staff, paths))
        beside += await voters(services, asked, pace, BLOCK)
        browsing.cancel()
        await asyncio.gather(browsing, return_exceptions=True)
    told("voters, nobody browses", alone)
    told("voters, staff browse", beside)
    ratio = percentile(beside, 0.95) / percentile(alone, 0.95)
    print(f"ratio of p95 {ratio:.2f} ({len(alone)} and {len(beside)} answers, {pace:g} a second)")


if __name__ == "__main__":
    asyncio.run(main())
