"""One word at a time: lemma, stem, folding, how common it is. Wraps the language data we depend on.

Every function is pure and memoised: a programme repeats its words, and so do voters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

from retrieval.dictionary import Dictionary

_SNOWBALL = snowballstemmer.stemmer("norwegian")
# Lucene's ScandinavianFolding, both ways of typing without the letters included: aa, ae, oe, oo.
_FOLD = {"å": "a", "æ": "a", "ä": "a", "ø": "o", "ö": "o", "é": "e", "è": "e", "ê": "e", "ô": "o",
         "ò": "o", "ó": "o", "ü": "u", "á": "a", "à": "a"}  # fmt: skip
_FOLD_TABLE = str.maketrans(_FOLD)

# Forms whose lemma the dictionary gets wrong or lacks, in words that municipal politics lives by.
_LEMMAS = {
    "arbeidet": "arbeid", "arbeider": "arbeid", "arbeide": "arbeid", "jobbe": "jobb", "penge": "penger",
    "pengene": "penger", "veie": "vei", "veien": "vei", "veier": "vei", "veiene": "vei",
    "leien": "leie", "leier": "leie", "skatter": "skatt", "bøker": "bok", "syke": "syk",
    "unge": "ung", "eldre": "eldre", "gamle": "gammel", "flere": "flere", "mer": "mer",
    "bedre": "bedre", "barna": "barn", "barnas": "barn", "folk": "folk", "bolig": "bolig",
}  # fmt: skip

_opened = [Dictionary()]  # the one that answers; in a list, so that `use` can put another there


def use(dictionary: Dictionary) -> None:
    """Ask this dictionary from now on. What is remembered holds: all give the same answers."""
    _opened[:] = [dictionary]


def nfc(text: str) -> str:
    """Compose letters and drop what only looks: soft hyphens, zero-width characters."""
    text = unicodedata.normalize("NFC", text).replace("\u00a0", " ")
    if text.isprintable():  # has no character of category Cf
        return text
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """Fold Scandinavian letters and their makeshift spellings: påske, paaske, paske -> paske."""
    word = word.translate(_FOLD_TABLE)
    return word.replace("aa", "a").replace("ae", "a").replace("oe", "o").replace("oo", "o")


_NO_ENDING = ("elig", "eleg", "lig", "leg", "eig", "ig")
# The dictionary takes professions in -lege for adverbs: fastlege -> fast.
_DOCTOR = re.compile(r"(.{3,30}lege)(?:n|r|ne|s|ns)?$")


@lru_cache(maxsize=200_000)
def lemma(word: str) -> str:
    """Dictionary form of a lower-case bokmål word: barnehagene -> barnehage. Unknown: as it is."""
    if word in _LEMMAS:
        return _LEMMAS[word]
    doctor = _DOCTOR.match(word)
    if doctor:
        return doctor[1]
    found = _opened[0].lemma(word).lower()
    return _LEMMAS.get(found, found)


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Term of a word: lemma, then Snowball, then folding. Each repairs what the other misses.

    barnehagene -> barnehag, bøker -> bok, veiene -> vei
    """
    return fold(_snowball(lemma(word)))


@lru_cache(maxsize=200_000)
def _snowball(word: str) -> str:
    """Snowball without its last step, which takes -lig and -leg for endings: billig -> bil."""
    if len(word) < 4:
        return word
    stemmed = str(_SNOWBALL.stemWord(word))
    if word.startswith(stemmed):
        rest = word[len(stemmed) :]
        for part in _NO_ENDING:
            if rest.startswith(part):
                return stemmed + part
    return stemmed


@lru_cache(maxsize=200_000)
def is_known(word: str) -> bool:
    """Tell whether a bokmål dictionary has the word or a form of it."""
    return _opened[0].is_known(word)


@lru_cache(maxsize=200_000)
def zipf(word: str, language: str = "nb") -> float:
    """How common a word is, on the Zipf scale: 0 (never seen) to about 7.5 («og»)."""
    return _opened[0].zipf(word, language)
