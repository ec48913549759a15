"""Which quotes are shown, and which are left to show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering import AnswerPolicy, choose
from retrieval.document import Pledge, Programme
from retrieval.search import Hit

PLACES = ("Asker", "Bærum", "Lørenskog")
POLICY = AnswerPolicy(max_quotes=5, max_per_municipality=3, least_share=0.35)


def hit(place: str, score: float, quote: str = "") -> Hit:
    programme = Programme(
        file=f"{place}.txt", kind="programme", party="Ap", municipality=place, period="2023-2027",
        title="P", url="", sha256="0" * 64,
    )  # fmt: skip
    made = Pledge(
        id=f"{place.lower()}-{score}", quote=quote or f"{place} {score}", programme=programme,
        headings=(), lead_in="", parent="", kind="bullet", start=0, end=1, line=1,
    )  # fmt: skip
    return Hit(pledge=made, score=score, matched=())


def scores(hits: list[Hit]) -> list[float]:
    return [h.score for h in hits]


def places(hits: list[Hit]) -> list[str]:
    return [h.pledge.municipality for h in hits]


def test_every_municipality_with_a_good_hit_has_a_place() -> None:
    hits = [hit("Bærum", 1 - i / 100) for i in range(8)]
    hits += [hit("Lørenskog", 0.5), hit("Asker", 0.4)]
    shown, more = choose(hits, POLICY, several=True)
    assert places(shown) == ["Bærum", "Bærum", "Bærum", "Lørenskog", "Asker"]
    assert places(more) == ["Bærum"] * 5


def test_it_has_its_place_even_where_another_could_fill_the_answer() -> None:
    hits = [hit("Bærum", 1 - i / 100) for i in range(8)]
    hits += [hit("Lørenskog", 0.5), hit("Asker", 0.4)]
    shown, _ = choose(hits, replace(POLICY, max_quotes=3), several=True)
    assert places(shown) == ["Bærum", "Lørenskog", "Asker"]


def test_a_hit_that_is_not_good_enough_earns_no_place() -> None:
    hits = [hit("Bærum", 1.0), hit("Asker", 0.34)]
    assert [scores(part) for part in choose(hits, POLICY, several=True)] == [[1.0], []]


def test_places_that_nobody_claims_are_filled_with_the_best() -> None:
    hits = [hit("Bærum", 1 - i / 100) for i in range(9)]
    shown, more = choose(hits, POLICY, several=True)
    assert (len(shown), len(more)) == (5, 4)
    assert scores([*shown, *more]) == scores(hits)


def test_where_one_was_asked_about_the_best_are_shown() -> None:
    hits = [hit("Bærum", 1 - i / 100) for i in range(7)]
    shown, more = choose(hits, POLICY, several=False)
    assert (scores(shown), scores(more)) == (scores(hits[:5]), scores(hits[5:]))


def test_near_duplicates_come_once_and_are_not_left_to_show_either() -> None:
    same = "Bygge flere sykehjem i hele kommunen"
    hits = [hit("Bærum", 1.0, same), hit("Bærum", 0.9, same + "."), hit("Asker", 0.8, same)]
    shown, more = choose(hits, POLICY, several=True)
    assert (scores(shown), more) == ([1.0, 0.8], [])


@pytest.mark.parametrize("most", [1, 2])
def test_there_are_never_more_than_the_policy_says(most: int) -> None:
    hits = [hit(place, 1 - i / 10) for i, place in enumerate(PLACES)]
    shown, more = choose(hits, replace(POLICY, max_quotes=most), several=True)
    assert (scores(shown), scores(more)) == (scores(hits[:most]), scores(hits[most:]))


def test_nothing_found_is_nothing_shown() -> None:
    assert choose([], POLICY, several=True) == ([], [])
