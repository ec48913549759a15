"""corrections.toml: read strictly, joined to today's pledges, topics and word lists."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.answering import AnswerPolicy, Outcome, answer
from bot.review.corrections_file import appended, entry_text
from bot.texts.faults import explain
from retrieval.build import Options, Snapshot, build
from retrieval.corrections import (
    CORRECTIONS,
    CorrectionsError,
    parse_corrections,
    read_corrections,
)
from retrieval.semantic import VectorStore
from tests.conftest import ROOT, write_programmes
from tests.word_encoder import WordEncoder

ASKER = """Vi i Bygdelista vil:
- bygge flere sykkelveier langs skolen
- gi gratis frukt til elevene i barneskolen
- åpne biblioteket på søndager
- sette ut flere benker i parken
"""
BYGDA = """Vi i Bygdelista vil:
- asfaltere veien til brygga
- plante trær rundt torget
- gi støtte til korpset i bygda
- holde svømmehallen åpen om sommeren
"""
TOPICS = """
[[topic]]
id = "vei"
scope = "municipal"
name = { nb = "Vei", nn = "Veg", en = "Roads" }
words = ["vei", "sykkelvei"]
questions = ["Når kommer sykkelveien?"]

[[topic]]
id = "vaer"
scope = "general_knowledge"
name = { nb = "Været", nn = "Veret", en = "The weather" }
words = ["vær", "yr"]
questions = ["Hvordan blir været?"]
answer = { nb = "Spør yr.no.", nn = "Spør yr.no.", en = "Ask yr.no." }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = write_programmes(tmp_path / "seeds", ("Asker", "", ASKER), ("Bygda", "", BYGDA))
    (made / "topics.toml").write_text(TOPICS, encoding="utf-8")
    return made


def write(folder: Path, text: str) -> None:
    (folder / CORRECTIONS).write_text(text, encoding="utf-8")


def built(folder: Path) -> Snapshot:
    return build(folder, options=Options(this_year=2026))


def ident(snapshot: Snapshot, words: str) -> str:
    [found] = [p.id for p in snapshot.corpus.pledges if words in p.quote]
    return found


def asked(snapshot: Snapshot, question: str, **more: str):
    return answer(question, snapshot.searcher, AnswerPolicy(), **more)


# ---- reading


def test_no_file_is_no_corrections(tmp_path: Path) -> None:
    assert len(read_corrections(tmp_path)) == 0


def test_the_shipped_file_is_read_and_changes_no_answer() -> None:
    text = (ROOT / "seeds" / CORRECTIONS).read_text(encoding="utf-8")
    assert text.startswith("#")
    assert len(read_corrections(ROOT / "seeds")) == text.count("\n[[")


def test_each_kind_is_read_in_the_order_of_the_file(tmp_path: Path) -> None:
    write(
        tmp_path,
        '# først\n[[synonym]]\nword = "Bikkja  mi"\nto = ["Hund"]\nwhy = "dagligtale"\n\n'
        '[[example]]\nquestion = "Hva?"\npledges = ["a-1", "b-2"]\ntexts = ["x", "y"]\nby = "kari"\non = "2026-11-25"\n'
        '[[outside]]\nquestion = "Regn?"\ntopic = "vaer"\n[[example]]\nquestion = "Når?"\npledges = ["a-1"]\n',
    )
    found = read_corrections(tmp_path)
    assert [entry.line for entry in found.entries] == [2, 7, 13, 16]
    assert (found.synonyms[0].word, found.synonyms[0].to) == ("bikkja mi", ("hund",))
    assert (found.examples[0].pledges, found.examples[0].texts) == (("a-1", "b-2"), ("x", "y"))
    assert (found.examples[0].by, found.examples[0].on) == ("kari", "2026-11-25")


@pytest.mark.parametrize(
    ("text", "fault", "line"),
    [
        ("[[example]\n", "not_toml", 1),
        ("[[eksempel]]\nquestion = 'x'\n", "key_unknown", 1),
        ("\n\n[example]\nquestion = 'x'\n", "mend_entry", 3),
        ("example = [1]\n", "mend_entry", 1),
        ("[[outside]]\nquestion = 'x'\ntopic = 'y'\n[[outside]]\nquestion = 'x'\n", "key_missing", 4),
        ("[[example]]\nquestion = 'x'\n", "key_missing", 1),
        ("[[example]]\nquestion = 1\npledges = ['a-1']\n", "not_text", 1),
        ("[[example]]\nquestion = ' '\npledges = ['a-1']\n", "empty", 1),
        ("[[example]]\nquestion = 'x'\npledges = []\n", "empty", 1),
        ("[[example]]\nquestion = 'x'\npledges = 'a-1'\n", "text_list", 1),
        ("[[example]]\nquestion = 'x'\npledges = ['a-1', '']\n", "text_list", 1),
        ("[[example]]\nquestion = 'x'\npledges = ['a-1']\ntexts = ['a', 'b']\n", "correction_texts", 1),
        ("[[example]]\nquestion = 'x'\npledges = ['a-1']\nwhen = 'y'\n", "key_unknown", 1),
        ("[[example]]\nquestion = 'x'\npledges = ['a-1']\non = 2026-11-25\n", "not_text", 1),
        ("# a\n[[synonym]]\nword = 'hund'\nto = ['bikkje']\n", "key_missing", 2),
        ("[[synonym]]\nword = 'Hund'\nto = ['hund']\nwhy = 'x'\n", "correction_itself", 1),
    ],
)  # fmt: skip
def test_a_fault_names_its_line(tmp_path: Path, text: str, fault: str, line: int) -> None:
    write(tmp_path, text)
    with pytest.raises(CorrectionsError) as caught:
        read_corrections(tmp_path)
    assert (caught.value.fault, caught.value.line) == (fault, line)
    assert explain(caught.value).startswith(f"{tmp_path / CORRECTIONS}:{line}: ")


def test_a_text_of_several_lines_may_hold_what_looks_like_an_entry(tmp_path: Path) -> None:
    write(
        tmp_path,
        '[[example]]\nquestion = """\n[[example]]\n"""\npledges = ["a-1"]\n'
        '[[example]]\nquestion = "x"\npledges = ["a-1"]\n',
    )
    assert [entry.line for entry in read_corrections(tmp_path).examples] == [1, 1]


def test_what_is_not_a_file_or_not_utf8_is_said(tmp_path: Path) -> None:
    (tmp_path / CORRECTIONS).write_bytes(b"# a\n# b\xff\n")
    with pytest.raises(CorrectionsError) as caught:
        read_corrections(tmp_path)
    assert (caught.value.fault, caught.value.line) == ("not_utf8", 2)
    (tmp_path / CORRECTIONS).unlink()
    (tmp_path / CORRECTIONS).mkdir()
    with pytest.raises(CorrectionsError) as caught:
        read_corrections(tmp_path)
    assert caught.value.fault == "unreadable"


_PIECES = st.sampled_from(
    ["[[example]]", "[[outside]]", "[[synonym]]", "[example]", "[[", "]]", "question", "pledges", "texts", "topic",
     "word", "to", "why", "by", "on", " = ", "'x'", '"y', "['a-1']", "[]", "{}", "1", "true", "2026-11-25", "#", ".",
     '"""', "'''", "\\", "\n", "\n", "\n", "\r", "\0", "\u2028", "æ", "[" * 400]
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=200), st.lists(_PIECES, max_size=40).map(lambda p: "".join(p).encode())
    )
)
@example(b"example = " + b"[" * 5000)
@example(b'[[example]]\nquestion = """\n[[example]]\n"""\npledges = ["a"]\n[[example]]\n')
def test_no_text_is_more_than_a_clear_error(raw: bytes) -> None:
    path = Path(CORRECTIONS)
    try:
        parse_corrections(raw, path)
    except CorrectionsError as exc:
        line = explain(exc)
        assert line.startswith(str(path))
        assert 0 <= exc.line <= raw.count(b"\n") + 1


# ---- writing


_TEXT = st.text(min_size=1, max_size=60).filter(lambda text: text.strip())
_NASTY = "Er «\"\"\"» og ''' og \\ og \\u0041 \r\n og [[example]]\n# nei\t\0\x7f\u2028 <b>&amp;"


@settings(max_examples=200, deadline=None)
@given(question=_TEXT, texts=st.lists(_TEXT, min_size=1, max_size=4))
@example(question=_NASTY, texts=[_NASTY, '"', "\\"])
def test_any_text_comes_back_as_it_was_written(question: str, texts: list[str]) -> None:
    path = Path(CORRECTIONS)
    start = b"# Kommentar\n\n[[synonym]]\nword = 'a' # her\nto = ['b']\nwhy = 'c'"
    values = {"question": question, "pledges": ["a-1"] * len(texts), "texts": texts}
    once = appended(start, entry_text("example", values), path)
    twice = appended(once, entry_text("example", values), path)
    assert once.startswith(start + b"\n\n") and twice.startswith(once + b"\n")
    found = parse_corrections(twice, path)
    clean = [text.encode("utf-8", "replace").decode() for text in (question, *texts)]
    for entry in found.examples:
        assert [entry.question, *entry.texts] == clean
    assert len(found.examples) == 2 and len(found.synonyms) == 1


def test_an_entry_reads_well_in_a_diff() -> None:
    values = {
        "question": "Hva med «bikkja»?",
        "pledges": ["a-1", "a-2"],
        "texts": ["En", "To"],
        "by": "kari, ola",
    }
    assert entry_text("example", values) == (
        '[[example]]\nquestion = "Hva med «bikkja»?"\npledges = [\n    "a-1",\n    "a-2",\n]\n'
        'texts = [\n    "En",\n    "To",\n]\nby = "kari, ola"\n'
    )


def test_nothing_is_added_to_a_file_that_would_then_be_faulty() -> None:
    entry = entry_text("example", {"question": "x", "pledges": ["a-1"]})
    for before in (b"example = []\n", b"[[example]]\n"):
        with pytest.raises(CorrectionsError):
            appended(before, entry, Path(CORRECTIONS))


# ---- joining


def test_an_attached_question_gets_just_its_pledge_first(folder: Path) -> None:
    before = built(folder)
    question = "Når får guttungen et eple?"
    assert asked(before, question).outcome is not Outcome.HIT
    fruit, benches = ident(before, "frukt"), ident(before, "benker")
    write(folder, f'[[example]]\nquestion = "{question}"\npledges = ["{benches}", "{fruit}"]\n')
    after = built(folder)
    given_ = asked(after, question)
    assert given_.outcome is Outcome.HIT
    assert [hit.pledge.id for hit in given_.hits[:2]] == [benches, fruit]  # as the file has them
    assert given_.evidence["rule"] == "approved"
    # In other order, with other small words and signs it is the same question.
    assert asked(after, "et eple - når får guttungen det").evidence["rule"] == "approved"
    assert asked(after, "Når får jentungen et eple?").evidence["rule"] != "approved"
    assert after.fingerprint != before.fingerprint


def test_what_was_approved_comes_before_what_fits_better(folder: Path) -> None:
    before = built(folder)
    fruit, benches = ident(before, "frukt"), ident(before, "benker")
    question = "Blir det flere benker i parken?"
    near = "".join(
        f'[[example]]\nquestion = "Flere benker i parken {when}?"\npledges = ["{benches}"]\n'
        for when in ("i år", "neste år", "til våren", "på mandag")
    )
    write(folder, near)
    assert asked(built(folder), question).hits[0].pledge.id == benches
    write(folder, f'{near}[[example]]\nquestion = "{question}"\npledges = ["{fruit}"]\n')
    after = built(folder)
    read = after.searcher.reader.read(question)
    assert after.searcher.search(read, limit=1)[0].pledge.id == benches, "fix this test"
    shown = [hit.pledge.id for hit in asked(after, question).hits]
    assert shown[0] == fruit and benches in shown


def test_what_was_approved_keeps_its_place_and_party(folder: Path) -> None:
    fruit = ident(built(folder), "frukt")
    write(folder, f'[[example]]\nquestion = "Får guttungen et eple?"\npledges = ["{fruit}"]\n')
    after = built(folder)
    assert asked(after, "Får guttungen et eple i Asker?").evidence["rule"] == "approved"
    assert (
        asked(after, "Får guttungen et eple?", municipality="Asker").evidence["rule"] == "approved"
    )
    # The approved pledge is Asker's: in Bygda nothing was approved.
    assert asked(after, "Får guttungen et eple i Bygda?").evidence["rule"] != "approved"
    assert asked(after, "Får guttungen et eple av Høyre?").evidence["rule"] == "other_party"
    write(
        folder, f'[[example]]\nquestion = "Får guttungen et eple i Asker?"\npledges = ["{fruit}"]\n'
    )
    after = built(folder)
    assert asked(after, "Får guttungen et eple i Asker?").evidence["rule"] == "approved"
    assert asked(after, "Får guttungen et eple?").evidence["rule"] != "approved"


def test_an_attached_outside_question_gets_its_fixed_answer(folder: Path) -> None:
    question = "Blir det paraply på lørdag?"
    assert asked(built(folder), question).outcome is not Outcome.FIXED
    write(folder, f'[[outside]]\nquestion = "{question}"\ntopic = "vaer"\n')
    after = built(folder)
    assert asked(after, question).fixed == "vaer"
    assert question in after.searcher.topics.tree.by_id["vaer"].questions


@pytest.mark.parametrize(
    ("topic", "fault"), [("snø", "correction_topic"), ("vei", "correction_politics")]
)
def test_an_outside_question_needs_a_topic_with_an_answer(
    folder: Path, topic: str, fault: str
) -> None:
    write(folder, f'# a\n[[outside]]\nquestion = "x"\ntopic = "{topic}"\n')
    with pytest.raises(CorrectionsError) as caught:
        built(folder)
    assert (caught.value.fault, caught.value.line) == (fault, 2)
    assert topic in explain(caught.value)


def test_acute_need_goes_before_what_was_approved(tmp_path: Path) -> None:
    folder = tmp_path / "seeds"
    shutil.copytree(ROOT / "seeds", folder)
    (folder / "example_questions.toml").unlink()
    first = build(folder).corpus.pledges[0].id
    write(folder, f'[[example]]\nquestion = "jeg vil dø"\npledges = ["{first}"]\n')
    assert asked(build(folder), "jeg vil dø").is_crisis


def test_a_synonym_leads_one_way_and_behind_the_thesaurus(folder: Path) -> None:
    (folder / "thesaurus.toml").write_text(
        '[ting]\nsynonyms = [{ words = ["sete"], to = ["stol"], why = "x" }]\n', encoding="utf-8"
    )
    write(folder, "[[synonym]]\nword = 'sete'\nto = ['benk']\nwhy = 'x'\n")
    after = built(folder)
    assert after.lexicon.synonyms["sete"] == ("stol", "benk")
    assert "benk" not in after.lexicon.synonyms
    reader = after.searcher.reader
    [concept] = reader.read("sete").concepts
    assert any(v.term == "benk" and v.source == "synonym" for v in concept.variants)
    [back] = reader.read("benk").concepts
    assert all(v.term != "set" for v in back.variants)


def test_a_reworded_pledge_is_followed_and_a_lost_one_is_told_of(folder: Path) -> None:
    before = built(folder)
    fruit, brygga = ident(before, "frukt"), ident(before, "brygga")
    entry = {"question": "Et eple til guttungen?", "pledges": [fruit, brygga, "asker-00000000"]}
    entry["texts"] = [
        "gi gratis frukt til elevene i barneskolen",
        "asfaltere veien til brygga",
        "noe helt annet",
    ]
    write(folder, entry_text("example", entry))
    write_programmes(
        folder, ("Asker", "", ASKER.replace("til elevene i barneskolen", "til alle elevene i barneskolen")),
        ("Bygda", "", BYGDA.replace("- asfaltere veien til brygga\n", "")),
    )  # fmt: skip
    after = built(folder)
    [row] = after.corrections.attached
    assert row.moved == (fruit,)
    assert row.lost == (brygga, "asker-00000000")
    assert row.pledge_ids == (ident(after, "frukt"),) != (fruit,)
    assert asked(after, "Et eple til guttungen?").hits[0].pledge.id == ident(after, "frukt")


def test_only_the_new_question_is_encoded(folder: Path) -> None:
    encoder = WordEncoder()
    store = VectorStore(encoder.dimensions)
    first = build(folder, encoder, store)
    assert first.store is store
    fruit = ident(first, "frukt")
    write(
        folder,
        f'[[example]]\nquestion = "Et eple?"\npledges = ["{fruit}"]\n[[outside]]\nquestion = "Sol?"\ntopic = "vaer"\n',
    )
    encoder.asked.clear()
    build(folder, encoder, store)
    assert sorted(encoder.asked) == [("query", "Et eple?"), ("query", "Sol?")]


def test_without_examples_nothing_is_attached(folder: Path) -> None:
    fruit = ident(built(folder), "frukt")
    write(folder, f'[[example]]\nquestion = "Et eple?"\npledges = ["{fruit}"]\n')
    bare = build(folder, options=Options(with_examples=False))
    assert bare.corrections.attached == ()
    assert bare.examples.by_pledge == {}
