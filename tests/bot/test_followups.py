from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.followups import Before, Kind, Recent, understand, without_places

SUNDAY = "Hva mener dere om søndagsåpne butikker i Bærum?"
BARE = "Hva mener dere om søndagsåpne butikker"


@pytest.fixture
def reader(services):
    return services.index.snapshot.searcher.reader


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ("Hva med Asker?", "Asker"),
        ("og i Lørenskog?", "Lørenskog"),
        ("enn i Asker da", "Asker"),
        ("kva med Asker", "Asker"),
        ("what about Asker?", "Asker"),
        ("Asker", "Asker"),
        ("i lørenskåg", "Lørenskog"),
        ("Hva med Asker kommune?", "Asker"),
        ("Gjelder det også i Asker?", "Asker"),
        ("Hva med Asker og Lørenskog?", "Asker og Lørenskog"),
        ("Hva med Oslo?", "Oslo"),
    ],
)
def test_a_place_alone_asks_the_question_before_about_it(reader, message, place) -> None:
    understood = understand(message, Before(SUNDAY), reader)
    assert (understood.kind, understood.text) == (Kind.PLACE, f"{BARE} i {place}?")


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("hvorfor det?", Kind.WHY),
        ("Hvorfor?!", Kind.WHY),
        ("kvifor det", Kind.WHY),
        ("Why?", Kind.WHY),
        ("mer", Kind.MORE),
        ("Fortell mer!", Kind.MORE),
        ("Tell me more", Kind.MORE),
    ],
)
def test_why_and_more_are_about_the_question_before(reader, message, kind) -> None:
    understood = understand(message, Before(SUNDAY), reader)
    assert (understood.kind, understood.text) == (kind, SUNDAY)


@pytest.mark.parametrize(
    "message",
    ["Hva med skole i Asker?", "Hva med eldre?", "lærlinger", "hvorfor er skolen dårlig", "", "👍"],
)
def test_what_stands_alone_is_left_alone(reader, message) -> None:
    understood = understand(message, Before(SUNDAY), reader)
    assert (understood.kind, understood.text) == (Kind.NEW, message)


@pytest.mark.parametrize("message", ["Hva med Asker?", "hvorfor det?", "mer"])
def test_without_a_question_before_it_stands_alone(reader, message) -> None:
    assert understand(message, None, reader).text == message


@pytest.mark.parametrize(
    ("question", "left"),
    [
        (SUNDAY, BARE),
        ("Bærum skole", "skole"),
        ("Hva vil Asker og Lørenskog med skolen?", "Hva vil med skolen"),
        ("Hva vil dere med T-banen i Bærum kommune?", "Hva vil dere med T-banen"),
        ("Lærlinger i Oslo", "Lærlinger"),
        ("lærlinger", "lærlinger"),
    ],
)
def test_places_are_taken_out_of_a_question(reader, question, left) -> None:
    assert without_places(question, reader) == left


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_understood(_reader, message, before) -> None:
    understood = understand(message, Before(before), _reader)
    assert understood.kind is not Kind.NEW or understood.text == message


@pytest.fixture(scope="module")
def _reader():
    from retrieval.lexicon import read_lexicon
    from retrieval.places import Places
    from retrieval.question import QuestionReader
    from tests.conftest import ROOT

    places = Places(("Asker", "Bærum", "Lørenskog"))
    return QuestionReader(read_lexicon(ROOT / "seeds"), places, has_term=lambda _: True, surface=())


# ---- memory


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_chat_remembers_only_its_own_last_question() -> None:
    recent = Recent()
    recent.remember(1, Before("a"))
    recent.remember(2, Before("b"))
    recent.remember(1, Before("c"))
    assert (recent.get(1), recent.get(2), recent.get(3)) == (Before("c"), Before("b"), None)
    recent.forget(1)
    assert recent.get(1) is None


def test_it_is_forgotten_after_minutes() -> None:
    clock = Clock()
    recent = Recent(clock, minutes=15)
    recent.remember(1, Before("a"))
    clock.now = 15 * 60 - 1
    assert recent.get(1) == Before("a")
    clock.now = 15 * 60
    assert recent.get(1) is None
    assert len(recent) == 0


def test_memory_is_bounded_and_the_longest_silent_goes_first() -> None:
    recent = Recent(most=2)
    for chat in (1, 2, 1, 3):
        recent.remember(chat, Before(str(chat)))
    assert [recent.get(chat) is not None for chat in (1, 2, 3)] == [True, False, True]
