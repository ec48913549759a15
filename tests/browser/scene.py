"""A log as a party may have after four weeks: made up, the same each time, and of nobody."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.answering import Answer
from bot.callback_data import Complaint, Verdict
from bot.review.cases import save
from bot.services import answer_question, log_answer, store_vote
from bot.storage_review import CaseState, Status
from bot.storage_staff import Member, Role, StaffStore
from bot.texts import NB
from tests.browser.house import House
from tests.conftest import ROOT

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAYS = 28
EDITOR = Member(name="redaktør", role=Role.ADMIN)
REVIEWER = Member(name="gransker", role=Role.REVIEWER)
LOCAL = Member(name="gransker i Asker", role=Role.REVIEWER, municipality="Asker")
PLACES = (None, None, None, "Asker", "Bærum", "Lørenskog")  # chosen beforehand; None: none

MENDED = "Blir det billigere for ungdom å gå på kino?"  # nothing found, though a programme says it
# question, municipality, how often, 👎 and what was wrong, status, owner, note
OWN: tuple[tuple[str, str | None, int, Complaint | None, Status, str, str], ...] = (
    (MENDED, "Bærum", 4, Complaint.MISSING, Status.NEW, "", ""),
    ("Kommer det gratis skolelunsj?", "Asker", 6, Complaint.MISSING, Status.SILENT, EDITOR.name,
     "Ingen av de tre programmene nevner skolelunsj. Tatt opp med programkomiteen."),
    ("Når bygger dere fortau i Storgata 5? Ring meg på 900 00 000", "Lørenskog", 1, None, Status.TAKEN, REVIEWER.name, ""),
    ("Blir det busslomme ved skolen?", "Bærum", 3, Complaint.MEANING, Status.TAKEN, REVIEWER.name,
     "Løftene handler om buss, men ikke om skoleveien. Ser etter bedre."),
    ("Hva gjør dere for ensomme eldre?", "Lørenskog", 5, None, Status.NEW, "", ""),
    ("Hva vil dere gjøre med elbillading i borettslag?", None, 3, None, Status.NEW, "", ""),
    ("Kan bestemor få bedre mat på hjemmet?", "Bærum", 2, Complaint.TOPIC, Status.NEW, "", ""),
)  # fmt: skip

UNANSWERED = (
    "Hvor mye koster det å leie kulturhuset?", "Når kommer det nye badet?", "Blir det flere hundelufteområder?",
    "Kan vi få fartsdumper i gata vår?", "Hvem har ansvar for lekeplassen?", "Får vi flere benker i sentrum?",
    "Hva skjer med den gamle brannstasjonen?", "Blir det gratis parkering ved sykehuset?", "Kommer det kunstgress i år?",
    "Hva mener dere om eiendomsskatt?", "Skal biblioteket åpne tidligere?", "Når blir svømmehallen pusset opp?",
    "Hvorfor er det ikke gatelys på turveien?", "Får vi bysykler?", "Er dere for nattåpne barnehager?",
    "Kan kommunen hjelpe med solceller på taket?", "Hva gjør dere med støy fra motorveien?", "Blir det skatepark?",
    "Hvor kan jeg levere juletreet?", "Skal dere si ja til vindmøller?", "Hva synes dere om ny bru over fjorden?",
    "Blir det billigere å ta ferga?", "Kommer det flere ladestasjoner?", "Vil dere ha heldøgns bemannet legevakt?",
)  # fmt: skip


class Clock:
    """The moment that the scene has come to."""

    def __init__(self) -> None:
        self.now = NOW - timedelta(DAYS)

    def __call__(self) -> datetime:
        return self.now


def _some(rng: random.Random) -> Iterator[str]:
    """Yield questions without end, answered and not: few often, many seldom."""
    rows = (ROOT / "tests" / "data" / "questions.jsonl").read_text("utf-8").splitlines()
    plain = [q["question"] for q in map(json.loads, rows) if q["cls"] == "direct"]
    questions = [*rng.sample(plain, 70), *UNANSWERED]
    rng.shuffle(questions)
    weights = [1 / (rank + 4) for rank in range(len(questions))]
    while True:
        yield rng.choices(questions, weights)[0]


async def play(house: House, clock: Clock) -> dict[str, str]:
    """Have four weeks of questions asked, voted on and worked with; return question -> case of `OWN`."""
    rng, services = random.Random(11), house.services
    for member in (EDITOR, REVIEWER, LOCAL):
        await StaffStore(services.storage).put(member, "loftebot", clock())
    known: dict[tuple[str, str | None], Answer] = {}

    async def ask(question: str, place: str | None) -> str:
        if (question, place) not in known:
            known[question, place] = (await answer_question(services, question, NB, place)).answer
        answer_id = await log_answer(services, known[question, place], "telegram")
        assert answer_id is not None
        return answer_id

    async def vote(answer_id: str, complaint: Complaint | None, verdict: Verdict) -> None:
        await store_vote(services, answer_id, verdict)
        if complaint is not None:
            await services.complaints.record(answer_id, complaint, clock())

    asked = _some(rng)
    for day in range(DAYS, 0, -1):
        clock.now = NOW - timedelta(day)
        weekend = clock.now.weekday() > 4
        for _ in range(rng.randint(22, 34) if weekend else rng.randint(44, 72)):
            answer_id = await ask(next(asked), rng.choice(PLACES))
            if rng.random() < 0.3:
                liked = rng.random() < 0.72
                wrong = None if liked or rng.random() < 0.4 else rng.choice(list(Complaint))
                await vote(answer_id, wrong, Verdict.HELPFUL if liked else Verdict.NOT_HELPFUL)
    cases = {}
    for question, place, times, wrong, status, owner, note in OWN:
        for n in range(times):
            clock.now = NOW - timedelta(1 + n)
            answer_id = await ask(question, place)
        if wrong is not None:
            await vote(answer_id, wrong, Verdict.NOT_HELPFUL)
        [(found,)] = await services.storage.rows(
            "SELECT case_id FROM answers WHERE id = ?", answer_id
        )
        case_id = cases[question] = str(found)
        clock.now = NOW - timedelta(hours=3)
        if status is not Status.NEW:
            await save(services, REVIEWER, case_id, CaseState(status=Status.TAKEN, owner=owner))
        if note:
            await save(
                services,
                EDITOR,
                case_id,
                CaseState(status=status, owner=owner, note=note, version=1),
            )
    clock.now = NOW
    return cases
