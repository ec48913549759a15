"""The engines, each behind the same three calls: build, search, and save with its reader."""

from __future__ import annotations

import pickle
import sqlite3
import time
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

K1, B = 0.8, 0.5
Tokens = list[list[str]]


class Engine(Protocol):
    """A search engine over one corpus."""

    def build(self, corpus: Tokens) -> float:
        """Index; return the seconds that count."""
        ...

    def search(self, terms: Sequence[str], k: int) -> Sequence[Any]:
        """Return the k best."""
        ...


class Ours:
    """retrieval/index.py. Terms become numbers while a text is analysed: that is no indexing."""

    streams = True

    def build(self, corpus: Iterable[list[str]]) -> float:
        from retrieval.columns import TermBag
        from retrieval.index import BM25Index

        import_module("retrieval.fit")  # loaded when an index is first built
        bag = TermBag(corpus)
        began = time.perf_counter()
        self.index = BM25Index(bag, k1=K1, b=B)
        return time.perf_counter() - began

    def search(self, terms: Sequence[str], k: int) -> Sequence[Any]:
        return self.index.search(terms, k)

    def save(self, path: Path) -> None:
        self.index.save(path)

    def load(self, path: Path) -> None:
        from retrieval.index import BM25Index

        self.index = BM25Index.load(path)


class RankBM25:
    """The library as it comes."""

    streams = True

    def build(self, corpus: Iterable[list[str]]) -> float:
        from rank_bm25 import BM25Okapi

        began = time.perf_counter()
        self.index = BM25Okapi(corpus, k1=K1, b=B)
        return time.perf_counter() - began

    def search(self, terms: Sequence[str], k: int) -> Sequence[Any]:
        import numpy as np

        scores = self.index.get_scores(terms)
        return np.argsort(scores)[::-1][:k]

    def save(self, path: Path) -> None:
        path.write_bytes(pickle.dumps(self.index, protocol=5))

    def load(self, path: Path) -> None:
        self.index = pickle.loads(path.read_bytes())  # noqa: S301  # written a moment ago


class BM25S:
    """bm25s without numba."""

    def build(self, corpus: Tokens) -> float:
        import bm25s

        began = time.perf_counter()
        self.index = bm25s.BM25(k1=K1, b=B, backend="numpy")
        self.index.index(corpus, show_progress=False)
        return time.perf_counter() - began

    def search(self, terms: Sequence[str], k: int) -> Sequence[Any]:
        return self.index.retrieve([terms], k=k, show_progress=False, n_threads=0)[0]


class TantivyTerms:
    """One segment in memory, one thread; its quickest call: ready-made term queries, no count."""

    def build(self, corpus: Tokens) -> float:
        import tantivy

        self._t = tantivy
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("body", tokenizer_name="whitespace", index_option="freq")
        self._schema = builder.build()
        texts = [" ".join(terms) for terms in corpus]
        began = time.perf_counter()
        self.index = tantivy.Index(self._schema)
        writer = self.index.writer(heap_size=1_000_000_000, num_threads=1)
        for text in texts:
            document = tantivy.Document()
            document.add_text("body", text)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self._searcher = self.index.searcher()
        return time.perf_counter() - began

    def search(self, terms: Sequence[str], k: int) -> Sequence[Any]:
        query = self._t.Query
        should = self._t.Occur.Should
        asked = query.boolean_query(
            [(should, query.term_query(self._schema, "body", t, "freq")) for t in terms]
        )
        return self._searcher.search(asked, k, count=False).hits


class Tantivy(TantivyTerms):
    """As its documentation shows it: ``parse_query`` and ``search`` with their defaults."""

    def search(self, terms: Sequence[str], k: int) -> Sequence[Any]:
        return self._searcher.search(self.index.parse_query(" ".join(terms), ["body"]), k).hits


class FTS5:
    """SQLite's full-text index, contentless, in memory, optimised."""

    def build(self, corpus: Tokens) -> float:
        texts = [(i, " ".join(terms)) for i, terms in enumerate(corpus)]
        began = time.perf_counter()
        self.index = sqlite3.connect(":memory:")
        self.index.execute(
            "CREATE VIRTUAL TABLE t USING fts5(body, content='', tokenize='unicode61 remove_diacritics 0')"
        )
        self.index.executemany("INSERT INTO t(rowid, body) VALUES (?, ?)", texts)
        self.index.execute("INSERT INTO t(t) VALUES ('optimize')")
        self.index.commit()
        return time.perf_counter() - began

    def search(self, terms: Sequence[str], k: int) -> Sequence[Any]:
        asked = " OR ".join(f'"{term}"' for term in terms)
        return self.index.execute(
            "SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT ?", (asked, k)
        ).fetchall()


def _concepts() -> Any:
    from bench.concepts import Concepts

    return Concepts()


REFERENCE = "tantivy"
ENGINES: dict[str, Any] = {
    "løftebot": Ours,
    "løftebot, full query": _concepts,
    REFERENCE: Tantivy,
    "tantivy, term queries": TantivyTerms,
    "bm25s": BM25S,
    "sqlite fts5": FTS5,
    "rank_bm25": RankBM25,
}
