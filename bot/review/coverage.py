"""How many pledges each municipality's programmes have on each topic. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.browsing import Shelf, assignment
from retrieval.build import Snapshot
from retrieval.document import Pledge
from retrieval.topics import Topic

ENOUGH = 5  # pledges from which a topic counts as spoken of, not just touched


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicCoverage:
    """A topic and, in the order of the municipalities, how many pledges lead to it."""

    topic: Topic
    counts: tuple[int, ...]
    below: tuple[TopicCoverage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The whole matrix.

    Attributes:
        topics: The roots, each with its leaves.
        silent: Leaves without a pledge, a municipality.
        leaves: How many there are.
    """

    municipalities: tuple[str, ...]
    topics: tuple[TopicCoverage, ...]
    silent: tuple[int, ...]
    leaves: int


def coverage(snapshot: Snapshot) -> Coverage:
    """Count, as `/tema` shows the pledges: each under its nearest topics."""
    places, topics = snapshot.corpus.municipalities, snapshot.searcher.topics
    if topics is None:
        return Coverage(municipalities=places, topics=(), silent=(0,) * len(places), leaves=0)
    members = [assignment(snapshot, place) for place in places]
    roots = []
    for root in topics.tree.topics:
        if root.parent or not root.is_politics:
            continue
        below = [leaf for leaf in topics.leaves if leaf.parent == root.id] or [root]
        roots.append(
            TopicCoverage(
                topic=root,
                # A pledge on two of its leaves is one pledge.
                counts=tuple(len({i for leaf in below for i in of[leaf.id]}) for of in members),
                below=tuple(
                    TopicCoverage(topic=leaf, counts=tuple(len(of[leaf.id]) for of in members))
                    for leaf in below
                ),
            )
        )
    leaves = [leaf for root in roots for leaf in root.below]
    return Coverage(
        municipalities=places,
        topics=tuple(roots),
        silent=tuple(sum(not leaf.counts[i] for leaf in leaves) for i in range(len(places))),
        leaves=len(leaves),
    )


def pledges_on(snapshot: Snapshot, municipality: str, topic: Topic) -> list[Pledge]:
    """Return a municipality's pledges on a topic, or on all below it, each once, nearest first."""
    shelf = Shelf(snapshot, municipality, "nb")
    topics = snapshot.searcher.topics
    assert topics is not None, "who has a topic has a tree"
    below = [t.id for t in topics.tree.topics if t.parent == topic.id]
    found = [pledge for topic_id in below or [topic.id] for pledge in shelf.on(topic_id)]
    return list({pledge.id: pledge for pledge in found}.values())
