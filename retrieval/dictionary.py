"""What the language data says of a word: from its packages, or from a file that opens at once.

simplemma unpacks 640,000 Norwegian forms and wordfreq two lists of 320,000 words: most of the time that
one question takes in a fresh process, and 100 MB. Here they are sorted hashes, mapped into memory.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import simplemma
from numpy.typing import NDArray
from simplemma.strategies import DefaultStrategy, DictionaryFactory, DictionaryLookupStrategy

from retrieval.saved import SavedError, load, save

LANGUAGES = ("nb", "en")
_PACKAGES = ("simplemma", "snowballstemmer", "wordfreq", "rank_bm25")
# Words that wordfreq looks up as they are: it takes others apart first.
_PLAIN = re.compile(r"[a-zæøåäöüéèêôòóáà]{1,80}")


def language_data() -> str:
    """Return what changes whenever a package of language data does."""
    told = []
    for package in _PACKAGES:
        found = importlib.util.find_spec(package)
        origin = Path(found.origin) if found is not None and found.origin else None
        about = origin.stat() if origin is not None else None
        told.append(f"{package} {about and (about.st_size, about.st_mtime_ns)}")
    return "\0".join(told)


class Dictionary:
    """The packages' own data, opened when first asked."""

    def lemma(self, word: str) -> str:
        """Dictionary form of a bokmål word; unknown: as it is."""
        return str(simplemma.lemmatize(word, lang="nb"))

    def is_known(self, word: str) -> bool:
        """Tell whether the bokmål dictionary has the word or a form of it."""
        return bool(simplemma.is_known(word, lang="nb"))

    def zipf(self, word: str, language: str) -> float:
        """How common a word is, 0 to about 7.5."""
        import wordfreq  # noqa: PLC0415  # a saved dictionary seldom needs it

        return float(wordfreq.zipf_frequency(word, language))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Words to numbers, without the words.

    Attributes:
        keys: (n,) int64 hashes, ascending. That a word that is not here has the hash of one that is
            happens once in some 10^13 words.
        values: (n,) int32.
    """

    keys: NDArray[np.int64]
    values: NDArray[np.int32]

    @classmethod
    def of(cls, numbers: Mapping[str, int]) -> Table:
        """Return the table of some words. Raises ValueError if two have the same hash."""
        keys = np.fromiter(map(_key, numbers), np.int64, len(numbers))
        order = keys.argsort()
        keys = keys[order]
        if (keys[1:] == keys[:-1]).any():
            raise ValueError("two words have the same hash")
        return cls(keys=keys, values=np.fromiter(numbers.values(), np.int32, len(numbers))[order])

    def get(self, word: str) -> int | None:
        """Return the word's number, or None."""
        key = _key(word)
        at = int(self.keys.searchsorted(key))
        if at < len(self.keys) and self.keys.item(at) == key:
            return self.values.item(at)
        return None


@dataclass(frozen=True, kw_only=True)
class SavedDictionary(Dictionary):
    """The same answers from a mapped file.

    Attributes:
        forms: Bokmål forms to the number of their lemma.
        lemmas: The lemmas, one behind the other in UTF-8; ``ends``: where each stops.
        common: By language, words to hundredths of the Zipf scale.
    """

    forms: Table
    lemmas: NDArray[np.uint8]
    ends: NDArray[np.int32]
    common: Mapping[str, Table]

    @cached_property
    def _factory(self) -> _Factory:
        return _Factory(_Forms(self))

    @cached_property
    def _lemmatizer(self) -> simplemma.Lemmatizer:
        return simplemma.Lemmatizer(
            lemmatization_strategy=DefaultStrategy(dictionary_factory=self._factory)
        )

    @cached_property
    def _lookup(self) -> DictionaryLookupStrategy:
        return DictionaryLookupStrategy(self._factory)

    def lemma(self, word: str) -> str:
        """Dictionary form of a bokmål word; unknown: as it is."""
        return str(self._lemmatizer.lemmatize(word, lang="nb"))

    def is_known(self, word: str) -> bool:
        """Tell whether the bokmål dictionary has the word or a form of it."""
        return self._lookup.get_lemma(word, "nb") is not None

    def zipf(self, word: str, language: str) -> float:
        """How common a word is, 0 to about 7.5."""
        if not _PLAIN.fullmatch(word) or language not in self.common:
            return super().zipf(word, language)
        return (self.common[language].get(word) or 0) / 100


class _Forms(Mapping[str, str]):
    """simplemma's own dictionary, form to lemma, as its strategies ask it."""

    def __init__(self, saved: SavedDictionary) -> None:
        self._saved = saved

    def __getitem__(self, form: str) -> str:
        number = self._saved.forms.get(form)
        if number is None:
            raise KeyError(form)
        ends = self._saved.ends
        start = ends.item(number - 1) if number else 0
        return self._saved.lemmas[start : ends.item(number)].tobytes().decode()

    def __len__(self) -> int:
        return len(self._saved.forms.keys)

    def __iter__(self) -> Iterator[str]:
        raise TypeError("only hashes of the forms are kept")


class _Factory(DictionaryFactory):
    """Gives simplemma our bokmål forms."""

    def __init__(self, forms: _Forms) -> None:
        self._forms = forms

    def get_dictionary(self, lang: str) -> Mapping[str, str]:
        if lang != "nb":
            raise ValueError(f"only bokmål is kept, not {lang}")
        return self._forms


def open_dictionary(path: Path, *, make: bool = True) -> Dictionary:
    """Return the dictionary that is kept in a file.

    Where it is not to be made, or cannot be written, the packages' own data is as good.

    Args:
        make: Make it anew where it is missing or the packages' data changed: 3 s.
    """
    key = language_data()
    try:
        saved = load(path, key)
    except SavedError:
        if not make:
            return Dictionary()
        try:
            save(path, key, made := _make())
        except OSError:
            return Dictionary()
        saved = made
    return SavedDictionary(**saved)


def _make() -> dict[str, Any]:
    """Return the parts of a SavedDictionary, from the packages' data: some seconds."""
    import wordfreq  # noqa: PLC0415
    from simplemma.strategies import DefaultDictionaryFactory  # noqa: PLC0415

    known = DefaultDictionaryFactory().get_dictionary("nb")
    numbers: dict[str, int] = {}
    forms = {form: numbers.setdefault(lemma, len(numbers)) for form, lemma in known.items()}
    encoded = [lemma.encode() for lemma in numbers]
    return {
        "forms": Table.of(forms),
        "lemmas": np.frombuffer(b"".join(encoded), np.uint8),
        "ends": np.cumsum([len(lemma) for lemma in encoded]).astype(np.int32),
        "common": {language: Table.of(_common(wordfreq, language)) for language in LANGUAGES},
    }


def _common(wordfreq: Any, language: str) -> dict[str, int]:
    """Plain words to hundredths of the Zipf scale; equally common ones stand together in the list."""
    found: dict[str, int] = {}
    for bucket in wordfreq.get_frequency_list(language):
        plain = [word for word in bucket if _PLAIN.fullmatch(word)]
        if plain:
            zipf = round(100 * wordfreq.zipf_frequency(plain[0], language))
            found.update(dict.fromkeys(plain, zipf))
    return found


def _key(word: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(word.encode(), digest_size=8).digest(), "little", signed=True
    )
