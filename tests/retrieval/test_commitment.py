"""What commits the party, and what only says something. Sentences of no programme here."""

from __future__ import annotations

import pytest

from retrieval.commitment import is_commitment, is_demand

PROMISES = [
    "Vi vil bygge en ny svømmehall på Øya.",
    "Voss Høgre vil senke eigedomsskatten.",
    "Derfor ønsker vi flere lærere i barneskolen.",
    "Kommunen skal ha egne vikarer.",
    "Venstre støtter forslaget om bilfri gate.",
    "Raudt vil ha gratis buss.",
    "Sp ønsker desentraliserte skoler.",
    "MDG går inn for mer skogvern.",
    "Vi arbeider for ny fotballbane.",
    "Eiendomsskatten må fjernes.",
    "Vi ønskjer fleire tilsette i barnehagen.",
    "Partiet mener at alle skoler bør ha bibliotek.",
    "I 2040 skal kommunen være fossilfri.",
    "Alle barn bør få svømmeopplæring.",
    "Vi vil ikke bygge ned matjord.",
]

OTHER = [
    "Kommunen har 4 000 innbyggere.",
    "Skolene er viktige for bygda.",
    "Vil du at vi skal bygge skoler?",
    "Stem på oss ved valget!",
    "Vi må tenke nytt.",
    "Dette skal bidra til trygghet.",
    "Skal vi lykkes, trengs det mer penger.",
    "Vi er stolte av bygda vår.",
    "I fjor ble det bygget 40 boliger.",
    "Alle skal med.",
]

EXPLAINING_CLAUSES = [
    "Det er viktig at alle skal ha et sted å bo.",
    "Hvordan vi skal bo, er et stort spørsmål.",
]

DEMANDS = [
    "Bygge ny skole", "At kommunen skal eie skogen", "at alle får mat", "ha gratis buss", "Si nei til salg",
    "gi mer hjelp", "tilsetje fleire lærarar", "ikke selge tomter", "Få flere busser", "Krav om lærlinger",
]  # fmt: skip
SLOGANS = [
    "Et bærekraftig Voss",
    "Andre viktige saker",
    "En trygg skole", "De gode årene", "Alle med", "Våre saker", "Bygge mer!", "Skole", "",
    "Hvorfor vente?", "Kari Nordmann",
]  # fmt: skip


@pytest.mark.parametrize("sentence", PROMISES)
def test_a_promise_is_a_commitment(sentence):
    assert is_commitment(sentence)


@pytest.mark.parametrize("sentence", OTHER)
def test_facts_greetings_and_appeals_are_none(sentence):
    assert not is_commitment(sentence)


@pytest.mark.parametrize("sentence", EXPLAINING_CLAUSES)
def test_a_verb_of_duty_in_a_clause_that_only_explains_promises_nothing(sentence):
    assert not is_commitment(sentence)


@pytest.mark.parametrize("item", DEMANDS)
def test_a_list_item_that_asks_for_something_is_a_demand(item):
    assert is_demand(item)


@pytest.mark.parametrize("item", SLOGANS)
def test_a_slogan_is_none(item):
    assert not is_demand(item)
