"""A text file: kept as it is. It is its own extraction."""

from __future__ import annotations

from retrieval.readers.blocks import PAGE, ReadError, Reading

_BINARY = 0.001  # share of control characters from which a file is no text


def decode(raw: bytes) -> str:
    """Return UTF-8 as text, without its byte order mark.

    Raises:
        ReadError: Naming the line, if it is not UTF-8 or is no text at all.
    """
    if raw.startswith((b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ReadError("other_type")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = raw[: exc.start].count(b"\n") + 1
        raise ReadError("not_utf8", line=line) from exc
    odd = sum(c < " " and c not in "\t\n\r\f" for c in text)
    if odd > len(text) * _BINARY:
        raise ReadError("not_text_file")
    return text


def read(raw: bytes) -> Reading:
    """Read a text file; form feeds are page marks, as pdftotext writes them."""
    text = decode(raw).replace("\r\n", "\n")
    pages = text.rstrip().count(PAGE) + 1 if PAGE in text else 0
    return Reading(text=text, pages=pages)


_COMMON = frozenset(
    "og i vil på for å som til av en et er med at det den de skal vi har om ikke fra kan flere bli ein"
    " eit ei ikkje me frå dei eller alle the and of to in".split()
)


def looks_norwegian(text: str) -> bool:
    """Tell text from letter salad, as a font without its table of letters gives; short text passes."""
    words = text.lower().split()
    return len(words) < 60 or sum(word in _COMMON for word in words) > 0.06 * len(words)
