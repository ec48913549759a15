"""Trying a question as a voter would: the same answer, not logged and not counted."""

from __future__ import annotations

import asyncio
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.answering import answer
from bot.limits import LONGEST_QUESTION
from bot.rendering import answer_paragraphs, fit
from bot.texts import LANGUAGES
from bot.texts.staff import STAFF
from bot.web.rendering import page, services_of
from bot.web.security import form_of


async def ask(request: Request) -> Response:
    """Show the form; after a question, the answer and why. By POST: a question is no address."""
    services, form = services_of(request), form_of(request)
    snapshot, settings = services.index.snapshot, services.settings
    question = form.get("sporsmal", "").strip()
    place = form.get("kommune", "")
    place = place if place in snapshot.corpus.municipalities else ""
    texts = LANGUAGES.get(form.get("sprak", ""), LANGUAGES["nb"])
    shown, fault = None, ""
    if request.method == "POST" and not question:
        fault = STAFF.trial_empty
    elif len(question) > LONGEST_QUESTION:
        fault = STAFF.trial_too_long.format(most=LONGEST_QUESTION)
    elif question:
        # Not services.answer_question: that counts it among the voters'.
        given = await asyncio.to_thread(
            partial(
                answer, question, snapshot.searcher, services.policy, municipality=place or None,
                language=texts.code, fingerprint=snapshot.fingerprint,
            )
        )  # fmt: skip
        shown = fit(given, texts, this_year=snapshot.this_year)
    return page(
        request,
        "trial.html",
        question=question,
        place=place,
        language=texts.code,
        municipality_options=[(name, name) for name in snapshot.corpus.municipalities],
        most=LONGEST_QUESTION,
        fault=fault,
        answer=shown,
        paragraphs=answer_paragraphs(shown, texts, settings.party_name, snapshot.this_year)
        if shown
        else [],
        topic_names=_topic_names(services.index.snapshot.searcher.topics),
    )


def _topic_names(topics: object) -> dict[str, str]:
    tree = getattr(topics, "tree", None)
    return {topic.id: topic.name["nb"] for topic in tree.topics} if tree is not None else {}


routes = [Route("/prov", ask, methods=["GET", "POST"])]
