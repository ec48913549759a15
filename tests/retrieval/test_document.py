"""Ids follow the words."""

from __future__ import annotations

import pytest

from retrieval.document import Programme, pledge_id, slug


def programme(municipality: str = "Nordre Follo", period: str = "2023-2027") -> Programme:
    return Programme(
        file="a.txt",
        kind="programme",
        party="",
        municipality=municipality,
        period=period,
        title="",
        url="",
        sha256="",
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Bærum", "baerum"),
        ("Nordre Follo", "nordre-follo"),
        ("Ål", "al"),
        ("  Vågå!", "vaga"),
        ("A\u030as", "as"),
    ],
)
def test_slug(name, expected):
    assert slug(name) == expected


def test_an_id_ignores_case_space_and_end_mark():
    ids = {
        pledge_id(programme(), quote, set())
        for quote in ("Bygge  skole.", "bygge skole", "BYGGE SKOLE!")
    }
    assert len(ids) == 1
    assert ids.pop().startswith("nordre-follo-2023-")


def test_the_same_words_twice_get_a_number():
    taken: set[str] = set()
    first, second, third = (pledge_id(programme(), "Bygge skole", taken) for _ in range(3))
    assert (second, third) == (f"{first}-2", f"{first}-3")


def test_an_id_is_short_however_long_the_names_are():
    assert len(pledge_id(programme("Evje og Hornnes og Bygland og Valle"), "x" * 5000, set())) <= 40


def test_years_of_a_programme_without_period_leave_it_open():
    assert (programme(period="").first_year, programme(period="").last_year) == (0, 9999)
    assert (programme().first_year, programme().last_year) == (2023, 2027)
