"""Corpora of any size: documents spliced from the seeds, the rest drawn from a Zipf word list.

Half of a document's words are runs of real sentences, so that function words stand as thick as they
do in Norwegian; the other half follow the word frequencies of the language, so that the vocabulary
grows with the corpus as it does in life.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import wordfreq

from retrieval import words
from retrieval.analysis import lowercase, word_tokenizer
from retrieval.corpus import read_corpus
from retrieval.stopwords import BOKMAAL

ROOT = Path(__file__).parents[1]
_WORDS = 60_000  # of the list; wordfreq has no more Norwegian ones that are seen at all often
_CHUNK = 10_000


def tokens_of(text: str) -> list[str]:
    """Return lower-case words: what every engine is given, so that none analyses."""
    return [token.term for token in lowercase(word_tokenizer(words.nfc(text)))]


def write_corpus(path: Path, size: int, seed: int = 1) -> None:
    """Write ``size`` documents, one a line, words apart by one space."""
    rng = np.random.default_rng(seed)
    sentences = [tokens_of(pledge.quote) for pledge in read_corpus(ROOT / "seeds").pledges]
    sentences = [words_ for words_ in sentences if len(words_) > 3]
    listed = wordfreq.top_n_list("nb", _WORDS)
    share = np.asarray([wordfreq.word_frequency(word, "nb") for word in listed])
    share /= share.sum()
    lengths = np.asarray([len(sentence) for sentence in sentences])
    aside = path.with_suffix(".new")
    with aside.open("w", encoding="utf-8") as file:
        for start in range(0, size, _CHUNK):
            count = min(_CHUNK, size - start)
            size_of = rng.choice(lengths, count)
            source = rng.integers(0, len(sentences), count)
            offset = rng.random(count)
            drawn = rng.choice(len(listed), int((size_of + 1).sum()), p=share).tolist()
            at = 0
            for length, which, where in zip(
                size_of.tolist(), source.tolist(), offset.tolist(), strict=True
            ):
                real = sentences[which]
                run = max(2, length // 2)
                first = int(where * max(1, len(real) - run))
                own = [listed[i] for i in drawn[at : at + length - length // 2]]
                at += length + 1
                file.write(" ".join((*real[first : first + run], *own)) + "\n")
    aside.replace(path)


def stream_tokens(path: Path) -> Iterator[list[str]]:
    """Read a corpus back; equal words are one object, as an analyser's memo makes them."""
    one: dict[str, str] = {}
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield [one.setdefault(word, word) for word in line.split()]


def questions(count: int, seed: int = 1) -> list[list[str]]:
    """Return real questions of 3 to 12 words."""
    found = [q for q in _asked() if 3 <= len(q) <= 12]
    random.Random(seed).shuffle(found)
    return found[:count]


def stop_questions(count: int, seed: int = 1) -> list[list[str]]:
    """Return what is left of real questions when only their function words are kept: 3 to 8."""
    found = [[word for word in q if word in BOKMAAL][:8] for q in _asked()]
    found = [q for q in found if len(q) >= 3]
    random.Random(seed).shuffle(found)
    return found[:count]


def _asked() -> Iterator[list[str]]:
    with (ROOT / "tests" / "data" / "questions.jsonl").open(encoding="utf-8") as file:
        for line in file:
            yield tokens_of(json.loads(line)["question"])
