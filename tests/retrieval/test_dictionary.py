"""The kept dictionary answers as the packages do, word by word."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
import simplemma
import wordfreq
from hypothesis import given
from hypothesis import strategies as st

from retrieval import dictionary as module
from retrieval import words
from retrieval.dictionary import LANGUAGES, Dictionary, SavedDictionary, Table, open_dictionary
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("dictionary") / "dictionary.saved"


@pytest.fixture(scope="module")
def saved(path) -> SavedDictionary:
    open_dictionary(path)
    found = open_dictionary(path)  # read back
    assert isinstance(found, SavedDictionary)
    return found


@pytest.fixture(scope="module")
def vocabulary(seeds) -> list[str]:
    rng = random.Random(1)
    listed = [word for lang in LANGUAGES for word in wordfreq.top_n_list(lang, 60_000)]
    typed = re.findall(r"\w+", (seeds / "example_questions.toml").read_text(encoding="utf-8"))
    found = [*rng.sample(listed, 6_000), *rng.sample(sorted({w.lower() for w in typed}), 3_000)]
    found += [
        a + b for a, b in zip(rng.sample(found, 1_000), rng.sample(found, 1_000), strict=True)
    ]
    found += [word[1:] for word in rng.sample(found, 1_000) if len(word) > 2]
    return [
        *found, "10-åring", "sfo-plass", "d'affaires", "3", "straße", "ΣΑΣ", "skole\u0301", "skolen's",
        "Oslo", "OSLO", "barne-hagen", "x" * 300,
    ]  # fmt: skip


def test_every_word_has_its_lemma(saved, vocabulary):
    plain = Dictionary()
    assert len(vocabulary) > 10_000
    differ = [
        (w, plain.lemma(w), saved.lemma(w)) for w in vocabulary if plain.lemma(w) != saved.lemma(w)
    ]
    assert differ == []
    assert sum(simplemma.lemmatize(w, lang="nb") != w for w in vocabulary) > 1_000


def test_every_word_is_known_or_not(saved, vocabulary):
    plain = Dictionary()
    answers = [(plain.is_known(w), saved.is_known(w)) for w in vocabulary]
    assert all(one == other for one, other in answers)
    assert {one for one, _ in answers} == {True, False}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_as_common(saved, vocabulary, language):
    plain = Dictionary()
    differ = [
        (w, plain.zipf(w, language), saved.zipf(w, language))
        for w in vocabulary
        if plain.zipf(w, language) != saved.zipf(w, language)
    ]
    assert differ == []


@given(st.text(alphabet="abdehiklnorstuvæøå-' 7", min_size=1, max_size=12))
def test_any_word_is_answered_alike(saved, word):
    plain = Dictionary()
    assert saved.lemma(word) == plain.lemma(word)
    assert saved.is_known(word) == plain.is_known(word)
    assert saved.zipf(word, "nb") == plain.zipf(word, "nb")


def test_a_damaged_file_is_made_anew(saved, path, tmp_path, monkeypatch):
    raw, path = bytearray(path.read_bytes()), tmp_path / "damaged.saved"
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    made = []
    monkeypatch.setattr(module, "_make", lambda: made.append(1) or _small())
    assert isinstance(open_dictionary(path), SavedDictionary)
    assert made == [1]
    open_dictionary(path)
    assert made == [1]


def test_other_language_data_is_another_dictionary(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(module, "_make", lambda: made.append(1) or _small())
    path = tmp_path / "d.saved"
    open_dictionary(path)
    monkeypatch.setattr(module, "language_data", lambda: "of a newer package")
    open_dictionary(path)
    assert made == [1, 1]


def test_where_it_cannot_be_kept_the_packages_answer(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    monkeypatch.setattr(module, "_make", _small)
    found = open_dictionary(tmp_path / "file" / "d.saved")
    assert type(found) is Dictionary


def test_two_words_of_one_hash_are_refused(monkeypatch):
    monkeypatch.setattr(module, "_key", len)
    with pytest.raises(ValueError, match="same hash"):
        Table.of({"en": 1, "to": 2})


def test_a_question_opens_no_package_dictionary(path, saved):
    """wordfreq is not even imported; simplemma's forms stay packed."""
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from retrieval import words\n"
        "from retrieval.dictionary import open_dictionary\n"
        "import simplemma.strategies.dictionaries.dictionary_factory as factory\n"
        "def refuse(lang): raise AssertionError(lang)\n"
        "factory._load_dictionary_from_disk = refuse\n"
        "words.use(open_dictionary(Path(sys.argv[1])))\n"
        "print(words.stem('barnehagene'), words.is_known('xqzz'), words.zipf('og') > 7, 'wordfreq' in sys.modules)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["barnehag", "False", "True", "False"]


def test_words_ask_the_dictionary_in_use(saved):
    class Told(Dictionary):
        def zipf(self, word: str, language: str) -> float:
            return 42.0

    before = words._opened[0]
    try:
        words.use(Told())
        assert words.zipf("et ord som ingen har spurt om") == 42.0
    finally:
        words.use(before)
        words.zipf.cache_clear()


def _small() -> dict[str, object]:
    import numpy as np

    return {
        "forms": Table.of({"hunder": 0}),
        "lemmas": np.frombuffer(b"hund", np.uint8),
        "ends": np.asarray([4], np.int32),
        "common": {},
    }
