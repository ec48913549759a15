"""Many patterns against one message: only those are compiled whose words stand in it.

Compiling the shipped tree's patterns takes longer than all else of a start that reads its index back,
and most messages come near a handful of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

try:  # the parser that `re` itself uses; without it every pattern is tried
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:  # pragma: no cover
    parser = None

_SHORTEST, _MOST = 2, 200  # letters of a text that tells anything; texts that are worth looking for
_HEAD = 3  # letters that texts are grouped by


@lru_cache(maxsize=4096)  # a reload compiles only what was changed
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern ready to match. Raises re.error."""
    return re.compile(pattern)


@lru_cache(maxsize=4096)
def needed(pattern: str) -> tuple[str, ...]:
    """Return texts one of which is in everything that the pattern matches; empty: it cannot be told.

    ``(?:hei|morn) du?`` -> ("hei", "morn")
    """
    if parser is None:
        return ()
    tree = parser.parse(pattern)
    if tree.state.flags & re.IGNORECASE:
        return ()
    found = _of_sequence(tree)
    return tuple(sorted(found)) if found is not None and len(found) <= _MOST else ()


def _of_sequence(nodes: Any) -> frozenset[str] | None:
    """Return the most telling texts that any part of a sequence must hold."""
    best: frozenset[str] | None = None
    run = ""
    for op, value in (*nodes, (None, None)):
        if op is not None and str(op) == "LITERAL":
            run += chr(value)
            continue
        for one in (frozenset((run,)) if run else None, _of_node(op, value)):
            if one is not None and _worth(one) > _worth(best):
                best = one
        run = ""
    return best if best is not None and _worth(best)[0] >= _SHORTEST else None


def _of_node(op: object, value: Any) -> frozenset[str] | None:
    kind = str(op)
    if kind == "BRANCH":
        each = [_of_sequence(branch) for branch in value[1]]
        return frozenset().union(*each) if all(each) else None  # type: ignore[arg-type]
    if kind == "SUBPATTERN":
        _, added, _, inner = value
        return None if added & re.IGNORECASE else _of_sequence(inner)
    if kind == "ATOMIC_GROUP":
        return _of_sequence(value)
    if kind in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        least, _, inner = value
        return _of_sequence(inner) if least else None
    return None  # a class, an anchor, what looks ahead


def _worth(texts: frozenset[str] | None) -> tuple[int, int]:
    """Long texts tell most; of equally long ones the fewest."""
    return (min(map(len, texts)), -len(texts)) if texts else (0, 0)


class PatternSet:
    """Patterns, in order.

    Args:
        patterns: Each with the texts it needs, as ``needed`` returns them.
    """

    def __init__(self, patterns: Sequence[tuple[str, Sequence[str]]]) -> None:
        self._patterns = [pattern for pattern, _ in patterns]
        self._always = [i for i, (_, needs) in enumerate(patterns) if not needs]
        # By their first letters: of thousands of texts a message holds the beginning of some dozen.
        self._texts: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for i, (_, needs) in enumerate(patterns):
            for text in needs:
                self._texts[text[:_HEAD]][text].append(i)

    def matching(self, message: str) -> Iterator[int]:
        """Yield the numbers of the patterns that match the whole message, ascending."""
        heads = {message[i : i + n] for n in range(1, _HEAD + 1) for i in range(len(message))}
        near = {
            i
            for head in heads & self._texts.keys()
            for text, those in self._texts[head].items()
            if text in message
            for i in those
        }
        for i in sorted(near.union(self._always)):
            if compiled(self._patterns[i]).fullmatch(message):
                yield i
