"""Evidence to a probability: fitted, read, and refused when it is faulty."""

from __future__ import annotations

from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts.faults import explain
from retrieval.decision import DECISION, DecisionError, Model, fit, read_decision
from retrieval.evidence import NAMES, Evidence

ZERO = Evidence(**dict.fromkeys(NAMES, 0.0))


def model(**weights: float) -> Model:
    return Model(
        intercept=0.0,
        weights=dict.fromkeys(NAMES, 0.0) | weights,
        means=dict.fromkeys(NAMES, 0.0),
        spreads=dict.fromkeys(NAMES, 1.0),
        hit=0.8,
        weak=0.4,
    )


# ---- a model


def test_nothing_known_is_even_odds():
    assert model().probability(ZERO) == 0.5


def test_evidence_for_raises_and_evidence_against_lowers():
    one = model(coverage=2.0, outside=-2.0)
    assert one.probability(replace(ZERO, coverage=1.0)) == pytest.approx(1 / (1 + np.exp(-2)))
    assert one.probability(replace(ZERO, outside=1.0)) == pytest.approx(1 / (1 + np.exp(2)))


def test_a_number_is_weighed_by_its_distance_from_the_mean_in_spreads():
    one = replace(
        model(nearest=1.0), means=dict.fromkeys(NAMES, 0.5), spreads=dict.fromkeys(NAMES, 0.1)
    )
    assert one.probability(replace(ZERO, nearest=0.7)) == pytest.approx(1 / (1 + np.exp(-2)))


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=len(NAMES), max_size=len(NAMES)), st.floats(-1e3, 1e3)
)
def test_a_probability_is_between_0_and_1(values, weight):
    one = model(**dict.fromkeys(NAMES, weight))
    assert 0 <= one.probability(Evidence(**dict(zip(NAMES, values, strict=True)))) <= 1


def test_the_reasons_are_what_spoke_loudest():
    one = model(coverage=3.0, outside=-5.0, length=0.1)
    found = replace(ZERO, coverage=1.0, outside=1.0, length=1.0)
    assert one.reasons(found, most=2) == [("outside", -5.0), ("coverage", 3.0)]
    assert len(one.reasons(found)) == 5


# ---- fitting


def evidence_of(rows: np.ndarray) -> list[Evidence]:
    return [Evidence(**dict(zip(NAMES, map(float, row), strict=True))) for row in rows]


def drawn(n: int, true: np.ndarray, intercept: float, seed: int = 3):
    """Questions whose answerability follows a model that is known."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0.3, 0.2, size=(n, len(NAMES)))
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    y = rng.random(n) < 1 / (1 + np.exp(-(intercept + z @ true)))
    return x, y


def test_fitting_recovers_the_weights_that_the_data_were_drawn_from():
    true = np.zeros(len(NAMES))
    true[NAMES.index("coverage")] = 1.5
    true[NAMES.index("outside")] = -1.0
    x, y = drawn(6_000, true, intercept=0.5)
    intercept, weights, means, spreads = fit(evidence_of(x), y, np.ones(len(y)), ridge=0.01)
    assert intercept == pytest.approx(0.5, abs=0.15)
    assert np.abs(weights - true).max() < 0.15
    assert means == pytest.approx(x.mean(axis=0))
    assert spreads == pytest.approx(x.std(axis=0))


def test_the_mean_probability_is_the_share_that_is_answerable():
    true = np.linspace(-0.5, 0.5, len(NAMES))
    x, y = drawn(3_000, true, intercept=-0.7)
    intercept, weights, means, spreads = fit(evidence_of(x), y, np.ones(len(y)), ridge=3.0)
    p = 1 / (1 + np.exp(-(intercept + ((x - means) / spreads) @ weights)))
    assert p.mean() == pytest.approx(y.mean(), abs=1e-3)


def test_the_ridge_shrinks_the_weights():
    x, y = drawn(500, np.ones(len(NAMES)), intercept=0.0)
    sizes = [
        float(np.abs(fit(evidence_of(x), y, np.ones(len(y)), ridge)[1]).sum())
        for ridge in (0.1, 10.0, 1000.0)
    ]
    assert sizes == sorted(sizes, reverse=True)


def test_importance_shifts_the_odds_and_nothing_else_much():
    true = np.zeros(len(NAMES))
    true[0] = 1.0
    x, y = drawn(6_000, true, intercept=0.0)
    plain = fit(evidence_of(x), y, np.ones(len(y)), ridge=0.01)
    tripled = fit(evidence_of(x), y, np.where(y, 3.0, 1.0), ridge=0.01)
    assert tripled[0] - plain[0] == pytest.approx(np.log(3), abs=0.15)
    assert tripled[1][0] == pytest.approx(plain[1][0], abs=0.15)


def test_a_number_that_never_varies_gets_no_weight():
    x, y = drawn(300, np.ones(len(NAMES)), intercept=0.0)
    x[:, 4] = 0.25
    weights, spreads = fit(evidence_of(x), y, np.ones(len(y)), ridge=1.0)[1::2]
    assert weights[4] == pytest.approx(0, abs=1e-9)
    assert spreads[4] == 1.0


def test_sides_that_a_line_parts_are_fitted_all_the_same():
    x = np.zeros((40, len(NAMES)))
    x[:20, 0] = 1.0
    y = x[:, 0] > 0.5
    weights = fit(evidence_of(x), y, np.ones(40), ridge=1.0)[1]
    assert np.isfinite(weights).all()
    assert weights[0] > 0


# ---- the file


def written(**changes: object) -> str:
    """A decision.toml; a value of None leaves the key out."""
    keys = {"intercept": 0.1, "hit": 0.9, "weak": 0.5} | {
        k: v for k, v in changes.items() if k not in NAMES
    }
    rows = {name: "[0.5, 0.2, 0.1]" for name in NAMES} | {
        k: v for k, v in changes.items() if k in NAMES
    }
    out = ['[provenance]\ndate = "2026-01-01"\n']
    for name in ("semantic", "lexical"):
        out.append(
            f"[{name}]\n" + "".join(f"{k} = {v}\n" for k, v in keys.items() if v is not None)
        )
        out.append(
            f"[{name}.evidence]\n"
            + "".join(f"{k} = {v}\n" for k, v in rows.items() if v is not None)
        )
    return "\n".join(out)


def test_a_sound_file_is_read(tmp_path):
    (tmp_path / DECISION).write_text(written(), encoding="utf-8")
    decision = read_decision(tmp_path)
    assert (decision.lexical.hit, decision.lexical.weak, decision.lexical.intercept) == (
        0.9,
        0.5,
        0.1,
    )
    assert decision.semantic.weights["coverage"] == 0.5
    assert decision.semantic.means["coverage"] == 0.2
    assert decision.semantic.spreads["coverage"] == 0.1
    assert decision.provenance["date"] == "2026-01-01"


@pytest.mark.parametrize(
    ("content", "fault", "line"),
    [
        pytest.param(b"", "decision", 0, id="empty"),
        pytest.param(b"a = \n", "not_toml", 1, id="no TOML"),
        pytest.param(b"a = 1\nb = = 2\n", "not_toml", 2, id="no TOML further down"),
        pytest.param(b"# a\n# B\xe6rum\n", "not_utf8", 2, id="not UTF-8"),
        pytest.param(b"semantic = 5\n", "decision", 0, id="a number for a model"),
        pytest.param(written(intercept=None).encode(), "decision", 0, id="no intercept"),
        pytest.param(written(hit=None).encode(), "decision", 0, id="no threshold"),
        pytest.param(written(coverage=None).encode(), "decision", 0, id="a number missing"),
        pytest.param(written(coverage="[0.5, 0.2]").encode(), "decision", 0, id="a row too short"),
        pytest.param(written(coverage="5").encode(), "decision", 0, id="no row"),
        pytest.param(written(coverage='["a", 1, 1]').encode(), "decision", 0, id="a word"),
        pytest.param(written(coverage="[0.5, 0.2, 0.0]").encode(), "decision", 0, id="no spread"),
        pytest.param(written(coverage="[nan, 0.2, 0.1]").encode(), "decision", 0, id="nan"),
        pytest.param(written(intercept="inf").encode(), "decision", 0, id="infinite"),
        pytest.param(written(weak=0.95).encode(), "decision", 0, id="thresholds swapped"),
        pytest.param(written(weak=-0.1).encode(), "decision", 0, id="a threshold below 0"),
        pytest.param(written(hit=1.5).encode(), "decision", 0, id="a threshold above 1"),
        pytest.param(written(hit="nan").encode(), "decision", 0, id="a threshold that is none"),
    ],
)
def test_a_faulty_file_is_refused_with_path_and_fault(tmp_path, content, fault, line):
    (tmp_path / DECISION).write_bytes(content)
    with pytest.raises(DecisionError) as caught:
        read_decision(tmp_path)
    assert (caught.value.fault, caught.value.line) == (fault, line)
    said = explain(caught.value)
    assert said.startswith(f"{tmp_path / DECISION}:")
    assert "\n" not in said and "{" not in said


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DecisionError) as caught:
        read_decision(tmp_path)
    assert caught.value.fault == "unreadable"
    assert str(tmp_path / DECISION) in explain(caught.value)


def test_the_shipped_numbers_are_sound_and_say_where_they_come_from(seeds):
    decision = read_decision(seeds)
    for one in (decision.semantic, decision.lexical):
        assert set(one.weights) == set(one.means) == set(one.spreads) == set(NAMES)
        assert 0 < one.weak < one.hit < 1
        assert len(set(one.weights.values())) > 10
    assert {"date", "data", "answerable", "unanswerable"} <= set(decision.provenance)


def test_evidence_is_a_vector_in_the_order_of_its_names():
    row = Evidence(**{name: float(i) for i, name in enumerate(NAMES)})
    assert row.vector().tolist() == list(astuple(row)) == list(range(len(NAMES)))
