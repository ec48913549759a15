"""The topic tree: faulty topics are refused by line, and the shipped tree is sound."""

from __future__ import annotations

import re

import pytest

from retrieval.topics import TOPICS, TopicsError, TopicTree, plain, read_topics

TOPIC = """[[topic]]
id = "{id}"
scope = "municipal"
name = {{ nb = "Skole", nn = "Skule", en = "School" }}
words = ["skole"]
{more}
"""


def topic(name: str = "skole", more: str = "") -> str:
    return TOPIC.format(id=name, more=more)


def read(folder, text: str) -> TopicTree:
    (folder / TOPICS).write_text(text, encoding="utf-8")
    return read_topics(folder)


def test_no_file_is_an_empty_tree(tmp_path):
    assert len(read_topics(tmp_path)) == 0


def test_leaves_are_the_topics_that_none_is_below(tmp_path):
    tree = read(tmp_path, topic() + topic("skole.mat", 'parent = "skole"'))
    assert [t.id for t in tree.leaves] == ["skole.mat"]
    assert tree.by_id["skole"].is_politics


@pytest.mark.parametrize(
    ("second", "code"),
    [
        pytest.param(topic(), "topic_twice", id="an id twice"),
        pytest.param(
            topic("b", 'parent = "borte"'), "topic_parent", id="a parent that is not above"
        ),
        pytest.param(topic("b", "spm = []"), "key_unknown", id="a key that is none"),
        pytest.param(
            topic("b").replace('words = ["skole"]', "words = []"), "key_missing", id="no words"
        ),
        pytest.param(
            topic("b").replace('words = ["skole"]', "words = [1]"), "word_list", id="a number"
        ),
        pytest.param(
            topic("b").replace('nn = "Skule", ', ""), "three_languages", id="a language missing"
        ),
        pytest.param(
            topic("b").replace("municipal", "national"), "topic_answer", id="no fixed answer"
        ),
        pytest.param(topic("b", 'patterns = ["("]'), "pattern", id="a pattern that is none"),
    ],
)
def test_a_faulty_topic_is_refused_by_its_line(tmp_path, second, code):
    with pytest.raises(TopicsError) as caught:
        read(tmp_path, topic() + second)
    assert (caught.value.fault, caught.value.line) == (code, 8 - 1)


def test_bad_toml_names_the_line(tmp_path):
    with pytest.raises(TopicsError) as caught:
        read(tmp_path, topic() + "id = = 5\n")
    assert (caught.value.fault, caught.value.line) == ("not_toml", 7)


def test_a_topic_with_a_remark_behind_its_head_is_not_lost(tmp_path):
    assert len(read(tmp_path, topic() + topic("b").replace("[[topic]]", "[[topic]] # ny"))) == 2


def test_a_pattern_matches_the_whole_message_only(tmp_path):
    tree = read(tmp_path, topic("hils", 'patterns = ["hei( der)?"]'))
    assert tree.matching("Hei der!!").id == "hils"
    assert tree.matching("Hei, hva med skolen?") is None
    assert tree.matching("") is None
    assert tree.matching("hei " * 200) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Hei!! Hvem er du?", "hei hvem er du"), ("  A_b\u00a0c ", "a b c"), ("🙂", "")],
)
def test_plain(text, expected):
    assert plain(text) == expected


# ---- the tree that is shipped


@pytest.fixture(scope="module")
def shipped(seeds):
    return read_topics(seeds)


def test_the_shipped_tree_is_complete(shipped, seeds):
    heads = re.findall(r"(?m)^\s*\[\[\s*topic\s*\]\]", (seeds / TOPICS).read_text(encoding="utf-8"))
    assert len(shipped) == len(heads) > 100
    assert {t.is_politics for t in shipped.topics} == {True, False}


def test_every_shipped_pattern_can_match_a_plain_message(shipped):
    patterns = [(t.id, p) for t in shipped.topics for p in t.patterns]
    assert patterns
    # plain() leaves no capitals and no punctuation, so a pattern that asks for one is dead
    emoji = re.compile(r"[\\U\u2600-\U0001faff]")
    dead = [
        (name, p)
        for name, p in patterns
        if not emoji.search(p)
        and re.search(
            r"(?<!\\)[A-ZÆØÅ]|(?<!\\)[,!;:](?![?=!<])",
            re.sub(r"\{\d+,?\d*\}|\(\?[:!=<][!=]?", "", p),
        )
    ]
    assert dead == []


@pytest.mark.parametrize("text", ["👍", "😂😂", "🖕"])
def test_a_message_of_emoji_alone_has_its_fixed_answer(shipped, text):
    assert shipped.matching(text)


def test_patterns_of_the_shipped_tree_leave_real_questions_alone(shipped, data):
    from retrieval.evaluation import read_questions

    caught = [
        (q.question, found.id)
        for q in read_questions(data / "questions.jsonl")
        if q.answerable and (found := shipped.matching(q.question)) and not found.is_politics
    ]
    assert caught == []
