"""Judged questions, qrels and measures, against figures worked out by hand."""

from __future__ import annotations

import json
import math

import pytest

from retrieval.evaluation import (
    Figures,
    Judged,
    QuestionFileError,
    Table,
    averages,
    measure,
    normalised,
    qrels,
    read_questions,
)  # fmt: skip


def judged(*relevant: tuple[str, str, str, int]) -> list[Judged]:
    return [Judged("q1", "Hva?", "direct", "dev", True, tuple(relevant))]


ROW = {
    "qid": "q1",
    "question": "Hva?",
    "answerable": True,
    "relevant": [{"text": "a", "municipality": "Asker", "period": None, "grade": 3}],
}


def test_a_question_is_read(tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps(ROW) + "\n\n", encoding="utf-8")
    assert read_questions(path) == [Judged("q1", "Hva?", "", "all", True, (("a", "Asker", "", 3),))]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("{", id="no JSON"),
        pytest.param("[1]", id="a list"),
        pytest.param(json.dumps({k: v for k, v in ROW.items() if k != "qid"}), id="no qid"),
        pytest.param(json.dumps(ROW | {"relevant": [{"text": "a"}]}), id="no municipality"),
        pytest.param(json.dumps(ROW | {"relevant": [5]}), id="a number for a judgement"),
    ],
)
def test_a_faulty_line_is_named(tmp_path, line):
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps(ROW) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(QuestionFileError, match=r"q\.jsonl:2: "):
        read_questions(path)


def test_a_grade_that_is_no_number_is_named(tmp_path):
    path = tmp_path / "q.jsonl"
    row = ROW | {
        "relevant": [{"text": "a", "municipality": "Asker", "period": None, "grade": "tre"}]
    }
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(QuestionFileError, match=r"q\.jsonl:1: "):
        read_questions(path)


def test_nine_judgements_of_ten_in_the_test_set_have_their_pledge(data, corpus):
    questions = read_questions(data / "questions.jsonl")
    assert len(questions) == 465
    rels = qrels(questions, corpus.pledges)
    names = [name for found in rels.values() for name in found]
    # The rest are sentences that extraction leaves out on purpose: they count as misses.
    assert sum(name.startswith("missing:") for name in names) <= 0.1 * len(names)
    assert sum(bool(names) for names in rels.values()) == sum(q.answerable for q in questions)


def test_normalised_folds_what_two_extractions_may_differ_in():
    assert normalised("  «Bygge»  SKOLE. ") == normalised("bygge skole") == "bygge skole"


def test_a_judgement_finds_its_pledge_by_words(asker):
    text = asker[0].quote.upper().rstrip(".")
    assert qrels(judged((text, "Asker", "", 3)), asker) == {"q1": {asker[0].id: 3}}


def test_a_judgement_finds_a_pledge_that_was_cut_elsewhere(asker):
    part = " ".join(asker[1].quote.split()[:-4])
    assert qrels(judged((part, "Asker", "", 2)), asker) == {"q1": {asker[1].id: 2}}


@pytest.mark.parametrize(("place", "period"), [("Bærum", ""), ("Asker", "2023-2027")])
def test_a_judgement_finds_no_pledge_of_another_place_or_period(asker, place, period):
    names = qrels(judged((asker[0].quote, place, period, 3)), asker)["q1"]
    assert all(name.startswith("missing:") for name in names)


@pytest.mark.parametrize("grades", [(1, 3), (3, 1)])
def test_two_judgements_on_one_pledge_count_once_with_the_better_grade(asker, grades):
    quote = asker[0].quote
    rows = judged((quote, "Asker", "", grades[0]), (quote + "!", "Asker", "", grades[1]))
    assert qrels(rows, asker) == {"q1": {asker[0].id: 3}}


def test_measures_on_an_example_worked_out_by_hand():
    rels = {"q": {"a": 3, "b": 2, "c": 1}}
    run = {"q": ["x", "b", "a", "y", "z", "c"]}
    ndcg, rr, recall, held = measure(rels, run)["q"]
    dcg = 3 / math.log2(3) + 7 / math.log2(4)  # b second, a third, c too late
    ideal = 7 / math.log2(2) + 3 / math.log2(3) + 1 / math.log2(4)
    assert ndcg == pytest.approx(dcg / ideal)
    assert rr == pytest.approx(1 / 2)
    assert held == ndcg  # every judged text is a pledge here
    assert recall == pytest.approx(1.0)  # both that answer are among five; c is only marginal


def test_a_marginal_pledge_counts_where_nothing_better_was_judged():
    assert measure({"q": {"a": 1}}, {"q": ["a"]})["q"] == pytest.approx((1, 1, 1, 1))


def test_a_judged_text_that_is_no_pledge_costs_recall_but_not_the_held_figure():
    ndcg, rr, recall, held = measure({"q": {"a": 3, "missing:b": 3}}, {"q": ["a", "x"]})["q"]
    assert (rr, recall, held) == pytest.approx((1, 0.5, 1))
    assert ndcg == pytest.approx((7 / math.log2(2)) / (7 / math.log2(2) + 7 / math.log2(3)))


def test_a_miss_is_zero_and_is_not_left_out():
    assert measure({"q": {"a": 3}, "r": {"b": 3}}, {"q": ["a"], "r": ["x"]})["r"] == (0, 0, 0, 0)
    assert measure({"q": {"a": 3}}, {}) == {"q": (0.0, 0.0, 0.0, 0.0)}
    assert measure({"q": {"a": 3}, "r": {"b": 3}}, {"q": ["a"]})["r"] == (0, 0, 0, 0)


def test_averages_and_their_table():
    assert averages([]) == Figures(0, 0.0, 0.0, 0.0, 0.0)
    table = Table()
    table.add("b", (1, 0, 1, 1))
    table.add("a", (0, 0, 0, 0))
    table.add("b", (0, 1, 0, 0))
    assert table.rows() == [("b", Figures(2, 0.5, 0.5, 0.5, 0.5)), ("a", Figures(1, 0, 0, 0, 0))]
