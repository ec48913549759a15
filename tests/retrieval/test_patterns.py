"""What a pattern needs stands in all that it matches; and a set finds what one by one would find."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from retrieval.patterns import PatternSet, needed
from retrieval.topics import plain, read_topics

WRITTEN = [
    ("^(?:hei|morn) du?$", ("hei", "morn")),
    ("^(?:hei|hallo) du?$", (" d",)),  # the parser takes the h out: h(?:ei|allo)
    ("god ?dag", ("god",)),
    ("(?:hei )?verden", ("verden",)),
    ("(?:hei ){1,3}der", ("hei ",)),
    ("bør(?: .{0,20})?", ("bør",)),
    ("arbeid[ae]rparti", ("arbeid",)),
    ("barnehage|barneskole", ("barne",)),
    (r"(?!kommun)\w{3,9} skole", (" skole",)),
    ("[0-9]+", ()),
    ("(?i:HEI)", ()),
    ("(?i)HEI", ()),
    ("hei|[a-z]", ()),
    ("e|æ", ()),  # a letter tells nothing
    ("", ()),
]


@pytest.mark.parametrize(("pattern", "expected"), WRITTEN)
def test_what_a_pattern_needs(pattern, expected):
    assert sorted(needed(pattern)) == sorted(expected)


@pytest.fixture(scope="module")
def tree(seeds):
    return read_topics(seeds)


@pytest.fixture(scope="module")
def shipped(tree):
    return [p for topic in tree.topics for p in zip(topic.patterns, topic.needs, strict=True)]


PIECES = st.sampled_from(
    ["hei", "hallo", " ", "du", "d", "god", "dag", "verden", "der", "bør", "arbeid", "a", "rparti", "barne", "hage"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=6).map("".join))
def test_a_set_finds_what_one_by_one_would_find(message):
    every = [pattern for pattern, _ in WRITTEN]
    one_by_one = [i for i, p in enumerate(every) if re.compile(p).fullmatch(message)]
    assert list(PatternSet([(p, needed(p)) for p in every]).matching(message)) == one_by_one


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data())
def test_what_a_shipped_pattern_matches_holds_what_it_needs(shipped, data):
    pattern, needs = data.draw(st.sampled_from(shipped))
    assume(needs)
    # What looks ahead is left out: no text can be made to fit it, and it only takes matches away.
    bare = re.sub(r"\(\?!(?:[^()]|\([^()]*\))*\)", "", pattern)
    assume("(?!" not in bare and "(?=" not in bare)
    message = data.draw(st.from_regex(bare, fullmatch=True))
    assert any(text in message for text in needs)


def test_the_shipped_set_finds_what_one_by_one_would_find(tree, shipped, data):
    patterns = [re.compile(pattern) for pattern, _ in shipped]
    found = PatternSet(shipped)
    messages = [
        plain(json.loads(line)["question"])
        for file in ("questions.jsonl", "judged.jsonl")
        for line in (data / file).read_text(encoding="utf-8").splitlines()
    ]
    messages += [plain(question) for topic in tree.topics for question in topic.questions[:3]]
    assert len(messages) > 900
    caught = 0
    for message in messages:
        expected = [i for i, pattern in enumerate(patterns) if pattern.fullmatch(message)]
        assert list(found.matching(message)) == expected
        caught += bool(expected)
    assert caught > 20


def test_most_messages_come_near_few_of_the_shipped_patterns(shipped):
    assert sum(1 for _, needs in shipped if needs) / len(shipped) > 0.95
