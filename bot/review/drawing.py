"""Charts to pictures: SVG for the pages, PNG for Telegram. Takes time: call it in a worker thread.

matplotlib is loaded at the first picture, not when the bot starts. Its object interface is used
alone: pyplot keeps every figure alive, and has a state that threads would share.
"""

from __future__ import annotations

import asyncio
import io
import logging
import re
import threading
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from bot.review.charts import HIDDEN, Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

logger = logging.getLogger(__name__)

WIDTH = 4.4  # inches, 317 points: a phone's page, where the letters keep their size
FONT = 11.25  # points
_LONGEST = 46  # letters of a label: as wide as the picture; the table beside it has the whole
_SALT = "loftebot"  # ids inside the SVG: the same chart is the same file
# Ground and letters are those of static/style.css. Every colour has 3:1 against its ground, and
# neighbours differ in lightness and in hatching as well: colour alone tells nothing.
LIGHT = {
    "ground": "#ffffff", "ink": "#1c2326", "soft": "#566066", "rule": "#d9dad3",
    "hit": "#17606d", "weak": "#a8741a", "none": "#8e3b7a", "fixed": "#6b747a",
    "helpful": "#17606d", "not_helpful": "#8e3b7a", HIDDEN: "#8a9297",
}  # fmt: skip
DARK = {
    "ground": "#1b2225", "ink": "#e7ebec", "soft": "#a6b1b6", "rule": "#333d42",
    "hit": "#5fb3c1", "weak": "#e3b55c", "none": "#d98cc6", "fixed": "#a6b1b6",
    "helpful": "#5fb3c1", "not_helpful": "#d98cc6", HIDDEN: "#75828a",
}  # fmt: skip
_HATCH = {"weak": "\\\\\\", "none": "///", "not_helpful": "///", HIDDEN: "xx"}
_LOCK = threading.Lock()  # its fonts and settings are everybody's
_SVG = "http://www.w3.org/2000/svg"
# What XML cannot hold, and what the font has no picture of (emoji).
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff\U00010000-\U0010ffff]")


async def picture_of(chart: Chart) -> bytes | None:
    """Return a chart as PNG; None where there is nothing to draw, or nothing to draw it with."""
    if chart.empty:
        return None
    try:
        return await asyncio.to_thread(png, chart)
    except ImportError as exc:
        logger.warning("no picture: %s is not installed", exc.name)
        return None


@lru_cache(maxsize=64)
def svg(chart: Chart, *, dark: bool = False) -> bytes:
    """Return a chart as SVG: no script, no style sheet, letters as text."""
    with _LOCK:
        figure = _draw(chart, DARK if dark else LIGHT)
        out = io.BytesIO()
        figure.savefig(
            out,
            format="svg",
            metadata={"Date": None, "Creator": None, "Title": _clean(chart.title)},
        )
    return _plain(out.getvalue())


@lru_cache(maxsize=16)
def png(chart: Chart) -> bytes:
    """Return a chart as PNG, 1000 pixels wide, on a light ground."""
    with _LOCK:
        figure = _draw(chart, LIGHT)
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=1000 / WIDTH, metadata={"Software": None})
    return out.getvalue()


@cache
def _figure() -> type[Figure]:
    import matplotlib as mpl  # noqa: PLC0415  # half a second, and not everybody has it installed
    from matplotlib.figure import Figure  # noqa: PLC0415

    mpl.rcParams.update({
        "svg.fonttype": "none", "svg.hashsalt": _SALT, "font.size": FONT,
        "font.family": "DejaVu Sans", "hatch.linewidth": 1.0,
    })  # fmt: skip
    return Figure


def _draw(chart: Chart, colours: dict[str, str]) -> Figure:
    make = _figure()
    legend = len(chart.series) > 1
    bars = max(1, len(chart.labels))
    height = 0.35 + 0.55 * bars if chart.lying else 2.6
    key = 0.28 * -(-len(chart.series) // 2) if legend else 0.0
    whole = height + key + 0.45
    figure = make(figsize=(WIDTH, whole), facecolor=colours["ground"])
    left = 0.03 if chart.lying else 0.11
    axes = figure.add_axes((
        left, (0.05 if chart.lying else 0.32) / whole, 0.96 - left,
        (height - (0 if chart.lying else 0.32)) / whole,
    ))  # fmt: skip
    axes.set_facecolor("none")
    for spine in axes.spines.values():
        spine.set_visible(False)
    text: dict[str, Any] = {"color": colours["ink"], "parse_math": False}
    figure.text(
        0.03, 1 - 0.12 / whole, _clean(chart.title), va="top", fontweight="bold", **text
    )  # fmt: skip
    if chart.empty:
        axes.set_xticks([])
        axes.set_yticks([])
    elif chart.lying:
        _lie(axes, chart, colours, text)
    else:
        _stand(axes, chart, colours, text)
    if legend and not chart.empty:
        shown = figure.legend(
            loc="upper left", bbox_to_anchor=(0.015, 1 - 0.36 / whole), ncols=2, frameon=False,
            labelcolor=colours["ink"], handlelength=1.2, handleheight=1.0, columnspacing=1.2,
            borderaxespad=0, fontsize=FONT * 0.95,
        )  # fmt: skip
        for label in shown.get_texts():
            label.set_parse_math(False)
    return figure


def _lie(axes: Axes, chart: Chart, colours: dict[str, str], text: dict[str, Any]) -> None:
    places = [float(i) for i in range(len(chart.labels))]
    offsets = [0] * len(places)
    for each in chart.series:
        axes.barh(
            places, each.values, left=offsets, height=0.42, label=_clean(each.name),
            **_look(each.key if len(chart.series) > 1 else "", colours | {"": colours[each.key]}),
        )  # fmt: skip
        offsets = [a + b for a, b in zip(offsets, each.values, strict=True)]
    longest = max(offsets)
    for place, label, total, end in zip(places, chart.labels, chart.totals, offsets, strict=True):
        # Above the bar: beside it a long name would leave no room for the bar on a phone.
        axes.text(0, place - 0.27, _short(label), va="bottom", **text)
        axes.text(end + longest * 0.015, place, total, va="center", **text)
    axes.set_xlim(0, longest * 1.14)
    axes.set_ylim(len(places) - 0.6, -0.95)
    axes.set_xticks([])
    axes.set_yticks([])


def _stand(axes: Axes, chart: Chart, colours: dict[str, str], text: dict[str, Any]) -> None:
    places = [float(i) for i in range(len(chart.labels))]
    offsets = [0] * len(places)
    for each in chart.series:
        axes.bar(
            places, each.values, bottom=offsets, width=0.82, label=_clean(each.name),
            **_look(each.key, colours),
        )  # fmt: skip
        offsets = [a + b for a, b in zip(offsets, each.values, strict=True)]
    step = max(1, -(-len(places) // 7))  # as many labels as a phone has room for
    axes.set_xticks(places[::step], [_clean(label) for label in chart.labels[::step]], **text)
    axes.set_xlim(-0.6, len(places) - 0.4)
    axes.yaxis.get_major_locator().set_params(integer=True, nbins=4)  # type: ignore[call-arg]
    axes.tick_params(length=0, pad=6, labelcolor=colours["ink"])
    axes.grid(axis="y", color=colours["rule"], linewidth=0.8)
    axes.set_axisbelow(True)


def _look(key: str, colours: dict[str, str]) -> dict[str, Any]:
    # The ground's colour between neighbours, and as the lines of a hatching.
    return {
        "color": colours[key],
        "edgecolor": colours["ground"],
        "linewidth": 0.8,
        "hatch": _HATCH.get(key),
    }


def _short(label: str) -> str:
    clean = _clean(label)
    return clean if len(clean) <= _LONGEST else clean[: _LONGEST - 1].rstrip(" ,") + "…"


def _clean(text: str) -> str:
    return _CONTROL.sub(" ", text)


def _plain(drawn: bytes) -> bytes:
    """Write each style as attributes, so that a page that forbids styles shows the chart as well."""
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    root = ET.fromstring(drawn)  # noqa: S314  # matplotlib's, just made
    for element in root.iter():
        for child in list(element):
            if child.tag in (f"{{{_SVG}}}style", f"{{{_SVG}}}metadata"):
                element.remove(child)
        for name, value in _declarations(element.attrib.pop("style", "")):
            # The reader's own letters: those that were measured are not sent along.
            element.set(name, "system-ui, sans-serif" if name == "font-family" else value)
    root.set("role", "img")
    drawing: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return drawing


def _declarations(style: str) -> list[tuple[str, str]]:
    """Return the parts of a style; matplotlib writes none that is no attribute."""
    parts = (declaration.partition(":") for declaration in style.split(";") if declaration.strip())
    return [(name.strip(), value.strip()) for name, _, value in parts]
