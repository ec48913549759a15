"""Which topics each pledge belongs to, kept so that a question reads only the topics it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from retrieval.semantic import COMPACT
from retrieval.top import best

Array = NDArray[np.float32]

COVERED = 4.0  # z-score of a pledge with a topic from which the topic counts as spoken to
SHARPNESS = 0.7  # of a pledge's choice among the topics; flat from .7 to 1
READ = 12  # topics of a question that are read where pledges are many: nine tenths of it
_CHUNK = 8_192  # pledges whose topics are worked out at a time: bounds the memory of a build


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """Every pledge against every leaf topic. 346 topics and a million pledges are a gigabyte.

    Attributes:
        nearness: (pledges, leaves) z-scores; float32, of many pledges float16.
        profile: Each pledge's topics as a unit vector. Few pledges: (pledges, leaves) float32. Many:
            (leaves, pledges) uint8, 255 is 1, so that a topic is read in one piece.
        covered: (places, leaves) which a pledge of the place belongs to.
    """

    nearness: NDArray[np.floating]
    profile: NDArray[np.float32 | np.uint8]
    covered: NDArray[np.bool_]

    @classmethod
    def of(cls, rows: Iterable[Array], places: NDArray[np.int32], leaves: int) -> Membership:
        """Return the membership of pledges.

        Args:
            rows: Their z-scores in chunks, in order.
            places: (pledges,) the number of each one's municipality, from 0.
        """
        pledges = len(places)
        many = pledges >= COMPACT
        nearness = np.empty((pledges, leaves), np.float16 if many else np.float32)
        profile = np.empty(
            (leaves, pledges) if many else (pledges, leaves), np.uint8 if many else np.float32
        )
        covered = np.zeros((int(places.max(initial=-1)) + 1, leaves), bool)
        at = 0
        for chunk in rows:
            place = slice(at, at + len(chunk))
            nearness[place] = chunk
            if many:
                profile[:, place] = np.rint(_profile(chunk).T * 255)
            else:
                profile[place] = _profile(chunk)
            for number in np.unique(places[place]).tolist():
                near = nearness[place][places[place] == number]
                covered[number] |= (near >= COVERED).any(axis=0)
            at += len(chunk)
        return cls(nearness=nearness, profile=profile, covered=covered)

    def likeness(self, shares: Array, politics: NDArray[np.bool_]) -> Array:
        """Return how much of a question's topics each pledge belongs to: (pledges,).

        Args:
            shares: (leaves,) the question's, summing to 1.
            politics: (leaves,) that a pledge may belong to.
        """
        if self.profile.dtype == np.float32:
            return cast("Array", self.profile @ shares)
        out = np.zeros(self.profile.shape[1], np.float32)
        for leaf in best(np.where(politics, shares, 0), READ).tolist():
            out += self.profile[leaf] * np.float32(shares[leaf] / 255)
        return out


def chunks(count: int) -> Iterable[slice]:
    """Give the places of so many pledges, a chunk at a time."""
    for at in range(0, count, _CHUNK):
        yield slice(at, min(at + _CHUNK, count))


def _profile(nearness: Array) -> Array:
    e = np.exp((nearness - nearness.max(axis=-1, keepdims=True)) * SHARPNESS)
    shares = np.asarray(e / e.sum(axis=-1, keepdims=True), np.float32)
    return np.asarray(shares / np.sqrt((shares**2).sum(axis=1, keepdims=True)), np.float32)
