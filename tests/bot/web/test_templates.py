"""Templates hold structure alone: no words, no scripts, no styles, and nothing that is not escaped."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import html5lib
import pytest
from jinja2 import Environment, nodes

from bot.texts.staff import STAFF
from bot.web import rendering
from tests.conftest import ROOT

FOLDER = ROOT / "bot" / "web" / "templates"
TEMPLATES = sorted(FOLDER.iterdir())
STYLE = (ROOT / "bot" / "web" / "static" / "style.css").read_text(encoding="utf-8")
SPOKEN = (
    "alt",
    "title",
    "placeholder",
    "aria-label",
    "label",
    "aria-description",
)  # attributes that people read


def test_there_are_templates_and_nothing_else() -> None:
    assert len(TEMPLATES) > 8, "fix this test"
    assert {path.suffix for path in TEMPLATES} == {".html"}


def without_jinja(text: str) -> str:
    return re.sub(r"(?s)\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_nothing_gets_past_escaping_or_the_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for pattern in (
        r"\|\s*safe",
        r"Markup",
        r"autoescape",
        r"\bstyle\s*=",
        r"\son\w+\s*=",
        r"<\s*(script|style|iframe|object|embed|base|template)\b",
        r"https?:",
        r"srcdoc",
        r"javascript",
    ):
        assert not re.search(pattern, text, re.IGNORECASE), (path.name, pattern)
    # Every attribute stands in double quotes: without, a space in a value would begin another.
    bare = re.findall(
        r"<[^>]*?[\w-]+=(?!\")[^>]*>", re.sub(r'="[^"]*"', '=""', without_jinja(text))
    )
    assert bare == [], (path.name, bare)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_word_is_written_in_a_template(path: Path) -> None:
    text = without_jinja(path.read_text(encoding="utf-8"))
    # Tags first: what is left is what people read, with its entities.
    words = re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<!--.*?-->", "", text))
    assert not re.findall(
        r"[^\W\d_]+", re.sub(r"&(?:nbsp|amp|shy|thinsp|ndash|middot|rarr|larr);", " ", words)
    ), path.name
    for name in SPOKEN:
        for value in re.findall(rf'(?<![\w-]){name}="([^"]*)"', text):
            assert not re.search(r"[^\W\d_]", value), (path.name, name, value)


def test_no_python_of_the_pages_escapes_by_hand() -> None:
    """Nothing there makes markup of its own, or calls it safe."""
    sources = sorted((ROOT / "bot" / "web").glob("*.py"))
    assert len(sources) > 8
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name | ast.Attribute):
                name = node.id if isinstance(node, ast.Name) else node.attr
                assert name not in ("Markup", "escape", "from_string", "Template"), path.name
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not re.search(r"<\s*/?[a-z]", node.value), (path.name, node.value)
    assert rendering._ENVIRONMENT.autoescape is True


def test_no_page_value_hides_a_macro() -> None:
    parsed = Environment(autoescape=True).parse(
        (FOLDER / "macros.html").read_text(encoding="utf-8")
    )
    macros = {node.name for node in parsed.find_all(nodes.Macro)}
    assert {"csrf_field", "pager", "table"} <= macros
    given = set()
    for path in (ROOT / "bot" / "web").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "page"
            ):
                given |= {keyword.arg for keyword in node.keywords}
    assert "fault" in given
    assert not given & macros


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_form_that_is_posted_carries_the_token(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for form in re.findall(r'(?s)<form[^>]*method="post".*?</form>', text):
        assert "csrf_field()" in form, (path.name, form[:80])
    assert len(re.findall(r"<form", text)) == len(
        re.findall(r'<form[^>]* method="(?:post|get)"', text)
    ), path.name


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_sentence_and_every_class_exists(path: Path) -> None:
    text = re.sub(r"(?s)\{#.*?#\}", "", path.read_text(encoding="utf-8"))
    for name in re.findall(r"\bt\.([a-z_]+)", text):
        assert hasattr(STAFF, name), (path.name, name)
    for classes in re.findall(
        r'class="([^"]*)"', re.sub(r"[\w-]*\{[{%].*?[%}]\}[\w-]*", " ", text)
    ):
        for name in classes.split():
            assert re.search(rf"\.{re.escape(name)}\b", STYLE), (path.name, name)


async def test_every_page_is_whole_html_with_one_heading_and_labels(web, services, admin) -> None:
    from tests.bot.web.conftest import sample_paths

    seen = 0
    for method, path in sample_paths(web, services):
        response = await admin.get(path) if method == "GET" else None
        if response is None or not response.headers.get("content-type", "").startswith("text/html"):
            continue
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        tree = parser.parse(response.text)
        errors = [(place, code) for place, code, _ in parser.errors]
        assert errors == [], (path, errors)
        assert len(tree.findall(".//main")) == len(tree.findall(".//h1")) == 1, path
        assert tree.find(".[@lang='nb']") is not None
        ids = [e.attrib["id"] for e in tree.iter() if isinstance(e.tag, str) and "id" in e.attrib]
        assert len(ids) == len(set(ids)), path
        named = {label.attrib["for"] for label in tree.iter("label") if "for" in label.attrib}
        inside = {id(e) for label in tree.iter("label") for e in label.iter()}
        for tag in ("input", "select", "textarea"):
            for element in tree.iter(tag):
                free = element.attrib.get("type") == "hidden" or id(element) in inside
                assert free or element.attrib["id"] in named, (path, element.attrib)
        seen += 1
    assert seen > 8, "fix this test"


# ---- the stylesheet


def _rgb(colour: str) -> tuple[float, float, float]:
    found = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in found)  # type: ignore[return-value]


def contrast(one: str, other: str) -> float:
    """Return the ratio of WCAG 2.2, 1 to 21."""
    light = sorted(
        (0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in map(_rgb, (one, other))), reverse=True
    )
    return (light[0] + 0.05) / (light[1] + 0.05)


def schemes() -> list[dict[str, str]]:
    found = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    ]
    assert len(found) == 2
    return found


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_words_can_be_read_in_both_schemes(scheme: int) -> None:
    colours = schemes()[scheme]
    grounds = ("ground", "surface", "sunken")
    pairs = [(words, ground) for words in ("ink", "soft", "accent", "bad") for ground in grounds]
    pairs += [(name, f"{name}-wash") for name in ("accent", "good", "warn", "bad")]
    pairs += [
        ("accent-ink", "accent"),
        *(("ink", f"{name}-wash") for name in ("good", "warn", "bad")),
    ]
    for words, ground in pairs:
        assert contrast(colours[words], colours[ground]) >= 4.5, (words, ground)
    for ground in ("ground", "surface"):  # the edge of a field, and the mark of where one is
        assert contrast(colours["edge"], colours[ground]) >= 3
        assert contrast(colours["accent"], colours[ground]) >= 3


def test_the_sheet_fetches_nothing() -> None:
    assert "url(" not in STYLE
    assert "@import" not in STYLE
