"""Running text to sentences, as offsets. Knows Norwegian ordinals, years and abbreviations."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(r"[.!?…]['»”\")\]]{0,3}(?=\s|$)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:m\.fl|m\.m|o\.l|bl\.a|f\.eks|ca|dvs|evt|jf|kap|kl|mill|mrd|nr|osv|pst|s\.k|st|tlf"
    r"|art|pkt|inkl|ekskl|maks|min|alt|div|ev|mht|pga|etc|mv|mfl|dr|prof|tls|iht|ift|ihht))\.$",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"(?:^|[\s(–-])\d{1,2}\.$")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield ``(start, end)`` of each sentence, without the white space around it.

    "10. klasse" and "29. mars" do not end a sentence, "senest i 2024. Vi ønsker" does.
    A last piece without an end mark is a sentence of its own.

    >>> [("Vi vil. Du må."[a:b]) for a, b in sentences("Vi vil. Du må.")]
    ['Vi vil.', 'Du må.']
    """
    start = 0
    for match in _END.finditer(text):
        end = match.end()
        rest = text[end:].lstrip()
        if rest:
            before = text[start : match.start() + 1]
            dot = text[match.start()] == "."
            # An ordinal never ends a sentence; an abbreviation does before a clear new start.
            if dot and _ORDINAL.search(before):
                continue
            if dot and _ABBREVIATION.search(before) and not rest[:1].isupper():
                continue
            if rest[:1].islower():
                continue
        yield _trim(text, start, end)
        start = end
    if text[start:].strip():
        yield _trim(text, start, len(text))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
