"""Work in other processes: the same results in the same order, whatever happens to a process."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest

from retrieval import fields
from retrieval.columns import Columns, TermBag
from retrieval.corpus import Corpus, read_corpus
from retrieval.examples import ExampleEntry
from retrieval.fields import Fields, build_fields
from retrieval.lexicon import Lexicon
from retrieval.parallel import mapped
from tests.conftest import write_programmes


def squared(number: int) -> int:
    return number * number


def fatal_elsewhere(home: int, number: int) -> int:
    """Square a number; 7 kills every process but the one at home."""
    if number == 7 and os.getpid() != home:
        os._exit(1)
    return number * number


def refused(number: int) -> int:
    raise ValueError(f"{number} is not to be squared")


@pytest.mark.parametrize("processes", [0, 2])
def test_results_come_in_order(processes: int) -> None:
    assert list(mapped(squared, range(30), processes=processes)) == [n * n for n in range(30)]


def test_few_chunks_are_in_memory_at_a_time() -> None:
    taken = 0

    def numbers() -> Iterator[int]:
        nonlocal taken
        for number in range(30):
            taken += 1
            yield number

    ahead = [taken - done for done, _ in enumerate(mapped(squared, numbers(), processes=2))]
    assert max(ahead) <= 4


def test_where_a_process_dies_the_rest_is_done_here(caplog) -> None:
    work = partial(fatal_elsewhere, os.getpid())
    with caplog.at_level(logging.WARNING):
        assert list(mapped(work, range(30), processes=2)) == [n * n for n in range(30)]
    assert "worker process failed (BrokenProcessPool): going on in this process" in caplog.text


def test_a_fault_of_the_work_is_the_callers() -> None:
    with pytest.raises(ValueError, match="not to be squared"):
        list(mapped(refused, range(3), processes=2))


# ---- the fields


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Corpus:
    folder = tmp_path_factory.mktemp("many")
    programmes = []
    for town in range(6):
        lines = [
            f"• bygge {n} skoler og barnehager i bydel {town}, el-sykkel nummer {n * town}"
            for n in range(40)
        ]
        text = f"Program\n\nSkole\n\nBygdelista vil:\n{chr(10).join(lines)}\n"
        programmes.append((f"Bygd {town}", "2023-2027", text))
    return read_corpus(write_programmes(folder / "seeds", *programmes))


def build_all(corpus: Corpus, progress=None) -> Fields:
    asked = {
        pledge.id: ExampleEntry(pledge.id, "", (f"Får vi {i} skuler?",), ("læring",))
        for i, pledge in enumerate(corpus.pledges)
        if i % 3 == 0
    }
    return build_fields(corpus.pledges, asked, Lexicon(), k1=0.8, b=0.5, progress=progress)


def bytes_of(columns: Columns) -> dict[str, bytes]:
    return {name: getattr(columns, name).tobytes() for name in Columns.__slots__}


def test_an_index_is_the_same_to_the_byte_wherever_it_is_analysed(corpus, monkeypatch) -> None:
    whole = build_all(corpus)
    monkeypatch.setattr(fields, "MANY", 100)
    monkeypatch.setattr(fields, "_CHUNK", 32)
    told: list[tuple[int, int]] = []
    split = build_all(corpus, lambda done, total: told.append((done, total)))
    for name in ("text", "heading", "grams", "examples"):
        one, other = getattr(whole, name), getattr(split, name)
        assert list(one.vocabulary.items()) == list(other.vocabulary.items()), name
        assert bytes_of(one.columns) == bytes_of(other.columns), name
    assert whole.surface == split.surface
    total = len(corpus.pledges)
    assert [done for done, _ in told] == [*range(32, total, 32), total]
    assert {of for _, of in told} == {total}


def test_bags_put_together_number_terms_as_one_bag_does() -> None:
    documents = [["b", "a", "b"], [], ["c", "a"], [], ["d", "b"]]
    whole = TermBag(documents)
    for cut in range(len(documents) + 1):
        joined = TermBag()
        joined.extend(TermBag(documents[:cut]))
        joined.extend(TermBag(documents[cut:]))
        assert list(joined.vocabulary.items()) == list(whole.vocabulary.items())
        assert np.array_equal(joined.terms, whole.terms)
        assert np.array_equal(joined.ends, whole.ends)
