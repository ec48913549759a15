"""A built index on disk: a start or a reload where nothing changed reads it back.

The key covers every byte that the index is made of: the corpus folder, the code of this package, the
options, the encoder and the language data. So there is nothing to keep in step by hand, and a file
made by anything else is built anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from retrieval import words
from retrieval.build import Options, Parts, Snapshot, assemble, build, dated
from retrieval.dictionary import language_data, open_dictionary
from retrieval.fields import Fields
from retrieval.index import BM25Index
from retrieval.neighbours import Dense, Neighbours, Projection
from retrieval.saved import SavedError, load, save
from retrieval.semantic import Progress, SentenceEncoder, VectorStore
from retrieval.topic_index import TopicIndex

DICTIONARY = "dictionary.saved"
_NO_FILE = "-"


def open_snapshot(
    folder: Path,
    encoder: SentenceEncoder | None,
    store: VectorStore | None,
    options: Options,
    progress: Progress | None,
    path: Path,
) -> Snapshot:
    """Read the index of a corpus folder back from ``path``, or build it and save it there.

    A file that is missing, damaged or of anything else than this folder, program and options is
    replaced. Where it cannot be written, the next start builds again; nothing else is lost.

    Raises:
        CorpusError, LexiconError, ExamplesError, CorrectionsError: Naming the file and line to mend.
    """
    dictionary = path.with_name(DICTIONARY)
    words.use(open_dictionary(dictionary, make=False))
    options = dated(options)
    key = fingerprint(folder, encoder, options)
    try:
        parts = _parts(load(path, key))
    except SavedError:
        snapshot = build(folder, encoder, store, options, progress)
        if key == fingerprint(folder, encoder, options):  # nobody changed a file meanwhile
            try:
                save(path, key, _plain(snapshot))
            except OSError:
                return snapshot
        return snapshot
    # Not where an index was built: that opened the packages' data, and took long enough.
    words.use(open_dictionary(dictionary))
    if encoder is not None and store is None:
        store = VectorStore(encoder.dimensions)
    return assemble(parts, encoder, store, options)


def fingerprint(folder: Path, encoder: SentenceEncoder | None, options: Options) -> str:
    """Return a digest of all that an index is made of."""
    digest = hashlib.blake2b(digest_size=16)
    code = Path(__file__).parent
    for root in (folder, code):
        for file in sorted(root.rglob("*" if root is folder else "*.py")):
            if file.is_file():
                digest.update(f"\0{file.relative_to(root)}\0".encode())
                digest.update(_sum(file))
    digest.update(f"\0{language_data()}".encode())
    digest.update(f"\0{encoder.name if encoder else _NO_FILE}\0{options!r}".encode())
    return digest.hexdigest()


def _sum(file: Path) -> bytes:
    try:
        return hashlib.blake2b(file.read_bytes(), digest_size=16).digest()
    except OSError:
        return b"unreadable"  # the build will say so


# ---- parts to plain values, and back


def _plain(snapshot: Snapshot) -> dict[str, Any]:
    searcher = snapshot.searcher
    fields, topics, dense = searcher.fields, searcher.topics, searcher.dense
    return {
        "corpus": snapshot.corpus,
        "lexicon": snapshot.lexicon,
        "examples": snapshot.examples,
        "corrections": snapshot.corrections,
        "fields": {
            name: _of_index(getattr(fields, name))
            for name in ("text", "heading", "grams", "examples")
        },
        "surface": fields.surface,
        "topics": topics
        and {
            "tree": topics.tree,
            "bm25": _of_index(topics.bm25),
            "neighbours": _of_neighbours(topics.neighbours),
        },
        "dense": dense
        and {
            "passages": dense.passages,
            "context": dense.context,
            "questions": _of_neighbours(dense.questions),
            "asked": dense.asked,
        },
        "membership": searcher.membership,
        "decision": searcher.decision,
    }


def _parts(saved: Mapping[str, Any]) -> Parts:
    """Raises SavedError where the values are not those of ``_plain``."""
    try:
        topics, dense = saved["topics"], saved["dense"]
        lexicon = saved["lexicon"]
        return Parts(
            corpus=saved["corpus"],
            lexicon=lexicon,
            examples=saved["examples"],
            corrections=saved["corrections"],
            fields=Fields(
                **{name: _index(index) for name, index in saved["fields"].items()},
                surface=saved["surface"],
            ),
            topics=topics
            and TopicIndex.of(
                topics["tree"], lexicon, _index(topics["bm25"]), _neighbours(topics["neighbours"])
            ),
            dense=dense
            and Dense(
                passages=dense["passages"],
                context=dense["context"],
                questions=_neighbours(dense["questions"]),
                asked=dense["asked"],
            ),
            membership=saved["membership"],
            decision=saved["decision"],
        )
    except (KeyError, TypeError, AttributeError) as exc:
        raise SavedError(f"does not fit this program: {exc}") from exc


def _of_index(index: BM25Index | None) -> Any:
    return index and index.plain()


def _index(saved: Any) -> Any:
    """Return a BM25Index, or None where there was none."""
    return saved and BM25Index.made(saved)


def _of_neighbours(neighbours: Neighbours) -> dict[str, Any]:
    projection = neighbours.projection
    return {
        "vectors": neighbours.vectors,
        "centres": neighbours.centres,
        "owners": neighbours.owners.astype(np.int64),
        "size": neighbours.size,
        "projection": projection and (projection.mean, projection.matrix),
    }


def _neighbours(saved: Mapping[str, Any]) -> Neighbours:
    learnt = saved["projection"] and Projection(*saved["projection"])
    return Neighbours(
        saved["vectors"], saved["owners"], saved["size"], learnt,
        projected=learnt is not None, centres=saved["centres"],
    )  # fmt: skip
