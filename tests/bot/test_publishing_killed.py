"""kill -9 while a correction is published: what the next start then serves, and that it can be ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from retrieval.corrections import CORRECTIONS
from tests.bot.test_mending import QUESTION, SHIPPED
from tests.conftest import ROOT, make_keys, write_config
from tests.retrieval.test_corrections import ASKER, BYGDA, TOPICS, write_programmes

CRISIS = """
[[topic]]
id = "krise"
scope = "crisis"
name = { nb = "Hjelp", nn = "Hjelp", en = "Help" }
words = ["selvmord"]
patterns = ["hjelp meg"]
questions = ["Hvem kan hjelpe meg?"]
answer = { nb = "Ring 113.", nn = "Ring 113.", en = "Call 113." }
"""

_KILL = """
import asyncio, json, os, shutil, signal, sys
from dataclasses import replace
from pathlib import Path
from bot.config import load_settings
from bot.corrections import check
from bot.review.mending import Draft, MendFault, propose
from bot.review.publishing import Refused, publish
from bot.services import make_services
from bot.storage_proposals import Kind, ProposalStore
from bot.storage_staff import Member, Role

home, question = Path(sys.argv[1]), sys.argv[2]
settings = replace(load_settings(home / "config.toml", {}), least_pledges=1)
kari, ola = (Member(name=name, role=Role.REVIEWER) for name in ("Kari", "Ola"))
make_services(settings)
services = make_services(settings)  # read back: all later starts have the dictionary in a file

async def proposed():
    async with services.storage:
        [pledge] = [p.id for p in services.index.snapshot.corpus.pledges if "frukt" in p.quote]
        draft = Draft(kind=Kind.EXAMPLE, question=question, pledges=(pledge,))
        return await propose(services, kari, draft, None, None)

async def published(services):
    async with services.storage:
        try:
            await publish(services, ola, proposal)
            said = "published"
        except Refused:
            said = "refused"
        except MendFault as exc:
            said = exc.fault
        return said, (await ProposalStore(services.storage).get(proposal)).state.value

def in_a_child(work):
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        os.write(writing, json.dumps(work()).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return json.loads(said) if said else None

def killed_at(point):
    seen = 0
    def count(event, args):
        # What may leave something behind: a file opened to be written, a folder settled, a rename.
        nonlocal seen
        traces = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_DIRECTORY
        if event == "os.rename" or (event == "open" and args[2] & traces):
            seen += 1
            if seen == point:
                os.kill(os.getpid(), signal.SIGKILL)
    def work():
        sys.addaudithook(count)
        return asyncio.run(published(services))
    return in_a_child(work) is None

def next_start():
    fresh = make_services(settings)
    served = [checked.works for checked in check(fresh.index.snapshot)]
    said, state = asyncio.run(published(fresh))
    now = make_services(settings).index.snapshot
    return dict(served=served, said=said, state=state, at_last=[c.works for c in check(now)])

def left():
    # All that decides what is served: of points that leave the same, one start is enough.
    files = [*settings.seeds.iterdir(), *settings.data.glob("*.saved")]
    return frozenset((path.name, path.read_bytes()) for path in files if path.is_file())

proposal = asyncio.run(proposed())
shutil.copytree(home, home.with_name("as-it-was"))
starts = {}
for point in range(1, 200):
    shutil.rmtree(home)
    shutil.copytree(home.with_name("as-it-was"), home)
    if not killed_at(point):
        break
    found = left()
    if found not in starts:
        starts[found] = in_a_child(next_start)
print(json.dumps({"points": point - 1, "starts": list(starts.values())}))
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Everything that a bot of this test's own has."""
    home = tmp_path / "home"
    seeds = write_programmes(home / "seeds", ("Asker", "", ASKER), ("Bygda", "", BYGDA))
    (seeds / "topics.toml").write_text(TOPICS + CRISIS, encoding="utf-8")
    (seeds / CORRECTIONS).write_text(SHIPPED, encoding="utf-8")
    write_config(home)
    make_keys(home / "keys")
    return home


def killed(home: Path, question: str) -> list[dict[str, object]]:
    """Kill the publishing of a question at each point; return what the starts after it found."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", _KILL, str(home), question],
        capture_output=True, text=True, timeout=110,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(home.parent)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["points"] >= 8, "too few points: fix this test"
    return found["starts"]


def test_the_next_start_serves_what_the_gates_let_through_and_the_rest_can_be_done(
    home: Path,
) -> None:
    starts = killed(home, QUESTION)
    # Killed before the file was put in place, and behind it.
    assert {tuple(start["served"]) for start in starts} == {(), (True,)}
    for start in starts:
        assert (start["said"], start["state"]) == ("published", "published")
        assert start["at_last"] == [True]  # and not twice


def test_the_next_start_serves_nothing_that_the_gates_would_have_refused(home: Path) -> None:
    # Whoever is in need gets help: an example question cannot come before that.
    for start in killed(home, "Hjelp meg!"):
        assert start == {"served": [], "said": "refused", "state": "waiting", "at_last": []}
