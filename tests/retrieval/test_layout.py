"""Lines to paragraphs, whichever way the text was taken from a page."""

from __future__ import annotations

import pytest

from retrieval.layout import is_heading, read_layout


def texts(text: str) -> list[str]:
    return [p.text for p in read_layout(text).paragraphs]


def dropped(text: str) -> list[str]:
    return [text[a:b] for a, b in read_layout(text).furniture]


@pytest.mark.parametrize(
    "text",
    [
        "Bolig og areal",
        "Kultur",
        "E18",
        "«Dulting»",
        "Et næringsliv som utvikler Bærum",
        "1. Landbruk",
        "Skule og barnehage",
    ],
)
def test_a_short_title_is_a_heading(text):
    assert is_heading(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Vi bygger.", id="end mark"),
        pytest.param("Vi vil bygge", id="a verb of will"),
        pytest.param("bygge skole", id="lower case"),
        pytest.param("12", id="no letter"),
        pytest.param("Skolen er og", id="unfinished"),
        pytest.param("En " + "lang " * 11 + "linje", id="too many words"),
        pytest.param("", id="nothing"),
    ],
)
def test_other_lines_are_no_headings(text):
    assert not is_heading(text)


@pytest.mark.parametrize(
    "number", ["7", "17", "- 7 -", "Side 7", "side 7 av 20", "7/20", "7 | 20", "s. 7"]
)
def test_page_numbers_are_furniture(number):
    text = f"Vi vil bygge skoler og\n\n{number}\n\nbarnehager."
    assert dropped(text) == [number]
    assert texts(text) == ["Vi vil bygge skoler og barnehager."]


@pytest.mark.parametrize("line", ["2024", "17 barnehager", "10.", "E18"])
def test_other_numbers_are_not(line):
    assert dropped(f"Vi vil bygge.\n{line}\nDet er bra.") == []


def test_a_running_head_is_furniture_only_beside_page_numbers():
    page = "Voss SV 2023\n{n}\n\nVi vil ha flere lærere i skolen.\n\n"
    text = "".join(page.format(n=n) for n in range(1, 5)) + "Voss SV 2023\n\nVi vil ha mer."
    assert dropped(text).count("Voss SV 2023") == 4
    assert "Voss SV 2023" in texts(text)


def test_a_line_that_stands_twice_beside_page_numbers_stays():
    text = "Skole\n1\nVi vil.\n\nSkole\n2\nVi må."
    assert texts(text).count("Skole") == 2


def test_one_line_a_paragraph_is_not_wrapped():
    layout = read_layout(
        "\n\n".join(f"Dette er avsnitt nummer {i} og det er langt nok." for i in range(20))
    )
    assert not layout.wrapped
    assert len(layout.paragraphs) == 20


def test_wrapped_lines_are_joined_until_the_sentence_ends():
    line = "Dette er en linje som er brutt ved samme bredde hele veien gjennom"
    text = "\n".join([line] * 12) + "\nslutt.\n\nNytt avsnitt."
    layout = read_layout(text)
    assert layout.wrapped
    assert [p.text for p in layout.paragraphs][-1] == "Nytt avsnitt."
    assert len(layout.paragraphs) == 2


def test_offsets_are_those_of_the_source():
    text = "  Skole \n\n • bygge\u00a0mer\n   og bedre\n"
    for paragraph in read_layout(text).paragraphs:
        span = " ".join(text[paragraph.start : paragraph.end].split())
        assert span == paragraph.text


def test_a_line_that_lost_its_sign_is_an_item_of_the_same_list():
    line = "• sikre at det finnes trygge skoleveier i hele kommunen og at de er godt opplyst\n  hele året"
    text = "\n".join([line] * 6) + "\n• bygge gangvei\nforlenge bussruta til Vika\n• asfaltere\n"
    found = read_layout(text).paragraphs[-3:]
    assert [(p.text, p.glyph) for p in found] == [
        ("bygge gangvei", "•"),
        ("forlenge bussruta til Vika", "•"),
        ("asfaltere", "•"),
    ]


def test_levels_come_from_the_second_sign():
    found = read_layout("• a krav:\n• ○ under\n○ alene\n").paragraphs
    assert [(p.glyph, p.level) for p in found] == [("•", 0), ("○", 1), ("○", 0)]
