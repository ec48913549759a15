"""A voter's words to a Question: who and where it is about, and its concepts with their variants."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from retrieval import compounds, words
from retrieval.analysis import word_tokenizer
from retrieval.lexicon import Lexicon, english_base
from retrieval.places import Places, is_own_party
from retrieval.stopwords import BOKMAAL, ENGLISH, ENGLISH_MARKERS

MAX_PHRASE = 5
MAX_WORDS = 64  # a longer question is cut here: TRUST S12, one question must not stall the others

# How much a variant of a word counts, against 1.0 for the word itself. Measured: docs/relevance.md.
WEIGHTS: Mapping[str, float] = {
    "word": 1.0, "nynorsk": 0.95, "english": 0.9, "joined": 0.9, "spelling": 0.85, "modifier": 0.85,
    "synonym": 0.7, "part": 0.35, "part_synonym": 0.3,
    # All parts of a compound in one pledge: of one that no programme has, and of one that some have.
    "together": 0.9, "together_too": 0.6,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Variant:
    """One term to look for in place of a word, and how it came about.

    Several terms with a space between are to stand in one pledge, as in `BM25Index.posting`.
    """

    term: str
    weight: float
    source: str


@dataclass(frozen=True, slots=True)
class Concept:
    """A content word of the question with everything it may be called in a programme.

    Attributes:
        word: As the voter wrote it.
        weight: 0.15 (a word of every sentence) to 1 (a telling word), from its general frequency.
        known: Some dictionary or the corpus has it; False for a word nobody knows.
    """

    word: str
    variants: tuple[Variant, ...]
    weight: float
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as understood. Immutable; the text is the voter's, untouched."""

    text: str
    concepts: tuple[Concept, ...]
    municipalities: tuple[str, ...]
    other_municipalities: tuple[str, ...]
    other_parties: tuple[str, ...]
    language: str
    content: str
    """The question without places, parties and boilerplate: what the encoder reads."""

    @property
    def sentence(self) -> str:
        """``content``, a bare word put into a sentence, as example questions are sentences."""
        word = self.content.rstrip("?!. ")
        bare = self.language != "en" and word.isalpha()
        return f"{word} i kommunen" if bare else self.content

    @property
    def is_empty(self) -> bool:
        """Nothing is left once places, parties and function words are gone."""
        return not self.concepts


@dataclass(frozen=True, slots=True)
class _Piece:
    """A phrase with its targets, or one content word without any."""

    shown: str
    words: tuple[str, ...]
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Switches:
    """Parts of the chain that an ablation may turn off; all on in service."""

    stop: bool = True
    folding: bool = True
    compounds: bool = True
    together: bool = True
    modifier: bool = True
    join: bool = True
    spelling: bool = True
    nynorsk: bool = True
    synonyms: bool = True
    english: bool = True
    background: bool = True


class QuestionReader:
    """Reads questions against one vocabulary. Immutable; one per searcher.

    Args:
        lexicon: The editable word lists.
        places: Municipalities of the corpus.
        has_term: Tells whether a term occurs in the index.
        surface: Lower-case words of the corpus and the word lists, for restoring and correcting.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        places: Places,
        has_term: Callable[[str], bool],
        surface: Iterable[str],
        switches: Switches | None = None,
    ) -> None:
        self.lexicon, self.places = lexicon, places
        self._has = has_term
        self._on = switches or Switches()
        self._surface = sorted({w for w in surface if len(w) > 3 and w.isalpha()})
        self._surface_set = frozenset(self._surface)
        self._unfold: dict[str, str] = {}
        lettered = [w for w in self._surface if any(c in w for c in "æøå")]
        for word in sorted(lettered, key=lambda w: -words.zipf(w)):
            self._unfold.setdefault(words.fold(word), word)
        self._stop_nb = BOKMAAL | lexicon.stop
        self._by_length: dict[int, list[str]] = {}
        for word in self._surface:
            self._by_length.setdefault(len(word), []).append(word)

    # ---- reading

    def read(self, text: str) -> Question:
        """Understand a question. Never raises on any text."""
        clean = words.nfc(text)
        tokens = [t for _, t in zip(range(4 * MAX_WORDS), word_tokenizer(clean), strict=False)]
        raw = [t.term.strip("-–'’") for t in tokens]
        lower = [w.lower() for w in raw]
        language = self._language(lower)
        own: list[str] = []
        other: list[str] = []
        parties: list[str] = []
        spans: list[tuple[int, int]] = []
        rest: list[str] = []
        for i, word in enumerate(lower):
            if not word:
                continue
            place = self.places.own_municipality(raw[i])
            elsewhere = None if place else self.places.other_municipality(lower, i, raw[i])
            party = self.places.other_party(lower, raw, i)
            if place or elsewhere or party or self._names_own_party(lower, i):
                if place and place not in own:
                    own.append(place)
                if elsewhere and elsewhere not in other:
                    other.append(elsewhere)
                if party and party not in parties:
                    parties.append(party)
                spans.append((tokens[i].start, tokens[i].end))
                continue
            rest.append(word)
        return Question(
            text=text,
            concepts=tuple(self._concepts(self._pieces(rest, language), language)),
            municipalities=tuple(own),
            other_municipalities=tuple(other) if not own else (),
            other_parties=tuple(parties),
            language=language,
            content=_strip(clean, spans),
        )

    def _names_own_party(self, lower: list[str], i: int) -> bool:
        """Tell whether word ``i`` names the bot's party; not so in «labour shortage»."""
        pairs = (lower[max(0, i - 1) : i + 1], lower[i : i + 2])
        return is_own_party(lower[i]) and not any(
            len(pair) == 2 and english_base(" ".join(pair)) in self.lexicon.english
            for pair in pairs
        )

    def _language(self, tokens: list[str]) -> str:
        """Guess "en" or "no": English function words, and words more common in English."""
        if not tokens:
            return "no"
        markers = sum(t in ENGLISH_MARKERS for t in tokens)
        norwegian = sum(t in self._stop_nb and t not in ENGLISH_MARKERS for t in tokens)
        telling = [t for t in tokens if len(t) > 2 and t.isalpha()]
        lean = (
            sum(words.zipf(t, "en") - words.zipf(t) for t in telling) / len(telling)
            if telling
            else 0
        )
        if any(c in "æøå" for t in tokens for c in t) and markers < 3:
            return "no"
        if markers > norwegian and lean > 0:
            return "en"
        return "en" if lean > 1.0 and norwegian == 0 else "no"

    def _is_stop(self, word: str, language: str) -> bool:
        if len(word) < 2:
            return True
        if language == "en" and word in ENGLISH:
            return True
        return word in self._stop_nb and not (
            language == "en" and english_base(word) in self.lexicon.english
        )

    # ---- concepts

    def _pieces(self, rest: list[str], language: str) -> list[_Piece]:
        """Cut a question into phrases of the word lists and single content words.

        Phrases first, while the small words in them are still there: «legge ned», «uten jobb».
        """
        pieces: list[_Piece] = []
        seen: set[str] = set()
        i = 0
        while i < len(rest) and len(pieces) < MAX_WORDS:
            targets, span = self._phrase(rest, i, language)
            found = [
                word
                for word in rest[i : i + span]
                if not (self._on.stop and self._is_stop(word, language))
            ]
            shown = " ".join(rest[i : i + span])
            if (targets or found) and shown not in seen:
                seen.add(shown)
                pieces.append(_Piece(shown=shown, words=tuple(found), targets=targets))
            i += span
        return pieces

    def _concepts(self, pieces: list[_Piece], language: str) -> Iterator[Concept]:
        for i, piece in enumerate(pieces):
            variants: dict[str, Variant] = {}
            for word in piece.words:
                self._add_word(variants, word, language, bool(piece.targets))
            self._add(variants, piece.targets, "english" if language == "en" else "synonym")
            if self._on.join and language != "en":
                for left, right in zip(
                    pieces[max(0, i - 1) : i + 1], pieces[i : i + 2], strict=False
                ):
                    for link in ("", "s", "e"):
                        joined = words.stem(left.shown + link + right.shown)
                        if left is not right and self._has(joined):
                            _put(variants, Variant(joined, WEIGHTS["joined"], "joined"))
            if variants:
                telling = " ".join(piece.words) or piece.shown
                yield Concept(
                    word=piece.shown,
                    variants=tuple(variants.values()),
                    weight=1.0
                    if piece.targets and len(piece.words) != 1
                    else self._weight(telling, language),
                    known=self._known(telling, language),
                )

    def _phrase(self, rest: list[str], i: int, language: str) -> tuple[tuple[str, ...], int]:
        """Find the longest phrase of a word list that starts at word ``i``; its targets and length."""
        for span in range(min(MAX_PHRASE, len(rest) - i), 1, -1):
            typed = rest[i : i + span]
            if language == "en":
                found = (
                    self.lexicon.english.get(english_base(" ".join(typed)))
                    if self._on.english
                    else None
                )
            elif self._on.synonyms:
                found = self.lexicon.synonyms.get(" ".join(words.lemma(w) for w in typed))
                found = found or self.lexicon.synonyms.get(" ".join(typed))
            else:
                found = None
            if found:
                return found, span
        return (), 1

    def _add_word(
        self, variants: dict[str, Variant], word: str, language: str, in_phrase: bool
    ) -> None:
        base = word
        if self._on.folding:
            base = self._restore(word)
        _put(variants, Variant(words.stem(base), WEIGHTS["word"], "word"))
        if base != word:
            _put(variants, Variant(words.stem(word), WEIGHTS["word"], "word"))
        if language == "en" and self._on.english:
            found = self.lexicon.english.get(english_base(word))
            if found:
                self._add(variants, found, "english", decay=0.9 if in_phrase else 1.0)
                return
        if self._on.nynorsk:
            mapped = self._from_nynorsk(base)
            if mapped:
                _put(variants, Variant(words.stem(mapped), WEIGHTS["nynorsk"], "nynorsk"))
                self._expand(variants, mapped, 1.0)
        if self._on.spelling and not self._is_word(base) and not self._reaches(variants):
            corrected = self._correct(base)
            if corrected:
                _put(variants, Variant(words.stem(corrected), WEIGHTS["spelling"], "spelling"))
                self._expand(variants, corrected, WEIGHTS["spelling"])
                return
        self._expand(variants, base, 1.0)

    def _expand(self, variants: dict[str, Variant], word: str, weight: float) -> None:
        """Add what a bokmål word leads to: synonyms, modifier, parts and the parts' synonyms."""
        lemma = words.lemma(word)
        if self._on.synonyms:
            self._add(variants, self.lexicon.synonyms.get(lemma, ()), "synonym", decay=weight)
        if self._on.modifier:
            about = compounds.modifier(lemma)
            if about:
                _put(variants, Variant(words.stem(about), weight * WEIGHTS["modifier"], "modifier"))
        if self._on.compounds and len(lemma) >= 6:
            parts = compounds.split(lemma, self._splits_at)
            if parts and self._on.together:
                whole = " ".join(words.stem(part) for part in parts)
                source = "together_too" if self._has(words.stem(lemma)) else "together"
                _put(variants, Variant(whole, weight * WEIGHTS[source], source))
            for part in (*parts, *compounds.sub_compounds(parts)):
                term = words.stem(part)
                if self._has(term):
                    _put(variants, Variant(term, weight * WEIGHTS["part"], "part"))
            if parts and self._on.synonyms:
                head = self.lexicon.synonyms.get(parts[-1], ())
                self._add(variants, head[:3], "part_synonym", decay=weight)

    def _add(
        self, variants: dict[str, Variant], targets: Iterable[str], source: str, decay: float = 1.0
    ) -> None:
        for rank, target in enumerate(targets):
            weight = WEIGHTS[source] * decay * (1.0 if rank == 0 else 0.95)
            parts = target.split()
            for part in parts:
                if part not in BOKMAAL:
                    _put(variants, Variant(words.stem(part), weight / len(parts) ** 0.5, source))

    # ---- single words

    def _splits_at(self, word: str) -> bool:
        return words.is_known(word) and words.zipf(word) > 1.5

    def _restore(self, word: str) -> str:
        """Give a word its æ, ø, å back when only that is a word of the corpus: sondag -> søndag"""
        if any(c in "æøå" for c in word) and self._is_word(word):
            return word
        if self._is_word(word):
            return word
        return self._unfold.get(words.fold(word), word)

    def _is_word(self, word: str) -> bool:
        return word in self._surface_set or words.is_known(word) or words.zipf(word) >= 3.0

    def _known(self, phrase: str, language: str) -> bool:
        return any(
            self._is_word(word)
            or words.zipf(word, "en" if language == "en" else "nb") > 2
            or word in self.lexicon.nynorsk
            for word in phrase.split()
        )

    def _from_nynorsk(self, word: str) -> str:
        """Map nynorsk and dialect: skular -> skole; skulehelseteneste by its parts."""
        table = self.lexicon.nynorsk
        if word in table:
            return table[word]
        if words.is_known(word) and words.zipf(word) > 3:
            return ""
        for ending in ("ane", "ene", "ar", "er", "en", "an", "a", "et", "e", "i", "n", "r"):
            stem = word.removesuffix(ending)
            if stem != word and len(stem) >= 3:
                for form in (stem, stem + "e", stem + "a"):
                    if form in table:
                        return table[form]
        for size in range(len(word) - 3, 3, -1):
            first = table.get(word[:size])
            if first and first != word[:size]:
                rest = word[size:]
                joined = first + (table.get(rest) or rest)
                if words.is_known(joined) or joined in self._surface_set:
                    return joined
        return ""

    def _reaches(self, variants: Mapping[str, Variant]) -> bool:
        return any(self._has(v.term) for v in variants.values())

    def _correct(self, word: str) -> str:
        """Correct one slip (two in long words) towards a word of the corpus: barnehaeg -> barnehage

        Only words that nobody knows: else real words off the topic would be bent into pledges.
        """
        if len(word) < 4 or not word.isalpha():
            return ""
        cutoff = 1 if len(word) < 8 else 2
        candidates = [
            w
            for length in range(len(word) - cutoff, len(word) + cutoff + 1)
            for w in self._by_length.get(length, ())
            if w[0] == word[0] or w[1] == word[1] or w[:2] == word[1::-1]
        ]
        found = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=cutoff, limit=5)
        if not found:
            return ""
        best = min(found, key=lambda f: (f[1], -words.zipf(f[0]), f[0]))
        return str(best[0])

    def _weight(self, phrase: str, language: str) -> float:
        """Weigh a word down when it is common in the language at large: «går», «kommer», «ser»."""
        if not self._on.background:
            return 1.0
        common = min(
            words.zipf(word, "en" if language == "en" else "nb") for word in phrase.split()
        )
        top = 4.9 if language != "en" else 5.2
        return max(0.15, min(1.0, 1.0 - (common - top) / 1.2))


_BOILERPLATE = re.compile(
    r"^\W{0,5}(?:hei|hallo|hi|hello)?\W{0,5}(?:(?:hva|kva|ka|hvordan|korleis|what|how)\s(?:mener|meiner|vil|skal|tenker|sier|synes|do|does|will|is)"
    r"\s(?:dere|de|dokker|dykk|partiet|you|your|the)?\s?(?:gjøre|gjere|think|do|policy)?\s?(?:med|om|for|about|with|on)?\s)",
    re.IGNORECASE,
)


def _strip(text: str, spans: list[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts.append(text[at:start])
        at = end
    parts.append(text[at:])
    bare = " ".join("".join(parts).split())
    short = _BOILERPLATE.sub("", bare)
    return short if len(short) > 3 else bare


def _put(variants: dict[str, Variant], variant: Variant) -> None:
    """Keep the best-weighted way to each term."""
    if not variant.term:
        return
    held = variants.get(variant.term)
    if held is None or held.weight < variant.weight:
        variants[variant.term] = variant
