"""What the tests of retrieval share: the seeds, read once, and a way to write programmes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from retrieval.corpus import Corpus, read_corpus
from retrieval.document import Pledge, Programme
from retrieval.extraction import extract

# The same cases on every machine, and no case fails because another process has the CPU.
settings.register_profile("loftebot", deadline=None, derandomize=True)
settings.load_profile("loftebot")

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"

Written = Callable[..., list[Pledge]]


@pytest.fixture(scope="session")
def seeds() -> Path:
    return SEEDS


@pytest.fixture(scope="session")
def data() -> Path:
    return ROOT / "tests" / "data"


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return read_corpus(SEEDS)


@pytest.fixture(scope="session")
def asker(corpus: Corpus) -> list[Pledge]:
    return _of(corpus, "asker-naeringspolitikk.txt")


@pytest.fixture(scope="session")
def baerum_2019(corpus: Corpus) -> list[Pledge]:
    return _of(corpus, "baerum-2019-program.txt")


@pytest.fixture(scope="session")
def baerum_2023(corpus: Corpus) -> list[Pledge]:
    return _of(corpus, "baerum-2023-naeringspolitikk.txt")


@pytest.fixture(scope="session")
def lorenskog(corpus: Corpus) -> list[Pledge]:
    return _of(corpus, "lorenskog-arbeids-og-naeringsliv.txt")


def _of(corpus: Corpus, file: str) -> list[Pledge]:
    found = [pledge for pledge in corpus.pledges if pledge.programme.file == file]
    assert found, f"no pledges of {file}: fix this fixture"
    return found


@pytest.fixture(scope="session")
def pledges_of() -> Written:
    """Extract the pledges of a programme written in the test."""

    def read(
        text: str, *, title: str = "Program", party: str = "Partiet", place: str = "Bygda"
    ) -> list[Pledge]:
        return extract(
            Programme(
                file="program.txt",
                kind="programme",
                party=party,
                municipality=place,
                period="2023-2027",
                title=title,
                url="",
                sha256="",
                text=text,
            )
        )

    return read
