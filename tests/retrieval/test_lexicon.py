"""The editable word lists: malformed lines are refused by line, and the shipped ones hold nothing dead."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.texts.faults import explain
from retrieval import words
from retrieval.fields import passage_analyzer
from retrieval.lexicon import (
    ENGLISH,
    NYNORSK,
    THESAURUS,
    LexiconError,
    _lines,
    english_base,
    read_lexicon,
)
from retrieval.places import Places
from retrieval.question import MAX_PHRASE, QuestionReader
from retrieval.stopwords import BOKMAAL

GOOD = """# topp
[helse]
synonyms = [
  { words = ["doktor"], to = ["lege", "fastlege"], why = "eldre ord" },
  { words = ["Åpen barnehage"], to = ["møteplass"], why = "treffsted" },
]
"""


def fault(folder: Path) -> LexiconError:
    with pytest.raises(LexiconError) as caught:
        read_lexicon(folder)
    line = explain(caught.value)
    assert line.startswith(f"{caught.value.path}:{caught.value.line}: ")
    assert "\n" not in line
    return caught.value


def test_no_lists_are_an_empty_lexicon(tmp_path):
    lexicon = read_lexicon(tmp_path)
    assert (
        dict(lexicon.synonyms),
        dict(lexicon.english),
        dict(lexicon.nynorsk),
        lexicon.lines,
    ) == ({}, {}, {}, ())


def test_keys_are_dictionary_forms_and_lines_know_where_they_stand(tmp_path):
    (tmp_path / THESAURUS).write_text(GOOD, encoding="utf-8")
    lexicon = read_lexicon(tmp_path)
    assert lexicon.synonyms["doktor"] == ("lege", "fastlege")
    assert lexicon.synonyms["åpen barnehage"] == ("møteplass",)
    assert [(line.section, line.line) for line in lexicon.lines] == [("helse", 4), ("helse", 5)]


def test_two_lines_for_one_word_are_added_up(tmp_path):
    more = '[b]\nsynonyms = [\n  { words = ["Doktor"], to = ["lege", "legevakt"], why = "x" },\n]\n'
    (tmp_path / THESAURUS).write_text(GOOD + more, encoding="utf-8")
    assert read_lexicon(tmp_path).synonyms["doktor"] == ("lege", "fastlege", "legevakt")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param('{ words = ["a"], to = ["b"], why = "" }', "no_reason", id="no reason"),
        pytest.param('{ words = ["a"], to = ["b"] }', "no_reason", id="reason missing"),
        pytest.param('{ words = ["a"], why = "x" }', "word_list", id="no targets"),
        pytest.param('{ words = [], to = ["b"], why = "x" }', "word_list", id="no words"),
        pytest.param(
            '{ words = "a", to = ["b"], why = "x" }', "word_list", id="a word that is no list"
        ),
        pytest.param('{ words = ["a", 5], to = ["b"], why = "x" }', "word_list", id="a number"),
        pytest.param('{ words = [" "], to = ["b"], why = "x" }', "word_list", id="a blank word"),
        pytest.param('{ words = ["a"], til = ["b"], why = "x" }', "entry", id="a key that is none"),
    ],
)
def test_a_malformed_line_is_refused_by_its_line(tmp_path, line, code):
    (tmp_path / THESAURUS).write_text(GOOD + f"[b]\nsynonyms = [\n  {line},\n]\n", encoding="utf-8")
    error = fault(tmp_path)
    assert (error.fault, error.line, error.path.name) == (code, 9, THESAURUS)


def test_a_section_without_its_list_is_refused(tmp_path):
    (tmp_path / THESAURUS).write_text("[helse]\nsynonymer = []\n", encoding="utf-8")
    assert fault(tmp_path).fault == "section"


@pytest.mark.parametrize("name", [THESAURUS, ENGLISH, NYNORSK])
def test_bad_toml_names_the_line(tmp_path, name):
    (tmp_path / name).write_text('[a]\n\nb = "x" "y"\n', encoding="utf-8")
    error = fault(tmp_path)
    assert (error.fault, error.line, error.path.name) == ("not_toml", 3, name)


def test_a_list_that_is_not_utf8_names_the_line(tmp_path):
    (tmp_path / THESAURUS).write_bytes(b"# en\n# to\n# B\xe6rum\n")
    assert fault(tmp_path).line == 3


def test_english_meets_in_its_base_form(tmp_path):
    (tmp_path / ENGLISH).write_text(
        '[bolig]\nglossary = [\n  { words = ["nursing home"], to = ["sykehjem"] },\n]\n',
        encoding="utf-8",
    )
    assert read_lexicon(tmp_path).english[english_base("Nursing homes")] == ("sykehjem",)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("school", "schools"),
        ("library", "libraries"),
        ("bus", "buses"),
        ("parking", "parked"),
        ("nurse", "nurses"),
        ("house", "housing"),
        ("bike", "biking"),
    ],
)
def test_english_forms_of_a_word_meet(one, other):
    assert english_base(one) == english_base(other)


def test_nynorsk_and_dialect_and_their_stop_words(tmp_path):
    (tmp_path / NYNORSK).write_text(
        '[nynorsk]\nSkule = "skole"\n[dialekt]\nhem = "hjem"\n[stopp]\nwords = ["Ikkje"]\n',
        encoding="utf-8",
    )
    lexicon = read_lexicon(tmp_path)
    assert dict(lexicon.nynorsk) == {"skule": "skole", "hem": "hjem"}
    assert lexicon.stop == {"ikkje"}


# ---- the lists that are shipped


@pytest.fixture(scope="module")
def shipped(seeds):
    return read_lexicon(seeds)


def test_the_shipped_thesaurus_has_lines(shipped):
    assert len(shipped.lines) > 500


@pytest.fixture(scope="module")
def reader(shipped, corpus):
    surface = [w for line in shipped.lines for w in (*line.words, *line.to)]
    return QuestionReader(shipped, Places(corpus.municipalities), lambda _: True, surface)


def dead_words(lines, reader: QuestionReader, *frames: str) -> list[str]:
    """Words of the lines that lead to their targets in none of the frames."""
    dead = []
    for line in lines:
        wanted = {words.stem(p) for t in line.to for p in t.split() if p not in BOKMAAL}
        assert wanted, f"line {line.line} leads nowhere"
        for word in line.words:
            # A word alone may be taken for English: «vape», «toddler».
            questions = (reader.read(frame.format(word)) for frame in frames)
            if all(wanted - {v.term for c in q.concepts for v in c.variants} for q in questions):
                dead.append(f"{line.line}: {word}")
    return dead


def test_every_word_of_the_thesaurus_is_reached_by_a_voter_who_types_it(shipped, reader):
    assert dead_words(shipped.lines, reader, "{}", "Hva mener dere om {}?") == []


def test_every_word_of_the_english_list_is_reached_by_a_voter_who_types_it(reader, seeds):
    lines = _lines(seeds / ENGLISH, "glossary")
    assert len(lines) > 300
    assert dead_words(lines, reader, "{}", "What about {} where I live?") == []


def test_a_key_is_cut_as_a_question_is(tmp_path, corpus):
    more = """[b]
synonyms = [
  { words = ["17. mai", "finn.no", "gang- og sykkelvei"], to = ["folkefest"], why = "x" },
]
"""
    (tmp_path / THESAURUS).write_text(more, encoding="utf-8")
    lexicon = read_lexicon(tmp_path)
    reader = QuestionReader(lexicon, Places(corpus.municipalities), lambda _: True, ())
    assert dead_words(lexicon.lines, reader, "Hva mener dere om {} i Asker?") == []


@pytest.fixture(scope="module")
def analyzer():
    return passage_analyzer()


def test_every_target_of_the_word_lists_leads_to_a_term(shipped, analyzer):
    targets = {t for line in shipped.lines for t in line.to} | {
        t for to in shipped.english.values() for t in to
    }
    targets |= set(shipped.nynorsk.values()) - {""}
    assert targets
    dead = [t for t in sorted(targets) if not analyzer.terms(t)]
    # a nynorsk word may lead to a function word: it is then dropped as one
    assert sorted(set(dead) - set(shipped.nynorsk.values())) == []


def test_every_line_of_the_thesaurus_says_more_than_its_own_words(shipped):
    assert [
        line.line for line in shipped.lines if all(set(line.to) <= {w} for w in line.words)
    ] == []


def test_english_keys_are_not_only_function_words(shipped):
    assert shipped.english
    assert [key for key in shipped.english if not key] == []


def test_no_key_is_longer_than_a_phrase_that_is_looked_up(shipped):
    keys = (*shipped.english, *shipped.synonyms)
    assert [key for key in keys if len(key.split()) > MAX_PHRASE] == []


def test_nynorsk_words_do_not_lead_to_themselves(shipped):
    assert shipped.nynorsk
    assert [key for key, value in shipped.nynorsk.items() if key == value or " " in key] == []
