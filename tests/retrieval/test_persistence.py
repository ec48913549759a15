"""A built index read back answers as the one that was built; anything changed is built anew."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from retrieval import dictionary, persistence
from retrieval.build import Options
from retrieval.index import BM25Index
from retrieval.persistence import DICTIONARY, open_snapshot
from tests.word_encoder import WordEncoder

OPTIONS = Options(this_year=2026)


@pytest.fixture
def builds(monkeypatch) -> list[Path]:
    """Folders that were built, in order."""
    seen: list[Path] = []
    real = persistence.build

    def build(folder, *rest):
        seen.append(folder)
        return real(folder, *rest)

    monkeypatch.setattr(persistence, "build", build)
    return seen


@pytest.fixture(scope="module")
def seeds_of(seeds, tmp_path_factory) -> Path:
    """The shipped corpus without its vectors: the encoder of these tests is another."""
    folder = tmp_path_factory.mktemp("seeds") / "seeds"
    shutil.copytree(seeds, folder, ignore=shutil.ignore_patterns("vectors.npz"))
    return folder


@pytest.mark.parametrize("encoder", [None, WordEncoder()], ids=["words", "meaning"])
def test_the_shipped_corpus_read_back_scores_as_it_was_built(seeds_of, tmp_path, builds, encoder):
    path = tmp_path / "index.saved"
    built = open_snapshot(seeds_of, encoder, None, OPTIONS, None, path)
    read = open_snapshot(seeds_of, encoder, None, OPTIONS, None, path)
    assert len(builds) == 1
    assert read.corpus == built.corpus
    assert read.examples == built.examples
    assert read.corrections == built.corrections
    assert read.fingerprint == built.fingerprint
    assert read.corpus.pledges[0].programme is read.corpus.pledges[1].programme
    for text in ("Hva mener dere om søndagsåpne butikker?", "skulehelseteneste i Asker", "hei", ""):
        one, two = (s.searcher.reader.read(text) for s in (built, read))
        assert one == two
        before, after = built.searcher.score(one), read.searcher.score(two)
        for name in ("total", "lexical", "examples", "dense", "nearest", "topics", "concepts"):
            assert np.allclose(getattr(before, name), getattr(after, name), atol=1e-5), name
        assert [h.pledge.id for h in built.searcher.search(one, limit=9)] == [
            h.pledge.id for h in read.searcher.search(two, limit=9)
        ]
        assert built.searcher.topics.tree.matching(text) == read.searcher.topics.tree.matching(text)


@pytest.fixture
def small(tmp_path) -> Path:
    from tests.conftest import write_programmes

    text = "Program for bygda\n\nVei\n\nBygdelista vil:\n• asfaltere grusveien til kirka\n"
    return write_programmes(tmp_path / "seeds", ("Bygda", "2023-2027", text))


def test_a_change_of_corpus_options_encoder_or_code_builds_anew(
    small, tmp_path, builds, monkeypatch
):
    path = tmp_path / "index.saved"

    def opened(encoder=None, options=OPTIONS) -> int:
        open_snapshot(small, encoder, None, options, None, path)
        return len(builds)

    assert opened() == 1
    assert opened() == 1, "nothing changed"
    assert opened(options=replace(OPTIONS, k1=1.5)) == 2
    assert opened() == 3, "the file holds one version"
    assert opened(encoder=WordEncoder()) == 4
    opened()
    (small / "thesaurus.toml").write_text(
        '[a]\nsynonyms = [{ words = ["b"], to = ["vei"], why = "x" }]\n'
    )
    assert opened() == 6
    code = tmp_path / "code"
    shutil.copytree(Path(persistence.__file__).parent, code)
    (code / "words.py").write_text("# another stemmer\n")
    monkeypatch.setattr(persistence, "__file__", str(code / "persistence.py"))
    assert opened() == 7


def test_a_damaged_file_is_built_anew_and_replaced(small, tmp_path, builds):
    path = tmp_path / "index.saved"
    open_snapshot(small, None, None, OPTIONS, None, path)
    whole = path.read_bytes()
    for damaged in (whole[:-100], b"", b"pickle", whole[:500] + b"\xff" + whole[501:]):
        path.write_bytes(damaged)
        open_snapshot(small, None, None, OPTIONS, None, path)
        assert path.read_bytes() == whole
    assert len(builds) == 5


def test_where_nothing_can_be_written_the_index_serves_all_the_same(small, tmp_path, builds):
    (tmp_path / "file").write_text("no folder")
    snapshot = open_snapshot(small, None, None, OPTIONS, None, tmp_path / "file" / "index.saved")
    assert len(snapshot.corpus.pledges) == 1


def test_one_index_is_read_back_alone(tmp_path):
    corpus = [["a", "b"], ["b", "c", "c"], ["d"]] * 30
    index = BM25Index(corpus, k1=0.8, b=0.5)
    index.save(tmp_path / "i.saved")
    read = BM25Index.load(tmp_path / "i.saved")
    assert read.search(["c", "a"], 40) == index.search(["c", "a"], 40)
    assert list(read.terms()) == list(index.terms())


def test_the_dictionary_is_kept_once_an_index_was_read_back(small, tmp_path, monkeypatch):
    """Not at the first start, which is slow as it is."""
    made = []
    real = dictionary._make
    monkeypatch.setattr(dictionary, "_make", lambda: made.append(1) or real())
    path = tmp_path / "index.saved"
    open_snapshot(small, None, None, OPTIONS, None, path)
    assert made == []
    for _ in range(2):
        open_snapshot(small, None, None, OPTIONS, None, path)
        assert made == [1]
        assert (tmp_path / DICTIONARY).exists()
