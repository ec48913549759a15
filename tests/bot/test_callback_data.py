from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.callback_data import (
    FORMS,
    LIMIT,
    AskAgain,
    AskExample,
    ChooseLanguage,
    ChoosePlace,
    Complain,
    Complaint,
    OpenHeading,
    OpenTopic,
    ShowContext,
    TurnPage,
    Verdict,
    Vote,
)

ids = st.binary(min_size=16, max_size=16).map(
    lambda raw: __import__("base64").urlsafe_b64encode(raw).rstrip(b"=").decode()
)


@given(ids, st.sampled_from(Verdict))
def test_a_vote_comes_back_as_it_went_out_within_the_limit(
    answer_id: str, verdict: Verdict
) -> None:
    data = Vote(answer_id, verdict).encode()
    assert len(data.encode()) <= LIMIT
    assert Vote.decode(data) == Vote(answer_id, verdict)


@given(st.text())
def test_what_is_not_a_vote_is_refused_or_reads_back_the_same(data: str) -> None:
    try:
        vote = Vote.decode(data)
    except ValueError:
        return
    assert vote.encode() == data


GOOD = f"v1:+:{secrets.token_urlsafe(16)}"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(GOOD + "\n", id="line feed at the end"),
        pytest.param(" " + GOOD, id="something before"),
        pytest.param(GOOD + "x", id="something after"),
        pytest.param(GOOD.replace("+", "*"), id="no such verdict"),
        pytest.param(GOOD.replace("v1", "v2"), id="no such version"),
        pytest.param(GOOD[:-1] + "æ", id="not of the alphabet"),
        pytest.param("", id="empty"),
    ],
)
def test_a_forged_button_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match="not a vote"):
        Vote.decode(data)


def test_a_foreign_answer_id_is_never_put_on_a_button() -> None:
    with pytest.raises(ValueError, match="not a vote"):
        Vote("short", Verdict.HELPFUL).encode()


A = "A" * 22
LONGEST = [
    *(Complain(A, complaint) for complaint in Complaint),
    TurnPage(A, 999),
    ShowContext(A, 999),
    AskAgain(A, "x" * 36),
    AskAgain(A, ""),
    ChoosePlace("x" * 36),
    ChoosePlace(""),
    ChooseLanguage("nb"),
    OpenTopic("fast.tjeneste.soppel_og_praktisk", 999),
    OpenTopic(""),
    OpenHeading("0123456789ab", 999),
    OpenHeading(""),
    AskExample("nordre-follo-2023-0123abcd-12"),
    AskExample("0"),
]


@pytest.mark.parametrize("press", LONGEST, ids=repr)
def test_every_button_comes_back_as_it_went_out_within_the_limit(press) -> None:
    data = press.encode()
    assert len(data.encode()) <= LIMIT
    assert type(press).decode(data) == press
    assert [form for form in FORMS if form.PATTERN.match(data)] == [type(press)]


def test_every_form_is_tried_above() -> None:
    assert {type(press) for press in LONGEST} | {Vote} == set(FORMS)


@given(st.sampled_from(FORMS), st.text(alphabet="acehklprtv1:+-.0A_9æ\n", max_size=70))
def test_what_is_none_of_our_buttons_is_refused_or_reads_back_the_same(form, data: str) -> None:
    try:
        press = form.decode(data)
    except ValueError:
        return
    assert press.encode() == data
