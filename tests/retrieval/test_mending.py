"""An editor's mends: what they can do, that they hold when the file is read anew, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.texts.faults import explain
from retrieval.corpus import CorpusError, read_corpus
from retrieval.verbatim import is_verbatim
from tests.retrieval.test_corpus import write

TEXT = """Skole

Bygda Høyre vil:

• bygge tre nye skoler på Årnes, og ha flere lærere i hele kommunen
• gi alle elever et varmt måltid
• si nei til mobil

Kommunen har ti skoler. Skolen er bygdas hjerte, og den blir vi stolte av.
"""


def quotes(folder: Path, mends: str, text: str = TEXT) -> list[str]:
    (folder / "program.mend.toml").write_text(mends, encoding="utf-8")
    corpus = read_corpus(write(folder, content=text))
    for pledge in corpus.pledges:
        assert is_verbatim(pledge.quote, pledge.programme.text, pledge.start, pledge.end)
    assert len({pledge.id for pledge in corpus.pledges}) == len(corpus.pledges)
    return [pledge.quote for pledge in corpus.pledges]


DROP = '[[drop]]\nquote = "si nei til"\nwhy = "Ikke et løfte."\n'
ADD = '[[add]]\nquote = "Skolen er bygdas hjerte, og den blir vi stolte av."\nwhy = "Et løfte."\n'
SPLIT = '[[split]]\nquote = "bygge tre nye"\nparts = ["og ha flere lærere"]\nwhy = "To løfter."\n'


def test_a_pledge_is_dropped_added_and_split(tmp_path: Path) -> None:
    assert quotes(tmp_path, DROP + ADD + SPLIT) == [
        "bygge tre nye skoler på Årnes,",
        "og ha flere lærere i hele kommunen",
        "gi alle elever et varmt måltid",
        "Skolen er bygdas hjerte, og den blir vi stolte av.",
    ]


def test_mends_hold_when_the_file_is_read_anew(tmp_path: Path) -> None:
    before = quotes(tmp_path, DROP + ADD + SPLIT)
    later = TEXT.replace("Skole\n", "Forord\n\nKjære velger!\n\nSkole\n").replace(
        "hjerte, og", "hjerte,\nog"
    )
    assert quotes(tmp_path, DROP + ADD + SPLIT, later) == before


def test_without_mends_nothing_changes(tmp_path: Path) -> None:
    assert quotes(tmp_path, "") == quotes(tmp_path, "# ingen rettelser\n")
    assert len(quotes(tmp_path, "")) == 3


def test_what_is_added_stands_under_its_heading(tmp_path: Path) -> None:
    quotes(tmp_path, ADD)
    added = read_corpus(tmp_path).pledges[-1]
    assert (added.headings, added.lead_in, added.kind, added.line) == (("Skole",), "", "prose", 9)


def test_a_mend_changes_the_fingerprint(tmp_path: Path) -> None:
    quotes(tmp_path, "")
    before = read_corpus(tmp_path).fingerprint
    quotes(tmp_path, DROP)
    assert read_corpus(tmp_path).fingerprint != before


@pytest.mark.parametrize(
    ("mends", "fault", "says"),
    [
        pytest.param('[[drop]]\nquote = "bygge fire"\nwhy = "x"\n', "mend_nowhere", "«bygge fire»", id="no such pledge"),
        pytest.param('[[add]]\nquote = "Skolen er byens hjerte."\nwhy = "x"\n', "mend_not_in_text", "program.txt", id="words that nobody wrote"),
        pytest.param('[[add]]\nquote = "gi alle elever et varmt måltid"\nwhy = "x"\n', "mend_already", "varmt", id="a pledge already"),
        pytest.param('[[add]]\nquote = "skole"\nwhy = "x"\n', "mend_several", "2 steder", id="words that stand twice"),
        pytest.param('[[split]]\nquote = "gi alle"\nparts = ["si nei"]\nwhy = "x"\n', "mend_part", "«si nei»", id="a part of another pledge"),
        pytest.param('[[split]]\nquote = "gi alle"\nwhy = "x"\n', "key_missing", "«parts»", id="no parts"),
        pytest.param('[[drop]]\nquote = "gi alle"\n', "key_missing", "«why»", id="no reason"),
        pytest.param('[[slett]]\nquote = "gi alle"\nwhy = "x"\n', "key_unknown", "«slett»", id="an unknown verb"),
        pytest.param('[[drop]]\nsitat = "gi alle"\nwhy = "x"\n', "key_unknown", "«sitat»", id="an unknown key"),
        pytest.param('drop = "gi alle"\n', "mend_entry", "[[drop]]", id="not a table"),
        pytest.param("[[drop]\n", "not_toml", "TOML", id="no TOML"),
    ],
)  # fmt: skip
def test_a_mend_that_does_not_fit_is_refused_with_its_line(
    tmp_path: Path, mends: str, fault: str, says: str
) -> None:
    with pytest.raises(CorpusError) as caught:
        quotes(tmp_path, "\n\n" + mends)
    assert (caught.value.fault, caught.value.path.name) == (fault, "program.mend.toml")
    line = explain(caught.value)
    assert says in line and "\n" not in line and "{" not in line
    if fault not in ("mend_entry", "key_unknown", "not_toml") or "sitat" in mends:
        assert caught.value.line == 3
