"""Municipalities and parties in a question's words."""

from __future__ import annotations

import pytest

from retrieval.analysis import word_tokenizer
from retrieval.places import Places, is_own_party

PLACES = Places(("Asker", "Bærum", "Lørenskog"))


def words_of(text: str) -> tuple[list[str], list[str]]:
    raw = [t.term.strip("-–'’") for t in word_tokenizer(text)]
    return [w.lower() for w in raw], raw


def elsewhere(text: str) -> list[str]:
    lower, raw = words_of(text)
    return [
        name for i in range(len(lower)) if (name := PLACES.other_municipality(lower, i, raw[i]))
    ]


def parties(text: str) -> list[str]:
    lower, raw = words_of(text)
    return [name for i in range(len(lower)) if (name := PLACES.other_party(lower, raw, i))]


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("Asker", "Asker"), ("ASKER", "Asker"), ("askers", "Asker"), ("Aasker", "Asker"),
        ("Bærum", "Bærum"), ("baerum", "Bærum"), ("barum", "Bærum"), ("bærums", "Bærum"), ("bærmu", "Bærum"),
        ("lørenskog", "Lørenskog"), ("lorenskog", "Lørenskog"), ("loerenskog", "Lørenskog"),
        ("Lørenskogs", "Lørenskog"), ("lørenskåg", "Lørenskog"), ("lørnskog", "Lørenskog"),
    ],
)  # fmt: skip
def test_the_municipalities_of_the_corpus_are_recognised(word, name):
    assert PLACES.own_municipality(word) == name


@pytest.mark.parametrize(
    "word",
    [
        "masker",
        "akser",
        "raske",
        "karse",
        "skare",
        "asken",
        "barn",
        "skog",
        "rasker",
        "norsk",
        "",
        "a",
        "bare",
        "varme",
        "norge",
    ],
)
def test_other_words_are_no_municipality(word):
    assert PLACES.own_municipality(word) is None


@pytest.mark.parametrize("word", ["berum", "bærrum"])
def test_common_slips_in_short_names_are_forgiven(word):
    assert PLACES.own_municipality(word) == "Bærum"


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Hva skjer i Oslo?", ["Oslo"]),
        ("skole i drammen", ["Drammen"]),
        ("Oslos skoler", ["Oslo"]),
        ("skole i Os kommune", ["Os"]),
        ("hva vil Trondheim", ["Trondheim"]),
        ("barnehage i tromso", ["Tromsø"]),
        ("barnehage i baerum", []),
    ],
)
def test_other_municipalities_are_answered_as_such(question, names):
    assert elsewhere(question) == names


@pytest.mark.parametrize(
    "question",
    [
        "jeg jobber i Oslo, hva med bussen?", "pendler til Oslo hver dag", "toget fra Drammen", "buss mot Oslo",
        "vi har time hos legen", "gå på ås og flå", "en strand å bade på", "hva gjør dere med moss i plenen",
    ],
)  # fmt: skip
def test_where_someone_works_or_travels_is_not_what_is_asked_about(question):
    assert elsewhere(question) == []


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("skole i Nordre Follo", "Nordre-Follo"),
        ("skole i Aurskog-Høland", "Aurskog-Høland"),
        ("skole i Aurskog Høland", "Aurskog-Høland"),
        ("hva skjer i Indre Østfold kommune", "Indre-Østfold"),
        ("barnehage i Evje og Hornnes", "Evje-og-Hornnes"),
    ],
)
def test_names_of_several_words_are_recognised(question, name):
    assert elsewhere(question) == [name]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("skole i Oslo og Drammen", ["Oslo", "Drammen"]),
        ("Hva med Oslo og Flå", ["Oslo", "Flå"]),
    ],
)
def test_two_names_joined_by_and_are_both_recognised(question, names):
    assert elsewhere(question) == names


@pytest.mark.xfail(strict=True, reason="«buss i …» is taken for where someone travels")
def test_a_bus_in_another_municipality_is_about_that_municipality():
    assert elsewhere("buss i Drammen") == ["Drammen"]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("hva mener Høyre om skole", ["Høyre"]),
        ("Hva vil Sp gjøre", ["Senterpartiet"]),
        ("hva mener sv", ["Sosialistisk Venstreparti"]),
        ("frp og krf", ["Fremskrittspartiet", "Kristelig Folkeparti"]),
        ("rødts politikk", ["Rødt"]),
        ("stemme venstre", ["Venstre"]),
        ("kva meiner Raudt om skule", ["Rødt"]),
        ("MDGs planer", []),
        ("forskjellen på dere og Høyre", ["Høyre"]),
    ],
)
def test_other_parties_are_answered_as_such(question, names):
    assert parties(question) == names


@pytest.mark.parametrize(
    "question",
    [
        "sving til høyre i krysset",
        "på venstre side av veien",
        "til Venstre i rundkjøringen",
        "er det rødt lys her",
        "bli rødt",
        "h",
        "vitamin h",
    ],
)
def test_directions_and_colours_are_no_parties(question):
    assert parties(question) == []


@pytest.mark.parametrize(
    "word",
    ["ap", "arbeiderpartiet", "arbeiderpartiets", "arbeiderparti", "arbeidarpartiet", "labour"],
)
def test_the_own_party_is_recognised(word):
    assert is_own_party(word)


@pytest.mark.parametrize("word", ["app", "arbeid", "høyre", "partiet", ""])
def test_other_words_are_not_the_own_party(word):
    assert not is_own_party(word)
