"""Running text to sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sentences import sentences


def cut(text: str) -> list[str]:
    return [text[a:b] for a, b in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Vi vil. Du må.", ["Vi vil.", "Du må."], id="two"),
        pytest.param(
            "fag i 10. klasse skal styrkes.", ["fag i 10. klasse skal styrkes."], id="ordinal"
        ),
        pytest.param("Møtet er 29. mars. Kom!", ["Møtet er 29. mars.", "Kom!"], id="date"),
        pytest.param(
            "17. mai er dagen. Hurra!", ["17. mai er dagen.", "Hurra!"], id="ordinal first"
        ),
        pytest.param(
            "senest i 2024. Vi ønsker mer.", ["senest i 2024.", "Vi ønsker mer."], id="year ends"
        ),
        pytest.param(
            "snart 130.000 innbyggere. Vi", ["snart 130.000 innbyggere.", "Vi"], id="thousands"
        ),
        pytest.param("minst 30%. Miljø teller.", ["minst 30%.", "Miljø teller."], id="percent"),
        pytest.param(
            "buss, tog m.m. for alle. Og båt.", ["buss, tog m.m. for alle.", "Og båt."], id="m.m."
        ),
        pytest.param(
            "som NHO m.fl. Vi deltar.",
            ["som NHO m.fl.", "Vi deltar."],
            id="m.fl. before a new start",
        ),
        pytest.param(
            "f.eks. skoler og bl.a. veier.",
            ["f.eks. skoler og bl.a. veier."],
            id="f.eks. and bl.a.",
        ),
        pytest.param("veier etc. i byen.", ["veier etc. i byen."], id="etc."),
        pytest.param("jf. vedtak av 3. mai 2022.", ["jf. vedtak av 3. mai 2022."], id="jf."),
        pytest.param(
            "Han sa: «Vi vil.» Så gikk han.",
            ["Han sa: «Vi vil.»", "Så gikk han."],
            id="quotation mark",
        ),
        pytest.param("(Se kartet.) Vi vil.", ["(Se kartet.)", "Vi vil."], id="bracket"),
        pytest.param(
            "Er det bra? Ja! Vel…  Nei.", ["Er det bra?", "Ja!", "Vel…", "Nei."], id="other marks"
        ),
        pytest.param("uten punktum", ["uten punktum"], id="no end mark"),
        pytest.param("  Vi vil.  \n Du må. ", ["Vi vil.", "Du må."], id="white space is left out"),
        pytest.param(
            "inn i sone 1. Vi vil.",
            ["inn i sone 1. Vi vil."],
            id="known failure: a number ends no sentence",
        ),
        pytest.param("", [], id="nothing"),
    ],
)
def test_sentences(text, expected):
    assert cut(text) == expected


@given(st.text(alphabet="aBæ .!?…10\n»)\u00a0", max_size=80))
def test_no_letter_is_lost_and_none_is_read_twice(text):
    spans = list(sentences(text))
    assert all(a < b for a, b in spans)
    assert all(first[1] <= second[0] for first, second in zip(spans, spans[1:], strict=False))
    assert "".join("".join(cut(text)).split()) == "".join(text.split())
