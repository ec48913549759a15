"""Example questions: read strictly, and faithful to pledges whose words change a little."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.texts.faults import explain
from retrieval.examples import EXAMPLES, ExampleEntry, ExamplesError, join, read_examples


def entry(name: str, text: str) -> ExampleEntry:
    return ExampleEntry(name, text, ("Hva med dette?",), ())


def test_no_file_is_no_entries(tmp_path):
    assert read_examples(tmp_path) == ()


def test_an_entry_is_read(tmp_path):
    (tmp_path / EXAMPLES).write_text(
        '[asker-1]\ntext = "Bygge"\nquestions = ["Hva?"]\nwords = ["bygg"]\n', encoding="utf-8"
    )
    assert read_examples(tmp_path) == (ExampleEntry("asker-1", "Bygge", ("Hva?",), ("bygg",)),)


@pytest.mark.parametrize(
    ("lines", "code", "line"),
    [
        pytest.param(
            '[a-1]\nquestions = ["x"]\n[a-2]\nquestions = "x"\n', "questions_list", 3, id="no list"
        ),
        pytest.param('[a-1]\nquestions = ["x", ""]\n', "questions_list", 1, id="an empty question"),
        pytest.param("[a-1]\nquestions = [1]\n", "questions_list", 1, id="a number"),
        pytest.param('[a-1]\nquestions = ["x"\n\n[a-2]\n', "not_toml", 4, id="bracket missing"),
        pytest.param("[a-1]\n[a-1]\n", "not_toml", 2, id="the same pledge twice"),
    ],
)
def test_a_malformed_entry_is_refused_by_its_line(tmp_path, lines, code, line):
    (tmp_path / EXAMPLES).write_text(lines, encoding="utf-8")
    with pytest.raises(ExamplesError) as caught:
        read_examples(tmp_path)
    assert (caught.value.fault, caught.value.line) == (code, line)
    assert explain(caught.value).startswith(f"{tmp_path / EXAMPLES}:{line}: ")


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        pytest.param(b"a = 1\n", "entry", 1, id="a key outside the tables"),
        pytest.param(
            b'[a-1]\nquestions = ["x"]\nwords = "ord"\n',
            "questions_list",
            1,
            id="words that are no list",
        ),
        pytest.param(
            b'[a-0]\nquestions = ["x"]\n[a-1]\nsporsmal = ["x"]\n',
            "entry",
            3,
            id="a key that is none",
        ),
        pytest.param(b"# a\n# B\xe6rum\n", "not_utf8", 2, id="not UTF-8"),
    ],
)
def test_other_malformed_entries_are_refused_too(tmp_path, content, code, line):
    (tmp_path / EXAMPLES).write_bytes(content)
    with pytest.raises(ExamplesError) as caught:
        read_examples(tmp_path)
    assert (caught.value.fault, caught.value.line) == (code, line)
    assert "\n" not in explain(caught.value)


# ---- joining


def test_an_entry_finds_its_pledge_by_id(asker):
    joined = join([entry(asker[0].id, "helt andre ord")], asker)
    assert set(joined.by_pledge) == {asker[0].id}
    assert (joined.moved, joined.orphans) == ((), ())


def test_an_entry_follows_a_pledge_whose_words_change_a_little(asker):
    old = entry("asker-00000000", asker[0].quote.replace("næringsvennlig", "svært næringsvennlig"))
    joined = join([old], asker)
    assert joined.by_pledge == {asker[0].id: old}
    assert joined.moved == (old,)
    assert joined.orphans == ()


def test_an_entry_whose_pledge_is_gone_is_reported(asker):
    old = entry("asker-00000000", "Bygge romhavn på Nesøya")
    joined = join([old], asker)
    assert joined.by_pledge == {}
    assert joined.orphans == (old,)


def test_an_entry_does_not_move_to_another_municipality(asker):
    old = entry("baerum-2023-00000000", asker[0].quote)
    assert join([old], asker).orphans == (old,)


def test_a_municipality_whose_name_begins_anothers_is_another(asker):
    aas = entry("as-2023-00000000", asker[0].quote)
    assert join([aas], asker).orphans == (aas,)


def test_two_entries_do_not_move_to_one_pledge(asker):
    one, two = (entry(f"asker-0000000{i}", asker[0].quote) for i in (1, 2))
    joined = join([one, two], asker)
    assert (joined.moved, joined.orphans) == ((one,), (two,))


def test_a_pledge_that_has_its_entry_is_not_given_another(asker):
    right, stray = entry(asker[0].id, asker[0].quote), entry("asker-00000000", asker[0].quote)
    joined = join([stray, right], asker)
    assert joined.by_pledge[asker[0].id] == right
    assert joined.orphans == (stray,)


# ---- the file that is shipped


@pytest.fixture(scope="module")
def shipped(seeds):
    return read_examples(seeds)


def test_every_shipped_entry_has_its_pledge_and_is_up_to_date(shipped, corpus):
    joined = join(shipped, corpus.pledges)
    assert len(joined.by_pledge) > 400
    assert (joined.moved, joined.orphans) == ((), ())
    quotes = {p.id: p.quote for p in corpus.pledges}
    assert [e.pledge_id for e in shipped if e.text != quotes[e.pledge_id]] == []


def test_every_shipped_entry_has_several_questions_and_none_twice(shipped):
    assert [e.pledge_id for e in shipped if len(e.questions) < 5] == []
    assert [e.pledge_id for e in shipped if len(set(e.questions)) != len(e.questions)] == []


def test_an_entry_stays_with_its_pledge_when_the_period_changes_its_id(asker):
    renamed = [replace(p, id=p.id.replace("asker-", "asker-2027-")) for p in asker]
    joined = join([entry(asker[0].id, asker[0].quote)], renamed)
    assert set(joined.by_pledge) == {renamed[0].id}
