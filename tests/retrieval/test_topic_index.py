"""Which topics a question is about, and which a pledge belongs to."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval.build import build, build_dense
from retrieval.examples import Examples
from retrieval.lexicon import Lexicon
from retrieval.semantic import VectorStore
from retrieval.topic_index import TopicIndex
from retrieval.topics import read_topics
from tests.conftest import write_programmes
from tests.retrieval.test_gathering import ROADS, SCHOOLS, TOPICS
from tests.word_encoder import WordEncoder


@pytest.fixture(scope="module")
def village(tmp_path_factory):
    folder = write_programmes(
        tmp_path_factory.mktemp("topics"), ("Bygda", "", ROADS), ("Grenda", "", SCHOOLS)
    )
    (folder / "topics.toml").write_text(TOPICS, encoding="utf-8")
    return build(folder)


@pytest.fixture(scope="module")
def tree(village):
    return village.searcher.topics.tree


@pytest.fixture(scope="module")
def by_words(village) -> TopicIndex:
    return village.searcher.topics


@pytest.fixture(scope="module")
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture(scope="module")
def store(encoder) -> VectorStore:
    return VectorStore(encoder.dimensions)


@pytest.fixture(scope="module")
def by_meaning(tree, encoder, store) -> TopicIndex:
    return TopicIndex(tree, Lexicon(), encoder, store)


def best(village, index: TopicIndex, text: str, encoder: WordEncoder | None = None) -> str:
    question = village.searcher.reader.read(text)
    vector = encoder.encode([text], "query")[0] if encoder else None
    return index.leaves[int(index.scores(question.concepts, vector).affinity.argmax())].id


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("fartsgrensen", "vei"),
        ("leksehjelp til elever", "skole"),
        ("løse hunder", "hund"),
        ("regn", "vaer"),
    ],
)
def test_a_question_is_about_the_topic_with_its_words(
    village, by_words, by_meaning, encoder, text, topic
):
    assert best(village, by_words, text) == topic
    assert best(village, by_meaning, text, encoder) == topic


def test_politics_and_the_rest_are_told_apart(by_words):
    assert dict(zip((t.id for t in by_words.leaves), by_words.politics, strict=True)) == {
        "vei": True, "skole": True, "hund": True, "vaer": False,
    }  # fmt: skip


def test_the_index_knows_its_terms(by_words):
    assert "hundepark" in by_words
    assert "kvikksolv" not in by_words


def test_a_question_divides_over_the_topics_like_a_cake(village, by_words):
    for text in ("fartsgrense", "leksehjelp og hundepark", "kvikksølv", ""):
        scores = by_words.scores(village.searcher.reader.read(text).concepts, None)
        shares = by_words.shares(scores)
        assert shares.sum() == pytest.approx(1, abs=1e-5)
        assert (shares > 0).all()


def test_a_question_about_nothing_is_about_every_topic_alike(village, by_words):
    scores = by_words.scores(village.searcher.reader.read("kvikksølv").concepts, None)
    assert not scores.affinity.any()
    assert np.ptp(by_words.shares(scores)) == 0


def test_pledges_belong_to_their_topic_by_words_and_by_meaning(
    village, by_words, by_meaning, encoder, store
):
    pledges = village.corpus.pledges
    dense = build_dense(village.corpus, Examples({}), encoder, store)
    leaves = [t.id for t in by_words.leaves]
    for membership in (
        by_words.membership(pledges, {}, None, None, None),
        by_meaning.membership(pledges, {}, dense, encoder, store),
    ):
        topics = [leaves[int(row.argmax())] for row in membership.nearness]
        assert topics[1:3] == ["vei", "vei"]
        assert topics[4] == "skole"
        assert (membership.nearness[:, leaves.index("vaer")] == -9).all()


def test_a_profile_is_a_unit_vector_of_positive_shares(village, by_words):
    rows = by_words.membership(village.corpus.pledges, {}, None, None, None).profile
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    assert (rows > 0).all()


def test_a_topic_that_no_pledge_belongs_to_is_uncovered(village):
    searcher = village.searcher
    leaves = [t.id for t in searcher.topics.leaves]
    # Four topics are too few for a z-score of 4, so look at what tells them apart.
    rows = searcher.membership.nearness
    assert rows[:, leaves.index("hund")].max() < rows[:, leaves.index("vei")].max()
    assert searcher.covered(["Oslo"]).tolist() == [False] * 4


# ---- the shipped tree


def test_the_shipped_tree_covers_what_the_programmes_speak_of(lexical):
    searcher = lexical.searcher
    politics = searcher.topics.politics
    covered = searcher.covered()
    assert 0.2 < covered[politics].mean() < 0.98
    assert not covered[~politics].any()
    for name in searcher.municipalities:
        assert not (searcher.covered([name]) & ~covered).any()


def test_the_shipped_tree_finds_most_topics_by_their_own_questions(lexical, seeds):
    searcher = lexical.searcher
    leaves = searcher.topics.leaves
    right = asked = 0
    for number, leaf in enumerate(leaves):
        for text in leaf.questions[:1]:
            concepts = searcher.reader.read(text).concepts
            if concepts:
                asked += 1
                affinity = searcher.topics.scores(concepts, None).affinity
                right += number in np.argsort(-affinity)[:3]
    assert asked > 200
    assert right / asked > 0.9
    assert len(read_topics(seeds).leaves) == len(leaves)
