"""Programmes to pledges: every trap seen in the seeds, and the same traps in other parties' texts."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter

import pytest

from retrieval.extraction import ExtractionError
from retrieval.verbatim import is_verbatim, quote_of


def key(text: str) -> str:
    """Fold what may differ between two readings of one sentence."""
    return " ".join(re.sub(r"\W+", " ", unicodedata.normalize("NFC", text).casefold()).split())


def quotes(pledges) -> list[str]:
    return [pledge.quote for pledge in pledges]


def one(pledges, start: str):
    """The only pledge whose quote starts with these words."""
    found = [p for p in pledges if p.quote.startswith(start)]
    assert len(found) == 1, [p.quote for p in found] or f"no pledge starts with {start!r}"
    return found[0]


# ---- the whole of the seeds against what a person read


def test_extraction_agrees_with_the_gold_list(corpus, data):
    rows = [
        json.loads(line) for line in (data / "gold_pledges.jsonl").read_text("utf-8").splitlines()
    ]
    assert len(rows) == 424
    gold = {(key(row["text"]), row["municipality"], row["period"]) for row in rows}
    found = {(key(p.quote), p.municipality, p.period) for p in corpus.pledges}
    hits = len(gold & found)
    precision, recall = hits / len(found), hits / len(gold)
    f1 = 2 * precision * recall / (precision + recall)
    assert f1 >= 0.97, f"F1 {f1:.3f}; missing: {sorted(gold - found)[:5]}"
    assert recall >= 0.99, sorted(gold - found)[:5]


def test_every_quote_of_the_seeds_is_the_partys_words_letter_by_letter(corpus):
    """Independent of verbatim.py: letters of the span, but for page numbers that stand alone."""
    assert len(corpus.pledges) > 400
    for pledge in corpus.pledges:
        span = pledge.programme.text[pledge.start : pledge.end]
        span = re.sub(r"(?m)^\s*\d{1,3}\s*$", "", span)

        def bare(text: str) -> str:
            return re.sub(r"[\s\-]", "", unicodedata.normalize("NFC", text))

        assert bare(pledge.quote) == bare(span), pledge.id


def test_spans_and_lines_point_at_the_quote(corpus):
    for pledge in corpus.pledges:
        text = pledge.programme.text
        line = text.splitlines()[pledge.line - 1]
        assert pledge.quote.split()[0][:8] in line, (
            pledge.id,
            pledge.line,
        )  # may be broken after that
        assert 0 <= pledge.start < pledge.end <= len(text)


def test_ids_are_unique_and_safe_to_send(corpus):
    ids = [pledge.id for pledge in corpus.pledges]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9-]{1,40}", name) for name in ids)


# What must never be quoted: facts, greetings, chrome, headings, page numbers, signatures, slogans.
NEVER = [
    # chrome of the web pages
    "Er du enig med", "Takk for din tilbakemelding", "Vil du vite hva mer", "Eller se andre måter",
    "Takk for din interesse", "Du vil nå motta nyhetsbrev", "Vi kan ikke være enige om alt",
    "Kanskje er det andre saker", "Se andre politiske saker", "Bilde av en sykehusgang", "Øivind Haug",
    # letter, signature, slogan
    "Kjære velger", "Stem Arbeiderpartiet", "Kjell Maartmann-Moe", "Ordførerkandidat", "Det er på sterke fellesskap",
    "Like muligheter for alle, er", "Vi har bare denne kloden", "Om allmennhetenes interesser",
    "En trygg og utviklende oppvekst for våre barn", "Et bærekraftig Bærum", "En trygg og moderne helsetjeneste",
    "Program for kommunestyreperioden", "Våre viktigste saker",
    # facts and reasons
    "Lokale næringsliv bidrar", "Lokalt næringsliv bidrar", "Arbeid til alle har alltid vært", "130.000 innbyggere",
    "70 % av klimagassutslippene", "Klimaet vårt blir våtere", "Barnehagen er barnets første skritt",
    "Dette gir stor makt", "I Bærum har vi næringsparker", "Kampen om ansatte", "Livet består av små og store",
    "Hennie Onstads kunstsenter", "Mange opplever i dag", "Busstypen prøves allerede",
]  # fmt: skip


@pytest.mark.parametrize("words", NEVER)
def test_never_quoted(corpus, words):
    assert any(words in p.text for p in corpus.programmes), "not in the seeds: fix this list"
    assert [p.quote for p in corpus.pledges if words in p.quote] == []


def test_the_distractor_article_is_never_quoted(corpus):
    article = next(p for p in corpus.programmes if p.kind == "other")
    whole = key(article.text)
    assert "nov skal være meningsbærer" in whole
    assert [p.quote for p in corpus.pledges if p.programme.file == article.file] == []
    assert [p.quote for p in corpus.pledges if key(p.quote) in whole] == []


def test_headings_are_never_pledges_and_bare_numbers_neither(corpus):
    headings = {key(h) for pledge in corpus.pledges for h in pledge.headings}
    assert len(headings) > 40
    assert [p.quote for p in corpus.pledges if key(p.quote) in headings] == []
    assert [p.quote for p in corpus.pledges if not re.search(r"[a-zæøå]{3}", p.quote)] == []


@pytest.mark.parametrize(
    "chrome",
    [
        "Foto: Kari Nordmann",
        "Bilde av en skole",
        "Les mer om skole",
        "Del på Facebook",
        "background",
        "Illustrasjon: Ola",
    ],
)
def test_captions_and_links_are_no_headings(pledges_of, chrome):
    found = pledges_of(f"Skole\n\n{chrome}\n\nVi vil bygge tre skoler.\n")
    assert [(p.headings, p.quote) for p in found] == [(("Skole",), "Vi vil bygge tre skoler.")]


# ---- one trap of the seeds each


def test_no_break_spaces_become_spaces(corpus, lorenskog):
    assert "\u00a0" in lorenskog[0].programme.text
    assert [
        p.quote for p in corpus.pledges if "\u00a0" in p.quote or p.quote != p.quote.strip()
    ] == []
    assert one(lorenskog, "Støtte utviklingen av Vinterparken SNØ").kind == "bullet"
    assert (
        one(lorenskog, "Lørenskog kommune skal følge opp arbeidet med tillitsreformen.").kind
        == "prose"
    )


def test_a_double_bullet_is_one_bullet(asker):
    last = asker[-1]
    assert last.quote.startswith("Kommunen i samarbeid med næringslivet skal øke innsatsen")
    assert (last.parent, last.lead_in) == ("", "Asker Arbeiderparti vil arbeide for at:")


def test_nested_bullets_carry_their_parent_and_the_list_returns_to_the_top(baerum_2023):
    parent = "Bærum kommune skal i sine anbudsprosesser vektlegge:"
    children = [p.quote for p in baerum_2023 if p.parent == parent]
    assert children == [
        "Tariffavtale og faste ansettelser.",
        "Mangfold og likestilling.",
        "Arbeidstreningsstillinger.",
        "At gründerbedrifter er leverandør eller brukes som underleverandør.",
    ]
    assert one(baerum_2023, "At alle krav, inkludert pris").parent == ""
    assert parent not in quotes(baerum_2023), "the parent is shown with its children, not alone"


def test_an_exact_duplicate_bullet_is_shown_once(asker):
    text = asker[0].programme.text
    assert text.count("Kommunen skal være en JA-kommune") == 2
    assert sum(q.startswith("Kommunen skal være en JA-kommune") for q in quotes(asker)) == 1


def test_the_same_words_in_two_chapters_stay_two_pledges(baerum_2019):
    twice = [
        p
        for p in baerum_2019
        if p.quote.rstrip(".") == "innføre tillitsmodellen i hjemmebaserte tjenester"
    ]
    counted = Counter(quotes(baerum_2019))
    assert twice
    assert (
        one(baerum_2019, "innføre søskenmoderasjon for de med barn både i barnehage").headings[-1]
        == "Barnehage"
    )
    assert (
        one(baerum_2019, "innføre søskenmoderasjon for de med barn både i SFO")
        .headings[-1]
        .startswith("Skolefritids")
    )
    assert max(counted.values()) <= 2


def test_a_lead_in_that_was_torn_apart_is_mended(asker):
    bullets = [p for p in asker if p.kind == "bullet"]
    assert len(bullets) == 21
    assert {p.lead_in for p in bullets} == {"Asker Arbeiderparti vil arbeide for at:"}
    assert [q for q in quotes(asker) if q.endswith("Asker")] == []


def test_a_lead_in_outlives_the_headings_below_it(lorenskog):
    bullets = [p for p in lorenskog if p.kind == "bullet"]
    assert {p.lead_in for p in bullets} == {"Lørenskog Arbeiderparti vil:"}
    assert {p.headings[-1] for p in bullets} == {"Arbeidsliv", "Næringsliv"}


def test_a_lead_in_may_carry_its_first_pledge_on_the_same_line(baerum_2019):
    first = one(baerum_2019, "sikre at mennesker med funksjonsnedsettelse som mottar")
    assert first.lead_in == "Bærum Arbeiderparti vil:"
    assert first.quote.endswith("oppfylles i praksis og etter intensjonen")
    assert (
        one(baerum_2019, "ha flere aktivitetstilbud og tilrettelagte").lead_in
        == "Bærum Arbeiderparti vil:"
    )


def test_prose_has_no_lead_in(corpus):
    prose = [p for p in corpus.pledges if p.kind == "prose"]
    assert len(prose) > 100
    assert {p.lead_in for p in prose} == {""}


def test_bullets_that_do_not_fit_their_lead_in_are_kept_as_they_stand(baerum_2019):
    for start in (
        "krisesentre er essensielle",
        "kommunen skal yte tilskudd",
        "politiet skal øke sitt nærvær",
        "vil gjennomføre et vedlikeholds løft",
    ):
        assert one(baerum_2019, start).kind == "bullet"


def test_a_page_break_in_mid_sentence_does_not_cut_the_quote(baerum_2019):
    assert "alle brukergrupper" not in " ".join(
        p.quote for p in baerum_2019 if p.quote.startswith("Vi vet")
    )
    stream = one(baerum_2019, "Bærum Arbeiderparti vil sikre små friluftsområder")
    assert "vassdrag og gjenåpne lukkede elver" in stream.quote


def test_a_page_break_in_a_list_leaves_the_list_whole(baerum_2019):
    music = one(baerum_2019, "styrke musikk- og kulturskolen")
    assert music.lead_in == "Bærum Arbeiderparti vil:"
    assert music.headings == ("Grunnskolen",)
    assert one(baerum_2019, "styrke undervisningen om mat").quote.endswith(
        "konfliktløsning i grunnskolen"
    )


def test_a_heading_glued_to_the_text_by_a_page_break_is_a_heading(baerum_2019):
    assert one(baerum_2019, "En sykehjemsplass skal være tilgjengelig").headings == (
        "God alderdom i eldreomsorgen",
    )
    assert one(baerum_2019, "Vi ønsker at kommunen skal forvalte denne").headings == (
        "Avfallshåndtering",
    )
    assert one(baerum_2019, "Det skal være lettere for eldre arbeidstakere").headings == (
        "Senior i arbeidslivet",
    )


def test_a_page_number_inside_a_sentence_is_left_out_of_the_quote(baerum_2019):
    quote = one(baerum_2019, "Det betyr at vi planlegger boliger").quote
    assert quote.endswith("løkker, turveier og idrettsanlegg samlet.")
    assert "17" not in quote


def test_a_blank_line_inside_a_bullet_does_not_cut_it(baerum_2019):
    assert one(baerum_2019, "at nye boliger og offentlige bygg ha ").quote.endswith(
        "standard fra 2022"
    )
    assert one(baerum_2019, "ha nærmiljø, flerbrukshus").quote.endswith(
        "arbeidsplasser nær hverandre"
    )


def test_a_bullet_that_lost_its_glyph_is_a_pledge_of_its_own(baerum_2019):
    assert one(baerum_2019, "opprette flere gratis innfartsparkeringsplasser").quote.endswith(
        "T-banestasjoner"
    )
    assert (
        one(baerum_2019, "forlenge T-bane linjene").quote
        == "forlenge T-bane linjene fra Kolsås og Østerås"
    )


def test_a_hyphen_that_only_broke_the_line_is_joined_and_a_suspended_one_stays(baerum_2019):
    joined = " ".join(quotes(baerum_2019))
    assert "Skolebibliotekordningen må styrkes." in quotes(baerum_2019)
    assert "gang- og sykkelveinett" in joined
    assert "bo- og behandlingssentrene" in joined
    assert "helse- og omsorgstjenester" in joined


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(
            "innføre intensivkurs i praktiske fag",
            "tentamen i 10. klasse",
            id="an ordinal does not end it",
        ),
        pytest.param(
            "Bærum Arbeiderparti mener at T-bane til Fornebu", "senest i 2024.", id="a year ends it"
        ),
        pytest.param(
            "Vi ønsker at neste T-bane prosjekt",
            "mot Hosle.",
            id="the sentence after a year stands alone",
        ),
        pytest.param(
            "I 2050 skal kommunen", "lavutslippssamfunn.", id="double space between sentences"
        ),
        pytest.param(
            "at kommunen skal pålegge utbygger",
            "Fornebubanen etc.",
            id="an abbreviation at the end",
        ),
        pytest.param(
            "redusere leien for kommunale boliger",
            "SSB sitt landsgjennomsnitt",
            id="a percentage inside",
        ),
        pytest.param(
            "jobbe for at tannhelsetjenester",
            "tannhelsetjeneste for nye grupper",
            id="three sentences in a bullet",
        ),
        pytest.param(
            "at kommunen skal kunne forskuttere",
            "tilbake til kommunen.",
            id="two sentences in a bullet",
        ),
    ],
)
def test_sentences_end_where_they_should(baerum_2019, start, end):
    quote = one(baerum_2019, start).quote
    assert quote.endswith(end)


def test_two_sentences_in_a_bullet_of_a_web_page_stay_together(baerum_2023):
    assert one(baerum_2023, "Prøve ut «dulting».").quote.endswith("mer bærekraftige valg.")
    assert one(baerum_2023, "Vekte klima og miljø").quote.endswith("minst 30%.")


def test_years_in_a_pledge_are_not_the_period(baerum_2023, asker):
    plan = one(baerum_2023, "Utforme en ny strategisk næringsplan for 2024-2028")
    assert plan.period == "2023-2027"
    assert {p.period for p in asker} == {""}
    assert {p.programme.first_year for p in asker} == {0}
    assert {p.programme.last_year for p in asker} == {9999}


def test_typing_errors_of_the_source_survive(corpus):
    joined = " ".join(p.quote for p in corpus.pledges)
    for slip in (
        "ankaffelsesmodell",
        "reperasjonsmulighet",
        "flytninger",
        "innstas",
        "naturlig den av",
        "vedlikeholds løft",
        "flerbruks hus",
        "IMDI`s",
    ):
        assert slip in joined, slip


def test_a_no_stays_a_no(corpus):
    assert "Si nei til flere søndagsåpne butikker" in quotes(corpus.pledges)
    assert any("verken privatisere eller konkurranseutsette" in q for q in quotes(corpus.pledges))
    assert any("Velferdstjenester skal ikke privatiseres" in q for q in quotes(corpus.pledges))


def test_the_title_stays_above_the_chapters_of_a_web_page(baerum_2023):
    assert {p.headings[0] for p in baerum_2023} == {"En aktiv kommunal næringspolitikk"}
    assert (
        one(baerum_2023, "Sikre at fellesskapet eier data")
        .headings[-1]
        .startswith("Kommunal innovasjon")
    )


# ---- another party's web page

HOYRE = """Hopp til innhold
Trygg hverdag i Sandefjord

Foto: Ola Nordmann

Sandefjord er en by med 66 000 innbyggere. Byen har lange sjøfartstradisjoner.

Skole og barnehage

Sandefjord Høyre vil:

– Bygge ny ungdomsskole på Haukerød innen 2026.
– At alle elever skal få leksehjelp, også i SFO\u00a0
– • \u00a0Ha flere lærere med fordypning i norsk og matematikk
– Stille krav til private barnehager om:
– ○ Norskkunnskaper hos de ansatte
– ○ Minst like god bemanning som i kommunale barnehager
– Følge opp mobbesaker fra første dag
– Følge opp mobbesaker fra første dag

Næring

– Si nei til eiendomsskatt
– Selge kommunale tomter til bedrifter som vil vokse

Eldre

Mange eldre bor alene. Høyre vil innføre fritt brukervalg i hjemmetjenesten. Er ikke det bra?

Tusen takk for at du leser!

Er du enig med Sandefjord Høyre om Trygg hverdag i Sandefjord?

Vi vil sende deg nyhetsbrev.

Se andre politiske saker"""


@pytest.fixture
def hoyre(pledges_of):
    return pledges_of(
        HOYRE, title="Trygg hverdag i Sandefjord", party="Sandefjord Høyre", place="Sandefjord"
    )


def test_a_web_page_with_dashes_gives_its_bullets_and_its_one_promise(hoyre):
    assert quotes(hoyre) == [
        "Bygge ny ungdomsskole på Haukerød innen 2026.",
        "At alle elever skal få leksehjelp, også i SFO",
        "Ha flere lærere med fordypning i norsk og matematikk",
        "Norskkunnskaper hos de ansatte",
        "Minst like god bemanning som i kommunale barnehager",
        "Følge opp mobbesaker fra første dag",
        "Si nei til eiendomsskatt",
        "Selge kommunale tomter til bedrifter som vil vokse",
        "Høyre vil innføre fritt brukervalg i hjemmetjenesten.",
    ]


def test_dashed_children_have_their_parent_and_the_next_dash_has_none(hoyre):
    assert one(hoyre, "Norskkunnskaper").parent == "Stille krav til private barnehager om:"
    assert one(hoyre, "Følge opp").parent == ""


def test_headings_and_lead_ins_of_another_party(hoyre):
    tax = one(hoyre, "Si nei til eiendomsskatt")
    assert tax.headings == ("Trygg hverdag i Sandefjord", "Næring")
    assert tax.lead_in == "Sandefjord Høyre vil:"
    assert one(hoyre, "Høyre vil innføre").headings[-1] == "Eldre"


# ---- a nynorsk PDF with running heads and page numbers

BYKLE = """Kommuneprogram for Bykle SV
2023-2027


1

Skule og barnehage
Skulen er viktig for bygda. Elevar som trivst, lærer meir. Vi trur på fellesskapet i skulen, og
det har vi alltid gjort. Vi vil at kommunen skal tilsetje fleire lærarar slik at klassane blir mindre og
kvar elev får meir hjelp.

Bykle SV vil:
• tilsetje fleire miljøarbeidarar på skulane i heile kommunen og gje dei tid til å følgje opp
elevar som slit
• ha gratis skulemat kvar dag
• bygge gang-
og sykkelveg langs riksvegen
 • styrke musikk- og kulturskulen


Bykle SV – program 2023-2027
2

Helse
Heimetenesta skal ha nok folk på jobb. Vi ønskjer at dei tilsette skal få heile, faste stillingar
fordi det gjev betre kvalitet og mindre sjukefråver, og fordi det gjer det lettare å rekruttere til

Bykle SV – program 2023-2027
3

distrikta i framtida. Ein eldre person skal ikkje måtte vente i fleire veker på sjukeheims-
plass. Pårørande gjer ein stor innsats kvar einaste dag, og det er mange av dei.

Bykle SV vil:
• styrke heimetenesta
• gje alle tilbod om kvardagsrehabilitering innan 14 dagar etter at behovet er meldt inn til


Bykle SV – program 2023-2027
4

tenestekontoret i kommunen
• gjere det gratis å reise med buss for alle under 20 år og for pensjonistar over heile
distriktet frå 2025


Bykle SV – program 2023-2027
5

Godt val!
"""


@pytest.fixture
def bykle(pledges_of):
    return pledges_of(BYKLE, title="Kommuneprogram", party="Bykle SV", place="Bykle")


def test_a_nynorsk_pdf_gives_whole_sentences_across_pages(bykle):
    assert quotes(bykle) == [
        "Vi vil at kommunen skal tilsetje fleire lærarar slik at klassane blir mindre og kvar elev får meir hjelp.",
        "tilsetje fleire miljøarbeidarar på skulane i heile kommunen og gje dei tid til å følgje opp elevar som slit",
        "ha gratis skulemat kvar dag",
        "bygge gang- og sykkelveg langs riksvegen",
        "styrke musikk- og kulturskulen",
        "Heimetenesta skal ha nok folk på jobb.",
        (
            "Vi ønskjer at dei tilsette skal få heile, faste stillingar fordi det gjev betre kvalitet og mindre "
            "sjukefråver, og fordi det gjer det lettare å rekruttere til distrikta i framtida."
        ),
        "Ein eldre person skal ikkje måtte vente i fleire veker på sjukeheimsplass.",
        "styrke heimetenesta",
        (
            "gje alle tilbod om kvardagsrehabilitering innan 14 dagar etter at behovet er meldt inn til "
            "tenestekontoret i kommunen"
        ),
        "gjere det gratis å reise med buss for alle under 20 år og for pensjonistar over heile distriktet frå 2025",
    ]


def test_running_heads_are_in_no_quote_and_above_none(bykle):
    seen = " ".join([*quotes(bykle), *(h for p in bykle for h in p.headings)])
    assert "program 2023-2027" not in seen
    assert {p.headings[-1] for p in bykle} == {"Skule og barnehage", "Helse"}


# ---- short texts of several parties

ROEDT = """Rødt Tromsø

Bolig

Vi vil arbeide for:
* 500 nye kommunale boliger
* en kommunal boligbygger

Kommunen skal si opp avtalen med private leverandører. Husleia har økt med 20 prosent. Rødt går inn for gratis buss, jf. vedtak av 3. mai 2022. Det er 10. gang vi foreslår dette.
"""


def test_abbreviations_and_dates_do_not_cut_another_partys_sentence(pledges_of):
    found = pledges_of(ROEDT, title="Rødt Tromsø")
    assert quotes(found) == [
        "500 nye kommunale boliger",
        "en kommunal boligbygger",
        "Kommunen skal si opp avtalen med private leverandører.",
        "Rødt går inn for gratis buss, jf. vedtak av 3. mai 2022.",
    ]
    assert found[0].lead_in == "Vi vil arbeide for:"


@pytest.mark.parametrize(
    "lead",
    [
        pytest.param("Bodø Arbeiderparti vil:", id="Ap"),
        pytest.param("Bodø Høyre ønsker:", id="Høyre"),
        pytest.param("Volda Senterparti går inn for:", id="Sp"),
        pytest.param("Voss Venstre vil arbeide for å:", id="Venstre"),
        pytest.param("Dette vil vi:", id="vi"),
        pytest.param("Derfor vil vi", id="no colon, vi last"),
        pytest.param("Frosta SV vil", id="no colon, SV"),
        pytest.param("Høyre skal", id="no colon, Høyre"),
        pytest.param("Raudt ønskjer", id="no colon, nynorsk"),
    ],
)
def test_lead_ins_of_every_party_are_understood(pledges_of, lead):
    found = pledges_of(f"{lead}\n\n• Bygge svømmehall\n• Nye busser\n")
    assert quotes(found) == ["Bygge svømmehall", "Nye busser"]
    assert {p.lead_in for p in found} == {lead}


@pytest.mark.parametrize("party", ["Arbeiderparti", "Senterparti", "Arbeidarparti", "Høyre", "SV"])
def test_a_torn_lead_in_of_any_party_is_mended(pledges_of, party):
    found = pledges_of(
        f"Vi trenger nye skoler i byen vår. Bodø\u00a0\n\n{party} vil:\n\n• Bygge tre skoler\n"
    )
    assert [p.lead_in for p in found] == [f"Bodø {party} vil:"]


@pytest.mark.parametrize("glyph", list("•◦○●▪■►‣·*–-") + ["o", "• •", "–\t"])
def test_every_bullet_sign_starts_a_bullet(pledges_of, glyph):
    found = pledges_of(f"Vi vil:\n{glyph} bygge skole\n{glyph} ruste opp veiene\n")
    assert quotes(found) == ["bygge skole", "ruste opp veiene"]


NUMBERED = """Samferdsel

Steinkjer Senterparti vil:

1. asfaltere flere grusveier
2. sørge for at kommunen kjøper lokalmat
3) jobbe for at E6 bygges ut
"""


def test_numbered_items_after_a_lead_in_are_pledges(pledges_of):
    assert quotes(pledges_of(NUMBERED)) == [
        "asfaltere flere grusveier",
        "sørge for at kommunen kjøper lokalmat",
        "jobbe for at E6 bygges ut",
    ]


def test_numbered_headings_and_tables_of_contents_are_no_pledges(pledges_of):
    text = "Innhold\n1. Landbruk\n2. Samferdsel\n\n1. Landbruk\n\nVi vil verne matjorda.\n\n2. Samferdsel\n\nVi vil asfaltere.\n"
    found = pledges_of(text)
    assert quotes(found) == ["Vi vil verne matjorda.", "Vi vil asfaltere."]
    assert [p.headings[-1] for p in found] == ["1. Landbruk", "2. Samferdsel"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Kjære velger\n\nTakk for at du leser programmet vårt.\n", id="greeting"),
        pytest.param("Godt valg!\n\nStem SV!\n", id="slogan"),
        pytest.param("Kari Nordmann\nOrdførerkandidat\nVoss Venstre\n", id="signature"),
        pytest.param("Skole\n\nHelse\n\nKultur\n", id="headings"),
        pytest.param(
            "• Et tryggere Voss\n• En bedre skole\n• De eldre først!\n",
            id="slogans in a list without lead-in",
        ),
        pytest.param("Kommunen har 4 000 innbyggere og tre skoler.\n", id="fact"),
        pytest.param("Vil du at vi skal bygge skoler?\n", id="question"),
        pytest.param("12\n\n- 13 -\n\nSide 14 av 20\n", id="page numbers"),
        pytest.param("", id="nothing"),
        pytest.param("\n \n\u00a0\n", id="white space"),
    ],
)
def test_text_without_a_promise_gives_none(pledges_of, text):
    assert quotes(pledges_of(text)) == []


def test_windows_line_ends_tabs_and_form_feeds_do_no_harm(pledges_of):
    found = pledges_of("\ufeffVi vil:\n•\tbygge skole\n\x0c•\truste opp veiene\n")
    assert quotes(found) == ["bygge skole", "ruste opp veiene"]


def test_a_very_long_line_is_read_in_reasonable_time(pledges_of):
    long = "Vi vil " + "bygge skoler og " * 5_000 + "veier."
    assert len(pledges_of(long)) == 1


def test_a_quote_that_cannot_be_proved_names_its_file_and_line():
    """The build stops with this error; the quote below has lost a letter against its source."""
    text = "Skole\n\nVi vil bygge tre nye skoler.\n"
    start = text.index("Vi vil")
    quote = quote_of(text, start, len(text))
    assert is_verbatim(quote, text, start, len(text))
    assert not is_verbatim(quote.replace("tre", "te"), text, start, len(text))
    error = ExtractionError("skole.txt", 3, "Vi vil bygge te nye skoler.")
    assert str(error).startswith("skole.txt:3: ")
    assert (error.line, error.quote) == (3, "Vi vil bygge te nye skoler.")
