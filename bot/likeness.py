"""Which questions are alike: the same content words, about the same place. Pure.

Staff see alike questions as one case. Only a keyed hash is stored: it cannot be read back, and
without the key nobody can try words on it.
"""

from __future__ import annotations

import hashlib
import hmac

from retrieval import words
from retrieval.analysis import word_tokenizer
from retrieval.question import Concept, Question, QuestionReader
from retrieval.stopwords import BOKMAAL

SIZE = 16  # bytes
_PURPOSE = b"likeness"
# Words of every sentence («går», «kommer», «ser») part no questions that are alike otherwise.
_TELLING = 0.3
_FOLDED_STOP = frozenset(words.fold(word) for word in BOKMAAL)


def likeness_key(audit: bytes) -> bytes:
    """Derive the key from the audit's, so that there is no further key to keep."""
    return hmac.digest(audit, _PURPOSE, hashlib.sha256)


def content_terms(text: str, reader: QuestionReader) -> tuple[str, ...]:
    """Return what a question is about, in an order that does not tell how it was worded.

    Inflection, order, function words and the slips that the reader corrects are gone. Who and where
    it is about stays. Words that say nothing («hei») are taken as they are where there are no others.
    """
    return terms_of(reader.read(text))


def terms_of(question: Question) -> tuple[str, ...]:
    """Return the same of a question that was read already."""
    telling = [c for c in question.concepts if c.weight > _TELLING] or question.concepts
    terms = {term for concept in telling for term in _terms(concept)}
    # Stop words typed without their æ, ø, å («gjore», «pa»); in a sentence of nothing else they stay.
    terms = terms - _FOLDED_STOP or terms
    terms |= {f"party {name}" for name in question.other_parties}
    terms |= {
        f"place {name}" for name in (*question.municipalities, *question.other_municipalities)
    }
    return tuple(sorted(terms)) or _bare(question)


def likeness(key: bytes, terms: tuple[str, ...], municipality: str | None) -> bytes:
    """Return the hash that alike questions about one municipality (None: all) share: 16 bytes.

    >>> likeness(b"k", ("skol",), "Asker") == likeness(b"k", ("skol",), None)
    False
    """
    # No word holds a line feed, so no two lists are joined to the same message.
    message = "\n".join((municipality or "", *terms)).encode("utf-8", "replace")
    return hmac.digest(key, message, hashlib.sha256)[:SIZE]


def _terms(concept: Concept) -> list[str]:
    """Return the terms of a concept: corrected, in bokmål, as the index would have them."""
    for source in ("spelling", "nynorsk"):
        for variant in concept.variants:
            if variant.source == source:
                return [variant.term]
    own = [variant.term for variant in concept.variants if variant.source == "word"]
    # A phrase of a word list («legge ned») is all its words, in whichever order they are asked;
    # a single word is its first form, which has its æ, ø, å restored.
    return (own if " " in concept.word else own[:1]) or [words.fold(concept.word)]


def _bare(question: Question) -> tuple[str, ...]:
    spoken = {words.stem(t.term.lower().strip("-–'’")) for t in word_tokenizer(question.text)}
    return tuple(sorted(filter(None, spoken))) or (" ".join(question.text.split()),)
