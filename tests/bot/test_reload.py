"""The gates that a new version must pass, each seen to refuse; and goldens."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.handlers.admin import reason
from bot.reload import Golden, GoldensError, Report, examine, read_goldens
from bot.services import Services
from bot.texts import LANGUAGES, NB
from bot.texts.faults import explain
from retrieval.build import Options, Snapshot, build
from tests.conftest import ROOT

SUNDAY = "Si nei til flere søndagsåpne butikker"


@pytest.fixture
def old(services: Services) -> Snapshot:
    return services.index.snapshot


def with_corpus(snapshot: Snapshot, **changes: object) -> Snapshot:
    corpus = replace(snapshot.corpus, fingerprint="new", **changes)
    return replace(snapshot, corpus=corpus, fingerprint="new")


def told(report: Report) -> list[str]:
    lines = [reason(NB, refusal.gate, dict(refusal.values)) for refusal in report.refusals]
    assert all("{" not in line and "\n" not in line for line in lines)
    return lines


def sunday(snapshot: Snapshot) -> Golden:
    [pledge] = [p for p in snapshot.corpus.pledges if p.quote == SUNDAY]
    return Golden(question="søndagsåpne butikker", pledge_id=pledge.id)


def test_a_sound_version_passes_every_gate(old: Snapshot) -> None:
    report = examine(old, with_corpus(old), [sunday(old)], 5)
    assert told(report) == []
    assert (report.goldens, report.passed, report.passed_before, report.moot) == (1, 1, 1, 0)
    assert not report.needs_confirmation


def test_no_pledges_at_all(old: Snapshot) -> None:
    assert "Det er ingen løfter." in told(examine(old, with_corpus(old, pledges=()), [], 0))


def test_too_few_in_one_municipality(old: Snapshot) -> None:
    kept = [p for p in old.corpus.pledges if p.municipality != "Asker"][:400]
    kept += [p for p in old.corpus.pledges if p.municipality == "Asker"][:4]
    report = examine(old, with_corpus(old, pledges=tuple(kept)), [], 5)
    assert told(report) == ["Asker har 4 løfter, men skal ha minst 5."]
    assert told(examine(old, with_corpus(old, pledges=tuple(kept)), [], 4)) == []


def test_the_same_id_twice_and_the_same_file_under_two_names(old: Snapshot) -> None:
    first = old.corpus.pledges[0]
    twice = with_corpus(old, pledges=(*old.corpus.pledges, first))
    assert told(examine(old, twice, [], 0)) == [f"Samme innhold to ganger: {first.id}"]
    copy = replace(old.corpus.programmes[0], file="kopi.txt")
    twice = with_corpus(old, programmes=(*old.corpus.programmes, copy))
    [line] = told(examine(old, twice, [], 0))
    assert line.endswith(f"{old.corpus.programmes[0].file} = kopi.txt")


def test_a_quote_that_is_not_verbatim(old: Snapshot) -> None:
    first, *rest = old.corpus.pledges
    wrong = replace(first, quote=first.quote.replace("e", "é", 1))
    [line] = told(examine(old, with_corpus(old, pledges=(wrong, *rest)), [], 0))
    assert line == f"1 sitater er ikke ordrette: {first.programme.file}:{first.line}"


def test_goldens_that_get_worse(old: Snapshot, services: Services) -> None:
    golden = sunday(old)
    worse = build(
        services.settings.seeds, options=Options(without="Lørenskog", this_year=old.this_year)
    )
    # The pledge is on record, but the index no longer finds it.
    broken = replace(worse, corpus=replace(old.corpus, fingerprint="new"), fingerprint="new")
    # Others of Lørenskog are not found either: the self-test says so in a line of its own.
    _, line = told(examine(old, broken, [golden], 0))
    assert "Bare 0 av 1 kjente spørsmål" in line and golden.question in line


def test_a_golden_whose_pledge_was_taken_out_on_purpose_judges_nothing(old: Snapshot) -> None:
    golden = sunday(old)
    kept = tuple(p for p in old.corpus.pledges if p.id != golden.pledge_id)
    report = examine(old, with_corpus(old, pledges=kept), [golden], 0)
    assert (report.goldens, report.moot, told(report)) == (0, 1, [])


@pytest.mark.parametrize(("share", "needs"), [(0.79, True), (0.81, False)])
def test_more_than_a_fifth_fewer_needs_to_be_confirmed(
    old: Snapshot, share: float, needs: bool
) -> None:
    kept = old.corpus.pledges[: round(len(old.corpus.pledges) * share)]
    assert examine(old, with_corpus(old, pledges=kept), [], 0).needs_confirmation is needs


def test_every_gate_has_a_sentence_in_every_language() -> None:
    for gate in ("empty", "thin", "duplicates", "verbatim", "spans", "self_test", "goldens"):
        for texts in LANGUAGES.values():
            assert getattr(texts, f"reload_{gate}")


# ---- goldens.toml


def test_the_shipped_goldens_are_about_pledges_that_exist(lexical: Snapshot) -> None:
    goldens = read_goldens(ROOT / "seeds")
    assert len(goldens) >= 50
    report = examine(lexical, lexical, goldens, 5)
    assert told(report) == []
    assert (report.goldens, report.moot) == (len(goldens), 0)
    assert report.passed >= len(goldens) - 2


@pytest.mark.parametrize(
    ("text", "fault", "line"),
    [
        ('[[golden]]\nquestion = "x"\n', "key_missing", 1),
        ('\n[[golden]]\nquestion = ""\npledge = "y"\n', "key_missing", 2),
        ('golden = ["x"]\n', "mend_entry", 1),
        ("[[golden]\n", "not_toml", 1),
    ],
)
def test_faulty_goldens_name_their_line(tmp_path: Path, text: str, fault: str, line: int) -> None:
    (tmp_path / "goldens.toml").write_text(text, encoding="utf-8")
    with pytest.raises(GoldensError) as caught:
        read_goldens(tmp_path)
    assert (caught.value.fault, caught.value.line) == (fault, line)
    assert "{" not in explain(caught.value)


def test_a_folder_without_goldens_has_none(tmp_path: Path) -> None:
    assert read_goldens(tmp_path) == ()
