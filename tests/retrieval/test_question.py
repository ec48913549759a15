"""A voter's words to a question: read against the seeds' own fields and a small lexicon."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.fields import build_fields
from retrieval.lexicon import Lexicon
from retrieval.places import Places
from retrieval.question import MAX_WORDS, Question, QuestionReader, Switches

LEXICON = Lexicon(
    synonyms={
        "doktor": ("fastlege", "legevakt"),
        "åpen barnehage": ("møteplass",),
        "lekse": ("leksehjelp",),
        "skatt": ("avgift",),
    },
    english={
        "hous": ("bolig",),
        "nurs hom": ("sykehjem",),
        "school": ("skole",),
        "kindergarten": ("barnehage",),
        "labour shortag": ("rekruttere",),
    },
    nynorsk={
        "skule": "skole",
        "helseteneste": "helsetjeneste",
        "teneste": "tjeneste",
        "heim": "hjem",
        "fleire": "flere",
    },
    stop=frozenset("kva korleis ikkje dykk me eg".split()),
)


@pytest.fixture(scope="module")
def make(corpus):
    fields = build_fields(corpus.pledges, {}, LEXICON, k1=0.8, b=0.5)
    heading = fields.heading
    assert heading is not None

    def reader(switches: Switches | None = None) -> QuestionReader:
        return QuestionReader(
            LEXICON,
            Places(corpus.municipalities),
            lambda term: term in fields.text or term in heading,
            fields.surface,
            switches,
        )

    return reader


@pytest.fixture(scope="module")
def reader(make) -> QuestionReader:
    return make()


def terms(question: Question, source: str | None = None) -> set[str]:
    return {v.term for c in question.concepts for v in c.variants if source in (None, v.source)}


def concepts(question: Question) -> list[str]:
    return [concept.word for concept in question.concepts]


# ---- who and where


def test_the_municipality_is_taken_out_of_the_words(reader):
    question = reader.read("Hva vil dere gjøre med skolene i Bærum?")
    assert question.municipalities == ("Bærum",)
    assert concepts(question) == ["skolene"]
    assert "Bærum" not in question.content


def test_two_municipalities_are_both_kept_in_order(reader):
    assert reader.read("Asker eller Lørenskog, og Asker igjen").municipalities == (
        "Asker",
        "Lørenskog",
    )


def test_an_own_municipality_beats_another_one(reader):
    question = reader.read("skole i Drammen og i Asker")
    assert (question.municipalities, question.other_municipalities) == (("Asker",), ())


def test_other_places_and_parties_are_named(reader):
    assert reader.read("Hva skjer i Oslo?").other_municipalities == ("Oslo",)
    assert reader.read("hva mener Høyre om skole").other_parties == ("Høyre",)


def test_working_in_oslo_is_not_asking_about_oslo(reader):
    assert reader.read("jeg jobber i Oslo, hva med bussen?").other_municipalities == ()


@pytest.mark.parametrize(
    "text", ["", "   ", "Asker", "hva mener dere?", "Hva vil Ap?", "🙂", "???", "a"]
)
def test_a_question_without_a_topic_is_empty(reader, text):
    assert reader.read(text).is_empty


def test_the_text_stays_the_voters(reader):
    text = "  Hva  med SFO?\u00a0"
    assert reader.read(text).text == text


def test_labour_is_the_party_but_not_in_a_phrase_of_the_english_list(reader):
    assert concepts(reader.read("What will Labour do about housing?")) == ["housing"]
    assert "labour" in " ".join(concepts(reader.read("What about labour shortage here?")))


# ---- junk


JUNK = [
    pytest.param("skole " * 700, id="4096 characters of words"),
    pytest.param("a" * 4096, id="one long word"),
    pytest.param("-" * 4096, id="hyphens"),
    pytest.param("a-" * 2048, id="letters and hyphens"),
    pytest.param("'’" * 2048, id="apostrophes"),
    pytest.param("🙂👍🏽👨‍👩‍👧" * 300, id="emoji"),
    pytest.param("\u202eeloks \u200f مدرسة בית ספר", id="right to left"),
    pytest.param("\ud83d skole \udc00", id="lone surrogates"),
    pytest.param("\x00\x01\x1f skole", id="control characters"),
    pytest.param("e\u0301" * 500, id="combining marks"),
    pytest.param("ａｂｃ Ⅳ ² ½ ﬁ", id="compatibility forms"),
    pytest.param("İıſẞßǅ", id="letters that grow in lower case"),
    pytest.param("<b>skole</b> & {0} %s \\n", id="markup"),
    pytest.param("'; DROP TABLE questions; --", id="SQL"),
]


@pytest.mark.parametrize("text", JUNK)
def test_junk_never_raises(reader, text):
    question = reader.read(text[:4096])
    assert len(question.concepts) <= MAX_WORDS
    assert question.text == text[:4096]


@given(st.text(alphabet=st.characters(), max_size=200))
@settings(max_examples=80, deadline=None)
def test_no_text_raises(reader, text):
    assert len(reader.read(text).concepts) <= MAX_WORDS


def test_at_most_64_words_are_read(reader):
    long = " ".join(f"skole{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(200))
    assert len(reader.read(long).concepts) == MAX_WORDS == 64


# ---- language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What will you do about schools?", "en"),
        ("Is there affordable housing for young people?", "en"),
        ("kindergarten opening hours", "en"),
        ("Hva vil dere gjøre med skolen?", "no"),
        ("Kva vil de gjere med skulen?", "no"),
        ("barnehage", "no"),
        ("søndag", "no"),
        ("E18", "no"),
        ("", "no"),
        ("is og kaker på skolen", "no"),
    ],
)
def test_the_language_is_guessed(reader, text, language):
    assert reader.read(text).language == language


def test_english_leads_to_norwegian(reader):
    assert "bolig" in terms(reader.read("What about housing?"), "english")
    assert "sykehjem" in terms(reader.read("Will there be more nursing homes?"), "english")


# ---- word lists


def test_a_synonym_is_found_by_its_dictionary_form(reader):
    assert "legevakt" in terms(reader.read("doktorene"), "synonym")


def test_a_phrase_is_one_concept(reader):
    question = reader.read("når er åpen barnehage tilgjengelig")
    assert "åpen barnehage" in concepts(question)
    assert "moteplass" in terms(question, "synonym")


@pytest.mark.xfail(
    strict=True, reason="simplemma takes the adjective åpne for a verb, so the phrase is missed"
)
def test_a_phrase_is_found_with_an_inflected_adjective(reader):
    assert "åpne barnehager" in concepts(reader.read("åpne barnehager"))


def test_synonyms_lead_one_way(reader):
    assert "doktor" not in terms(reader.read("legevakt"))


def test_a_word_counts_more_than_its_synonyms(reader):
    variants = {v.term: v.weight for v in reader.read("lekser").concepts[0].variants}
    assert variants["leks"] == 1.0
    assert variants["leksehjelp"] < 1.0


@pytest.mark.parametrize(
    ("word", "term"),
    [
        pytest.param("skule", "skol", id="in the list"),
        pytest.param("skulane", "skol", id="plural"),
        pytest.param("skulen", "skol", id="definite"),
        pytest.param("skulehelseteneste", "skolehelsetjenest", id="compound"),
    ],
)
def test_nynorsk_meets_bokmaal(reader, word, term):
    assert term in terms(reader.read(f"kva med {word}"))


# ---- spelling


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        pytest.param("barnehgae", "barnehag", id="letters swapped"),
        pytest.param("skolehelsetjensten", "skolehelsetjenest", id="letter missing in a long word"),
        pytest.param("flerbrukshsu", "flerbrukshus", id="swapped at the end"),
        pytest.param("fornebuu", "fornebu", id="letter doubled"),
    ],
)
def test_a_slip_is_corrected_to_a_word_of_the_corpus(reader, typed, term):
    assert term in terms(reader.read(typed), "spelling")


@pytest.mark.parametrize("word", ["kirke", "sirkus", "bibel", "fisk", "krig", "katt", "bade"])
def test_a_real_word_is_never_bent_into_another(reader, word):
    assert terms(reader.read(word), "spelling") == set()


@pytest.mark.parametrize("word", ["E17", "xyz", "qqqqqqqqqqqq", "abc123def"])
def test_codes_and_gibberish_are_not_corrected(reader, word):
    assert terms(reader.read(word), "spelling") == set()


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        ("barnehagelaerer", "barnehagelar"),
        ("sondagsapne", "sondagsapn"),
        ("snorydding", "snorydding"),
    ],
)
def test_words_without_norwegian_letters_find_theirs(reader, typed, term):
    found = terms(reader.read(typed))
    assert term in found or any(t.startswith(term[:6]) for t in found)


def test_a_word_gets_its_letters_back_before_it_is_stemmed(reader):
    """Lemmas know «lærere» and not «larere»: folding alone would not bring them together."""
    assert "lar" in terms(reader.read("larere"), "word")


# ---- compounds


def test_the_parts_of_a_compound_count_less_than_the_whole(reader):
    variants = {v.term: v for v in reader.read("skolehelsetjeneste").concepts[0].variants}
    assert variants["skolehelsetjenest"].weight == 1.0
    assert variants["skol"].source == "part"
    assert variants["skol"].weight < 0.5


def test_the_parts_of_a_compound_count_nearly_as_much_where_they_stand_together(reader):
    weights = {v.term: v.weight for v in reader.read("sosialdumping").concepts[0].variants}
    assert "sosialdumping" not in reader.lexicon.synonyms  # nothing else leads to «sosial dumping»
    assert weights["sosialdumping"] > weights["sosial dumping"] > 2 * weights["dumping"]
    # Where some pledge has the compound, those that have its parts are meant less surely.
    variants = {v.source: v for v in reader.read("heltid").concepts[0].variants}
    assert variants["together_too"].term == "hel tid"
    assert variants["together_too"].weight < weights["sosial dumping"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("eldreomsorg", "eldreomsorg i kommunen"),
        ("Hva mener dere om eldreomsorg?", "eldreomsorg i kommunen"),
        ("eldreomsorg i Asker", "eldreomsorg i"),
        ("eldre omsorg", "eldre omsorg"),
        ("housing?", "housing?"),
        ("E18", "E18"),
        ("???", "???"),
        ("", ""),
    ],
)
def test_a_bare_word_becomes_a_sentence_and_nothing_else_does(reader, text, sentence):
    assert reader.read(text).sentence == sentence


def test_neighbouring_words_are_joined_where_the_corpus_joins_them(reader):
    assert "seniorsent" in terms(reader.read("senior senter"), "joined")


def test_a_generic_head_leaves_what_it_is_about(reader):
    assert "avfall" in terms(reader.read("avfallsordning"), "modifier")


def test_boilerplate_is_left_out_of_what_the_encoder_reads(reader):
    assert reader.read("Hva mener dere om eldreomsorg?").content == "eldreomsorg?"
    assert reader.read("Hei! Hva vil dere gjøre med skolen i Asker?").content.startswith("skolen")


def test_common_words_weigh_less_than_telling_ones(reader):
    weights = {c.word: c.weight for c in reader.read("folk får hjelp med husleie").concepts}
    assert weights["husleie"] == 1.0
    assert weights["folk"] < 1.0
    assert all(0.15 <= w <= 1.0 for w in weights.values())


def test_words_nobody_knows_are_marked(reader):
    known = {c.word: c.known for c in reader.read("flomperi skole").concepts}
    assert known == {"flomperi": False, "skole": True}


@pytest.mark.parametrize(
    ("switch", "text", "source"),
    [
        ("synonyms", "doktor", "synonym"),
        ("spelling", "barnehgae", "spelling"),
        ("compounds", "skolehelsetjeneste", "part"),
        ("nynorsk", "skule", "nynorsk"),
        ("english", "what about housing for the young", "english"),
        ("together", "sosialdumping", "together"),
        ("modifier", "avfallsordning", "modifier"),
        ("join", "senior senter", "joined"),
    ],
)
def test_each_switch_turns_its_part_off_and_no_other_text_is_needed(
    make, reader, switch, text, source
):
    assert terms(reader.read(text), source)
    assert terms(make(Switches(**{switch: False})).read(text), source) == set()
