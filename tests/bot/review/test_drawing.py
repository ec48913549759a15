"""The pictures: well-formed, without a script, with every number's name, readable in both dresses."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bot.review import drawing
from bot.review.charts import HIDDEN, NAMES, Chart, Series, chart_of
from bot.review.drawing import DARK, LIGHT, picture_of, png, svg
from bot.review.overview import OUTCOMES, VERDICTS, overview, window
from bot.texts.overview import OVERVIEW
from retrieval.topics import read_topics
from tests.conftest import ROOT

TREE = read_topics(ROOT / "seeds")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def page():
    span = window(date(2026, 11, 25), 28)
    days = [
        (span.first + timedelta(i), o, 7 + (i * 3 + n) % 50)
        for i in range(28)
        for n, o in enumerate(OUTCOMES)
    ]
    days[3] = (days[3][0], days[3][1], 2)
    leaves = [leaf.id for leaf in TREE.leaves if leaf.is_politics]
    topics = [
        (leaf, place, o, 6 + i % 9)
        for i, leaf in enumerate(leaves)
        for place in ("", "Asker")
        for o in OUTCOMES
    ]
    votes = [(span.first + timedelta(i), v, 9 + i % 5) for i in range(28) for v in VERDICTS]
    return overview(span, days, topics, votes, [("place", 12)], TREE)


def words(drawn: bytes) -> list[str]:
    return ["".join(e.itertext()) for e in ET.fromstring(drawn).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_is_xml_without_a_script_and_names_what_it_shows(page, name: str) -> None:
    chart = chart_of(name, page, TREE)
    for drawn in (svg(chart), svg(chart, dark=True)):
        root = ET.fromstring(drawn)
        tags = {e.tag.removeprefix(SVG) for e in root.iter()}
        assert tags <= {
            "svg",
            "title",
            "defs",
            "clipPath",
            "rect",
            "g",
            "path",
            "text",
            "use",
            "pattern",
        }
        names = {n.rpartition("}")[2] for e in root.iter() for n in e.attrib}
        assert "style" not in names
        assert not [n for n in names if n.startswith("on")]
        links = {v for e in root.iter() for n, v in e.attrib.items() if n.endswith("href")}
        assert all(link.startswith("#") for link in links)
        assert b"@import" not in drawn
        shown = words(drawn)
        assert chart.title in shown
        if len(chart.series) > 1:
            assert {each.name for each in chart.series} <= set(shown)
        if chart.lying:
            assert set(chart.totals) <= set(shown)
            assert {label[:40] for label in chart.labels} <= {word[:40] for word in shown}
        else:
            assert chart.labels[0] in shown


@pytest.mark.parametrize("name", NAMES)
def test_the_same_numbers_are_the_same_file(page, name: str) -> None:
    chart = chart_of(name, page, TREE)
    assert svg.__wrapped__(chart) == svg.__wrapped__(chart)
    assert png.__wrapped__(chart) == png.__wrapped__(chart)
    assert svg(chart) is svg(chart_of(name, page, TREE)), "kept by its content"


@pytest.mark.parametrize("name", NAMES)
def test_the_table_has_every_number_of_the_picture(page, name: str) -> None:
    chart = chart_of(name, page, TREE)
    cells = [cell for row in chart.rows for cell in row]
    assert {len(row) for row in chart.rows} == {len(chart.head)}
    for each in chart.series:
        if each.key != HIDDEN:
            assert {str(n) for n in each.values if n and n < 1000} <= set(cells)


def test_what_is_hidden_is_drawn_as_hidden_and_adds_up(page) -> None:
    chart = chart_of("dager", page, TREE)
    assert chart.series[-1].key == HIDDEN
    assert OVERVIEW.hidden_short in chart.rows[0]
    for i, total in enumerate(page.questions.row_totals):
        if total is not None:
            assert sum(each.values[i] for each in chart.series) == total
    assert not [n for each in chart.series for n in each.values if 0 < n < 5]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dress", [LIGHT, DARK], ids=["light", "dark"])
def test_letters_and_bars_stand_out_and_neighbours_differ_without_colour(dress) -> None:
    assert contrast(dress["ink"], dress["ground"]) >= 4.5
    for key in (*OUTCOMES, *VERDICTS, HIDDEN):
        assert contrast(dress[key], dress["ground"]) >= 3, key
    for keys in (OUTCOMES, VERDICTS):
        for a, b in pairwise(keys):
            assert drawing._HATCH.get(a) != drawing._HATCH.get(b), (a, b)


def test_ground_and_letters_are_those_of_the_page() -> None:
    sheet = (ROOT / "bot" / "web" / "static" / "style.css").read_text(encoding="utf-8")
    light, dark = (
        dict(re.findall(r"--(\w+): (#\w{6})", part)) for part in sheet.split("@media", 2)[:2]
    )
    for dress, page in ((LIGHT, light), (DARK, dark)):
        assert (dress["ground"], dress["ink"]) == (page["surface"], page["ink"])


def test_letters_keep_their_size_on_a_phone(page) -> None:
    for name in NAMES:
        drawn = svg(chart_of(name, page, TREE))
        width = float(ET.fromstring(drawn).attrib["viewBox"].split()[2])
        sizes = {float(size) for size in re.findall(r'font-size="([\d.]+)', drawn.decode())}
        assert sizes
        assert min(sizes) * 300 / width >= 10  # CSS pixels where the picture is 300 wide


def hostile(text: str) -> Chart:
    series = (Series(key="hit", name=text, values=(9,)), Series(key="none", name="b", values=(8,)))
    return Chart(
        title=text,
        labels=(text,),
        series=series,
        totals=("17",),
        lying=True,
        alt="",
        head=(),
        rows=(),
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "$\\frac{1}{0}$",
        "]]> & \"'",
        "a\0b\x1b[0m",
        "skole 🏫",
        "_gr_^x^",
        "x" * 400,
        "",
    ],
)
def test_names_are_words_and_nothing_else(text: str) -> None:
    for chart in (hostile(text), replace(hostile(text), lying=False)):
        root = ET.fromstring(svg.__wrapped__(chart))
        assert not list(root.iter(f"{SVG}script"))
        clean = drawing._clean(text)
        if (
            clean.strip()
        ):  # as title, beside the bar, and in the key, which comes without its margins
            shown = [word.strip() for word in words(svg.__wrapped__(chart))]
            assert shown.count(clean.strip()) + shown.count(drawing._short(text)) >= 3
        assert png.__wrapped__(chart).startswith(b"\x89PNG")


async def test_many_at_once_are_as_one_by_one(page) -> None:
    charts = [chart_of(name, page, TREE) for name in NAMES] * 3
    together = await asyncio.gather(
        *(asyncio.to_thread(svg.__wrapped__, chart) for chart in charts)
    )
    assert together == [svg(chart) for chart in charts]


async def test_without_the_library_there_is_no_picture_and_no_error(page, monkeypatch) -> None:
    drawing._figure.cache_clear()
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    png.cache_clear()
    assert await picture_of(chart_of("dager", page, TREE)) is None
    monkeypatch.undo()
    assert await picture_of(chart_of("dager", page, TREE))


def test_the_bot_starts_without_loading_the_library() -> None:
    code = "import sys, bot.app, bot.web.app; print([m for m in ('matplotlib', 'xlsxwriter') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["loftebot.service", "Dockerfile"])
def test_where_there_is_no_home_a_picture_is_drawn_without_a_word(
    name: str, tmp_path: Path
) -> None:
    """With the environment that the deployment sets, matplotlib complains of nothing."""
    text = (ROOT / "deploy" / name).read_text(encoding="utf-8")
    [place] = re.findall(r"MPLCONFIGDIR=(\S+)", text)
    assert place.startswith("/tmp/")  # noqa: S108  # private there: PrivateTmp, tmpfs
    # A home that nobody can make, not even root: below a file.
    nowhere = tmp_path / "file"
    nowhere.touch()
    code = "from bot.review.drawing import _figure; _figure()"
    told = {}
    for folder in (str(tmp_path / Path(place).name), ""):
        surroundings = {"PATH": os.defpath, "HOME": str(nowhere / "home"), "MPLCONFIGDIR": folder}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=surroundings, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        told[bool(folder)] = done.stderr
    assert told[True] == ""
    assert "MPLCONFIGDIR" in told[False]  # so it is what keeps matplotlib quiet
