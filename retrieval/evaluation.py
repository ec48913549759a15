"""Question files to figures: qrels, runs and measures. Needs the extra ``[evaluate]``."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from retrieval.document import Pledge

GAINS = {1: 1, 2: 3, 3: 7}  # gain 2^grade - 1
Qrels = Mapping[str, Mapping[str, int]]
Values = tuple[float, float, float, float]
MISSING = "missing:"  # prefix of a judged text that no pledge holds


class QuestionFileError(ValueError):
    """A question file has a faulty line; the message names it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A question and what a person judged to answer it.

    Attributes:
        relevant: (text, municipality, period, grade); grade 3 answers it, 2 is clearly relevant,
            1 marginal. Period is empty where the source states none.
    """

    qid: str
    question: str
    cls: str
    split: str
    answerable: bool
    relevant: tuple[tuple[str, str, str, int], ...] = ()
    municipality: str | None = None


def read_questions(path: Path) -> list[Judged]:
    """Read a file of judged questions, one JSON object a line.

    Raises:
        QuestionFileError: Naming the line that is not one.
    """
    judged = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            judged.append(
                Judged(
                    qid=str(row["qid"]),
                    question=row["question"],
                    cls=row.get("cls", ""),
                    split=row.get("split", "all"),
                    answerable=bool(row["answerable"]),
                    relevant=tuple(
                        (r["text"], r["municipality"], r["period"] or "", int(r["grade"]))
                        for r in row.get("relevant", ())
                    ),
                    municipality=row.get("municipality"),
                )
            )
        except (KeyError, TypeError, ValueError) as exc:
            raise QuestionFileError(f"{path}:{number}: {exc!r}") from exc
    return judged


def normalised(text: str) -> str:
    """Fold what may differ between two extractions of one sentence: space, case, punctuation."""
    return re.sub(r"\W{1,400}", " ", unicodedata.normalize("NFC", text).casefold()).strip()


def qrels(questions: Sequence[Judged], pledges: Sequence[Pledge]) -> dict[str, dict[str, int]]:
    """Map judgements to pledge ids: by equal text, else by 80 % of the shorter one's words.

    A judged text that no pledge holds keeps a name of its own: it counts as a miss, so that an
    extraction that leaves sentences out cannot look better for it.
    """
    by_place: dict[tuple[str, str], list[tuple[str, str, frozenset[str]]]] = defaultdict(list)
    for pledge in pledges:
        text = normalised(pledge.quote)
        by_place[pledge.municipality, pledge.period].append(
            (pledge.id, text, frozenset(text.split()))
        )
    found: dict[tuple[str, str, str], str] = {}

    def resolve(text: str, municipality: str, period: str) -> str:
        key = (text, municipality, period)
        if key not in found:
            wanted = normalised(text)
            words = frozenset(wanted.split())
            rows = by_place[municipality, period]
            found[key] = next(
                (name for name, other, _ in rows if other == wanted),
                next(
                    (
                        name
                        for name, _, others in rows
                        if min(len(words), len(others)) > 2
                        and len(words & others) >= 0.8 * min(len(words), len(others))
                    ),
                    f"{MISSING}{wanted[:60]}",
                ),
            )
        return found[key]

    judged: dict[str, dict[str, int]] = {}
    for question in questions:
        grades: dict[str, int] = {}
        for text, municipality, period, grade in question.relevant:
            name = resolve(text, municipality, period)
            grades[name] = max(grades.get(name, 0), grade)
        judged[question.qid] = grades
    return judged


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over a set of questions; each measure 0 to 1.

    Attributes:
        ndcg: All judged texts count, also those that extraction leaves out as no pledge.
        ndcg_held: Only judged texts that are pledges here: the order alone.
    """

    questions: int
    ndcg: float
    mrr: float
    recall: float
    ndcg_held: float


def measure(rels: Qrels, run: Mapping[str, Sequence[str]]) -> dict[str, Values]:
    """Return (nDCG@5, reciprocal rank, Recall@5, nDCG@5 over held texts) of each question in ``rels``.

    nDCG has gains 2^grade - 1; the other two count grade 2 and 3 as relevant, or grade 1 where
    nothing better was judged.
    """
    import ir_measures  # noqa: PLC0415  # an extra: only those who evaluate need it
    from ir_measures import RR, R, nDCG  # noqa: PLC0415

    rows = [
        ir_measures.ScoredDoc(qid, name, float(-rank))
        for qid, names in run.items()
        for rank, name in enumerate(names)
    ]
    graded = [
        ir_measures.Qrel(qid, name, grade)
        for qid, names in rels.items()
        for name, grade in names.items()
    ]
    binary = [
        ir_measures.Qrel(qid, name, int(grade >= min(2, max(names.values()))))
        for qid, names in rels.items()
        for name, grade in names.items()
    ]
    ndcg = nDCG(gains={0: 0, **GAINS}) @ 5
    held = [q for q in graded if not q.doc_id.startswith(MISSING)]
    out = {qid: [0.0, 0.0, 0.0, 0.0] for qid, names in rels.items() if names}
    if rows:
        for column, kind, wanted in (
            (0, ndcg, graded),
            (1, RR, binary),
            (2, R @ 5, binary),
            (3, ndcg, held),
        ):
            for metric in ir_measures.iter_calc([kind], wanted, rows):
                out[metric.query_id][column] = metric.value
    return {qid: (a, b, c, d) for qid, (a, b, c, d) in out.items()}


def averages(values: Iterable[Values]) -> Figures:
    """Average the measures of several questions."""
    rows = list(values)
    n = len(rows)
    if not n:
        return Figures(0, 0.0, 0.0, 0.0, 0.0)
    return Figures(n, *(sum(row[k] for row in rows) / n for k in range(4)))


@dataclass(slots=True)
class Table:
    """Figures by group, in the order they were added."""

    groups: dict[str, list[Values]] = field(default_factory=dict)

    def add(self, group: str, values: Values) -> None:
        """Add one question's measures to a group."""
        self.groups.setdefault(group, []).append(values)

    def rows(self) -> list[tuple[str, Figures]]:
        """Return the averages of each group."""
        return [(name, averages(values)) for name, values in self.groups.items()]
