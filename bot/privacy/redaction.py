"""What tells who someone is, taken out of a message before anything is written. Pure.

By form, not by truth: any eleven digits are taken for a national identity number, whether or not
the check digits fit (their rules change in 2032). Names go by the phrases people present themselves
and others with, and by common given names before a surname. Not every name is found: docs/dpia.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

NUMBER, MAIL, NAME, ADDRESS = "[nummer]", "[e-post]", "[navn]", "[adresse]"

_I = re.IGNORECASE
_SP = r"[ \u00a0\u202f]"
# Every repetition is bounded: 4,096 characters of anything take milliseconds.
_MAIL = re.compile(
    rf"(?<![\w.+%-])[\w.+%-]{{1,64}}{_SP}?(?:@|\((?:at|a|krøll|alfakrøll)\)|\[at\]|{_SP}(?:krøllalfa|alfakrøll){_SP}){_SP}?"
    rf"[\w-]{{1,63}}(?:(?:\.|{_SP}(?:punktum|dot|punkt){_SP})[\w-]{{1,63}}){{1,8}}",
    _I,
)
_LINK = re.compile(
    r"(?:https?://|tg://|www\.)[^\s<>«»]{1,4096}"
    r"|(?<![\w.])(?:t|telegram|wa|m|fb)\.me/[^\s<>«»]{1,300}"
    r"|(?<![\w.])(?:facebook|instagram|linkedin|twitter|x|tiktok|snapchat|youtube|fb|vk)\.com/[^\s<>«»]{1,300}",
    _I,
)
_HANDLE = re.compile(r"(?<![\w@/])@[A-Za-zÆØÅæøå_][\wæøåÆØÅ.]{1,31}(?<!\.)")
_SNAP = re.compile(
    rf"\b((?:snap(?:chat)?|insta(?:gram)?|telegram|tg|twitter|tiktok|facebook|messenger|skype|discord|brukernavn(?:et)?|brukarnamn(?:et)?|username)"
    rf"(?:{_SP}(?:min|mi|mitt|er|is|heter|som)){{0,3}}{_SP}?[:=]?{_SP}?)(?=[\w.æøå]{{0,29}}[\d_])([\w.æøå]{{3,32}})",
    _I,
)

_DATE = r"\d{1,2}\.(?:[ ]?\d{1,2}\.)[ ]?(?:19|20)\d{2}(?!\d)"
# A run of digits with what people put between them. What is in it decides `_digits`.
_DIGITS = re.compile(
    rf"(?<![\d,.])\+?\d(?:(?:[ \u00a0\u202f.\-/–]|{_SP}-{_SP}|\){_SP}?|{_SP}?\()?\d){{6,200}}(?!\d)"
    r"|\d{100,4096}"
)
_MONEY = re.compile(
    rf"{_SP}?(?:kr\b|kroner|krone|nok\b|mill|mrd|milliard|million|tusen|,-|%|prosent|innbygger|person|elev|boliger|kvadrat|m2|km|tonn|velgere|stemmer)",
    _I,
)
_MONEY_BEFORE = re.compile(rf"(?:\bkr|\bkroner|\bnok|€|\$|£){_SP}?\.?{_SP}?$", _I)
_REFERENCE = re.compile(
    r"(?:§|prop\.|innst\.|meld\.|st\.meld|dok\.|art\.|sak|saks(?:nr|nummer)|lov|nr\.|gnr|bnr|iso|en|ns)"
    r"\.?[ ]?(?:nr\.?)?[ ]?$",
    _I,
)
_PHONE_WORD = re.compile(
    r"(?:tlf|telefon|telefonen|telefonnummer|mob|mobil|mobilen|mobilnummer|nummer|nummeret|ring|ringe|ringer|sms|vipps|vippse?|call|phone|number|whatsapp|kontonr|konto|kontonummer|fnr|fødselsnummer|personnummer|pnr|kid)"
    r"(?:[ ](?:meg|min|mi|mitt|er|på|til|nr|me|is|at|on|my)){0,4}[ .:=]{0,3}$",
    _I,
)
_YEARS = re.compile(r"(?:19|20)\d\d")
_PLACE_WORDS = (
    "vei|veien|veg|vegen|gate|gata|gaten|gt|allé|alle|alleen|alléen|plass|plassen|terrasse|"
    "terrassen|bakken|bakke|stien|sti|svingen|sving|lia|li|kroken|krok|haugen|haug|tunet|tun|"
    "ringen|ring|stranda|stranden|bråten|toppen|åsen|ås|løkka|jordet|faret|far|skogen|grenda|"
    "grend|moen|brygge|brygga|torg|torget|platået|kleiva|kollen|kneiken|dalen|sletta|smug|"
    "smuget|hagen|engen|enga|lunden|lund|runden|parken|brinken"
)
_FIRST = r"[A-ZÆØÅÄÖÉÜ][\wæøåäöéüÆØÅÄÖÉÜ'’-]{1,25}"
_STREET = re.compile(
    # Drammensveien 12 B, storgata 4; not a public road's number: fylkesvei 163, riksvei 4
    rf"\b(?:(?:nedre|øvre|gamle|gml\.|nordre|søndre|østre|vestre|store|lille|Nedre|Øvre|Gamle|Gml\.|Nordre|Søndre|Østre|Vestre|Store|Lille){_SP})?"
    rf"(?!(?:riks|fylkes|europa|stam|motor|kommune|privat|skole|gang|sykkel|hoved|skog|bil|jern|adkomst|tur|bærums)(?:vei|veg))"
    rf"[A-Za-zÆØÅæøåéüö'’.-]{{2,25}}(?:vei|veien|veg|vegen|gate|gata|gaten|allé|alleen|alléen|plass|plassen|terrasse|terrassen|svingen|kroken|tunet|ringen|bråten|løkka|faret|stien|bakken|haugen|kleiva|kollen|åsen|lia|toppen|jordet|grenda|smauet|smuget|brygge|brygga|torget|torg|hagen|lunden|dalen|sletta|skogen|moen|stranda|stranden)"
    rf"(?:{_SP}(?:nr\.?{_SP}?)?\d{{1,3}}(?:{_SP}?[A-Ha-h]\b)?)(?![\w])(?![\d.,]\d|{_SP}?(?:%|prosent|kr|millioner|mill|år|barn|elever|plasser|boliger|meter|km))"
    # Ole Reistads vei 3, Karl Johans gate 5
    rf"|\b{_FIRST}(?:{_SP}{_FIRST}){{0,3}}{_SP}(?i:{_PLACE_WORDS}){_SP}(?:nr\.?{_SP}?)?\d{{1,3}}(?:{_SP}?[A-Ha-h]\b)?(?!\w)(?![\d.,]\d|{_SP}?(?:%|prosent|kr|millioner|år|barn|elever|plasser))"
    rf"|\b(?i:ole|karl|johan|kong|dronning|haakon|olav|gamle|nedre|øvre|store|lille|nordre|søndre|østre|vestre)[a-zæøå]{{0,8}}(?:{_SP}[a-zæøå]{{2,15}}){{0,2}}{_SP}(?:vei|veien|veg|vegen|gate|gata|gt|plass|allé|alle|terrasse){_SP}\d{{1,3}}(?:{_SP}?[A-Ha-h]\b)?(?!\w)"
)
_AT_HOME = re.compile(
    # bor i Solbakken 14, adressen min er Bleiker 3
    rf"\b((?:(?:bor|bur|budde|bodde|flyttet|leier|live|living)(?:{_SP}(?:i|på|ved|in|at|oppe|nede|til|her)){{1,2}}|(?:adresse|adressen|adressa|address)(?:{_SP}(?:min|mi|vår|er|is)){{0,3}}:?){_SP})"
    rf"((?:[A-Za-zÆØÅæøåéüö'’-]{{3,25}}{_SP}){{1,3}}\d{{1,3}}(?:{_SP}?[A-Ha-h]\b)?)(?![\w])(?![\d.,:]\d|{_SP}?(?:år|etasje|etg|km|meter|min|mil|roms|rom|barn|uker|måneder|mnd|prosent|%|-))",
    _I,
)
_POSTAL = re.compile(
    rf"(?<![\d.,§])(?!(?:19|20)\d\d)\d{{4}}{_SP}(?:[A-ZÆØÅ][a-zæøå]{{2,20}}|[A-ZÆØÅ]{{3,20}})(?:{_SP}(?:i|på){_SP}[A-ZÆØÅ][a-zæøå]{{2,15}})?\b"
)
_AFTER_ADDRESS = re.compile(
    rf"(\[adresse\]),?{_SP}?(?:i{_SP})?(?:\d{{4}}(?:{_SP}[A-Za-zÆØÅæøå]{{3,20}})?)\b"
)
_ENTRANCE = re.compile(
    rf"(\[adresse\])(?:{_SP}h\d{{4}}\b|,{_SP}?(?:leil\w{{0,8}}|oppgang|inngang|h0\d)(?:{_SP}?\w{{1,6}})?)",
    _I,
)
_CADASTRE = re.compile(
    rf"\bg(?:år)?ds?n(?:umme)?r\.?{_SP}?\d{{1,4}}[ ,/og]{{1,5}}b(?:ruks)?n(?:umme)?r\.?{_SP}?\d{{1,4}}"
    rf"|\bgnr\.?{_SP}?\d{{1,4}}[ ,/]{{1,4}}bnr\.?{_SP}?\d{{1,4}}",
    _I,
)


def redact(text: str) -> str:
    """Return the text with what tells who someone is replaced by what it was.

    >>> redact("Jeg heter Kari Nordmann, ring 912 34 567 om prop. 66 LS og 25 000 000 000 kroner")
    'Jeg heter [navn], ring [nummer] om prop. 66 LS og 25 000 000 000 kroner'
    """
    if len(text) < 3:
        return text
    text = _MAIL.sub(MAIL, text)
    text = _LINK.sub(ADDRESS, text)
    text = _HANDLE.sub(NAME, text)
    text = _SNAP.sub(lambda found: found[1] + NAME, text)
    text = _CADASTRE.sub(ADDRESS, text)
    text = _STREET.sub(ADDRESS, text)
    text = _AT_HOME.sub(_home, text)
    text = _DIGITS.sub(_digits, text)
    text = _POSTAL.sub(_postal, text)
    text = _AFTER_ADDRESS.sub(r"\1", text)
    text = _ENTRANCE.sub(r"\1", text)
    return _names(text)


def redact_evidence(
    evidence: Mapping[str, object], question: str, redacted: str
) -> dict[str, object]:
    """Return the evidence of an answer, without the question's words where some were taken out.

    The words that were searched for are the question's own: a name would come back through them.
    """
    if question == redacted:
        return dict(evidence)
    return {key: value for key, value in evidence.items() if key in _WORDLESS}


_WORDLESS = frozenset(("probability", "topic", "nearest", "reasons", "rule"))


def _digits(found: re.Match[str]) -> str:
    """Decide what a run of digits is by its length and grouping."""
    whole, text = found[0], found.string
    digits = re.sub(r"\D", "", whole)
    groups = re.findall(r"\d+", whole)
    if re.fullmatch(rf"(?:{_DATE}[ \-–]{{0,3}}){{1,4}}", whole) and len(digits) != 13:
        return whole
    if all(_YEARS.fullmatch(group) for group in groups):
        return whole
    before, after = (
        text[max(0, found.start() - 60) : found.start()],
        text[found.end() : found.end() + 16],
    )
    thousands = len(groups) > 1 and len(groups[0]) <= 3 and all(len(g) == 3 for g in groups[1:])
    named = bool(_PHONE_WORD.search(before))
    money = bool(_MONEY.match(after) or _MONEY_BEFORE.search(before))
    if money and not named:
        return whole
    if thousands and not named and (len(digits) < 8 or digits.endswith("000")):
        return whole
    if len(digits) >= 11:
        return _dated(whole)
    if whole.startswith("+") or digits.startswith("00"):
        return NUMBER
    if _REFERENCE.search(before):
        return whole
    shape = tuple(len(group) for group in groups)
    if len(digits) == 8 and digits[0] in "23456789" and shape in _PHONES:
        return NUMBER
    if len(digits) == 10 and digits.startswith("47"):
        return NUMBER
    if named and len(digits) >= 7:
        return NUMBER
    return whole


_PHONES = frozenset(
    [(8,), (3, 2, 3), (2, 2, 2, 2), (4, 4), (2, 3, 3), (3, 3, 2), (2, 6), (3, 5), (2, 2, 4)]
)


def _dated(whole: str) -> str:
    # A date range stays: «1.1.2024-31.12.2027».
    return whole if re.fullmatch(rf"{_DATE}{_SP}?[-–]{_SP}?{_DATE}", whole) else NUMBER


def _home(found: re.Match[str]) -> str:
    words = found[2].split()
    return found[0] if any(word.lower() in _NOT_HOME for word in words) else found[1] + ADDRESS


_NOT_HOME = frozenset(
    """ei en et den det har hatt var er på i og med om ca cirka kun bare over under etter før innen
    oslo asker bærum lørenskog klasse trinn alder alderen sone ring uke fra år veldig snart minst
    blokk bygd by kommune kommunen nærheten""".split()
)


def _postal(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - 4) : found.start()]
    return found[0] if before.rstrip()[-1:] in {"§", "E"} else ADDRESS


# ---- names

_NAMEWORD = (
    r"[A-ZÆØÅÄÖÉÜŠČŽŁ][a-zæøåäöéüèáíóúñçšćčžłøàâêîôûğışđ'’]{1,24}(?:-[A-ZÆØÅ]?[a-zæøåäöéü]{1,24})?"
)
_ANYWORD = r"[^\W\d_]{2,25}(?:[-'’][^\W\d_]{1,25})?\.?"
_SELF = re.compile(
    rf"\b((?:(?:jeg|eg|æ|e|jæ|ej|ho|hun|han|hen|som|og|vi|de|dei){_SP}?(?:heter|heiter|hete|heite|hette|het|hetter|kalles|blir{_SP}kalt)"
    rf"|navnet(?:{_SP}mitt)?{_SP}er|navn:|namn:|namnet(?:{_SP}mitt)?{_SP}er|mitt{_SP}(?:fulle{_SP})?navn{_SP}er|mitt{_SP}namn{_SP}er|mi{_SP}navn{_SP}er|namnet{_SP}hans{_SP}er|navnet{_SP}(?:hans|hennes){_SP}er"
    rf"|my{_SP}(?:full{_SP})?name{_SP}is|my{_SP}name[’']s|(?:i[’']?m|i{_SP}am){_SP}called|kall{_SP}meg|call{_SP}me|hilsen{_SP}fra|hilsing{_SP}frå|underskrevet|signert|undertegnede,?|undertegna,?|heter)"
    rf":?{_SP})((?:{_ANYWORD}{_SP}?){{1,4}})",
    _I,
)
_SIGNED = re.compile(
    rf"((?:\b(?:mvh|m\.v\.h\.|vh|v\.h\.|hilsen|hilsning|helsing|helsning|regards|beste{_SP}hilsen|sincerely"
    rf"|klem|yours|takk{_SP}på{_SP}forhånd))(?:{_SP}fra|{_SP}frå)?[ ,.:!\n–-]{{1,4}})"
    rf"((?:(?:{_ANYWORD}|[A-ZÆØÅ]\.){_SP}?){{1,4}})(?=[\s.,!?)(0-9\[/]|$)",
    _I,
)
_KIN = (
    "mor|mora|moren|moder|mamma|mammaen|mammaa|far|faren|pappa|pappaen|sønn|sønnen|son|sonen|datter|datteren|dattera|dotter|dottera|bror|broren|søster|søsteren|søstera|syster|systera|"
    "mann|mannen|kone|kona|konen|ektemann|ektemannen|ektefelle|ektefellen|samboer|samboeren|sambuar|sambuaren|kjæreste|kjæresten|kjærast|kjærasten|bestemor|bestemora|bestemoren|bestefar|bestefaren|"
    "besteforeldre|mormor|morfar|farmor|farfar|tante|tanta|tanten|onkel|onkelen|nevø|nevøen|niese|niesen|fetter|fetteren|kusine|kusina|kusinen|svigermor|svigerfar|svoger|svigerinne|barnebarn|barnebarnet|"
    "nabo|naboen|naboene|nabogutten|nabojenta|venn|vennen|venninne|venninna|venninnen|kamerat|kameraten|kompis|kompisen|kollega|kollegaen|kollegaer|sjef|sjefen|leder|lederen|lege|legen|fastlege|fastlegen|"
    "lærer|læreren|kontaktlærer|kontaktlæreren|rektor|rektoren|saksbehandler|saksbehandleren|styrer|styreren|utleier|utleieren|huseier|huseieren|pasient|pasienten|bruker|brukeren|elev|eleven|gutten|jenta|ungen|barnet|"
    "mother|father|mum|mom|dad|son|daughter|brother|sister|husband|wife|neighbour|neighbor|friend|boss|teacher|doctor|grandmother|grandfather|grandma|grandpa|boyfriend|girlfriend"
)
_OWN = r"min|mi|mitt|mine|vår|vårt|våre|min|hans|hennes|hennar|deres|my|our|his|her"
_RELATED = re.compile(
    rf"\b((?:(?:{_OWN}){_SP}(?:(?:kjære|gamle|eldste|yngste|lille|eldre|demente|syke|nye|gode|avdøde|old|younger|older|best){_SP})?(?:{_KIN})|(?:{_KIN}){_SP}(?:{_OWN})|(?:fastlege|kontaktlærer|saksbehandler|rektor|lærer|nabo|læreren|naboen|fastlegen|rektoren|sjefen|tante|onkel|doktor|dr\.|fru|frøken|herr|hr\.|mr\.|mrs\.|ms\.))"
    rf",?(?:{_SP}(?:som{_SP})?(?:heter|heiter|hette|het)|{_SP}(?:is{_SP})?(?:called|named))?{_SP}(?:dr\.?{_SP})?)"
    rf"((?i:{_ANYWORD})(?:{_SP}(?-i:{_NAMEWORD})){{0,3}})",
    _I,
)
_PAIR = re.compile(
    rf"\b({_NAMEWORD})((?:{_SP}(?:[A-ZÆØÅ]\.|(?:von|van|de|al|el|bin|af|av){_SP}(?=[A-ZÆØÅ])|{_NAMEWORD})){{1,3}})"
)
_LOWER = re.compile(r"\b[a-zæøå]{2,15}\b")
_LOWER_AFTER = re.compile(r"(?: [a-zæøå]{2,15}\b){1,2}")
_ALSO = re.compile(rf"(\[navn\](?:,|{_SP}og|{_SP}&|{_SP}and){_SP})({_NAMEWORD})")
_KIN_NAME = re.compile(
    rf"\b((?:{_KIN}|elev|ungen|baby){_SP})({_NAMEWORD})((?:{_SP}{_NAMEWORD}){{0,2}})", _I
)
_SURNAME = re.compile(
    r"(?:sen|son|sson|berg|dahl|dal|stad|sæther|sether|moen|haug|bakke|bakken|lund|lie|hagen|nes|vik|strand|rud|nordmann|eide|ås|land|gaard|gård|heim|hus|holm|holt|ng|khan|ali|ahmed|singh|hussain|nguyen|tran|mohamed|hassan|kowalski|nowak|ski)$"
)
_PRESENT = re.compile(
    rf"(\b(?:jeg{_SP}er|eg{_SP}er|dette{_SP}er|det{_SP}er|her{_SP}er|detta{_SP}er|this{_SP}is|i{_SP}am|i[’']m|(?:hei|hi|hallo),?{_SP}(?!(?:jeg|eg|æ|i|det|dette|my|vi|her){_SP})|ifølge|spør{_SP}etter|snakket{_SP}med|snakka{_SP}med|møtte|kjenner|med|av|til|for|fra|om|på|hos){_SP}?)"
    rf"({_ANYWORD})(?=(?:{_SP}(?:her|som|fra|frå|i|på|og|at|som|from|here|spør|lurer))?(?:[\s.,!?]|$))",
    _I,
)


@lru_cache(maxsize=1)
def _given() -> frozenset[str]:
    """Return common given names in Norway, lower case."""
    text = files("bot.privacy").joinpath("given_names.txt").read_text(encoding="utf-8")
    return frozenset(
        word for line in text.splitlines() if not line.startswith("#") for word in line.split()
    )


# Given names that are ordinary words as well: alone they say nothing.
_WORDS_TOO = frozenset(
    """per dag even bo stein odd liv tor jo rose bjørn sol eli vår idun storm mai may april june bror
    rolf frode else ask mia ola kim robin fredrik arne bård are mars vilde tone stian mona my ea lin
    elin una tom love ulv falk bjarne sara mina alma kai""".split()
)
_NOT_NAMES = frozenset(
    """jeg eg er og i på fra frå til for med om at som har vil skal kan hva kva hvor kor hvordan korleis
    når hvorfor kvifor men så da nå no her der ikke ikkje et en ei den det de dei dere dykk vi du han hun
    ho hen seg meg deg oss bor bur går gjekk jobber jobbar lurer lurar spør ønsker ønskjer trenger treng
    mener meiner sier seier får fikk fekk ble blei blir var vært må bør også eller enn av mot mer meir
    bare veldig ganske alt alle noe noko noen ingen annet samme vår vårt våre min mi mitt mine sin sitt
    kommune kommunen kommuna partiet parti ap arbeiderpartiet høyre venstre frp sv rødt krf mdg sp takk
    hei hallo god dag morgen kveld hilsen mvh alltid aldri ofte snart igjen fortsatt gammel ung ny nye
    syk frisk dement ufør arbeidsledig student pensjonist lærer sykepleier mor far bestemor bestefar
    enke enkemann alene aleine gift skilt singel singelt født fødd noen slik sånn egentlig faktisk sosialt
    veien skolen barnehagen bussen toget sykehjem sykehjemmet sykehuset legen asker bærum lørenskog oslo
    norge noreg viken akershus sandvika fornebu bekkestua rykkinn kolbotn follo drammen lillestrøm nav sfo
    the and is am are was from in at of to a an my name want have has need would like what how why when
    will can do does been years old live living not just very really here there i you she he they we
    moren faren sønnen datteren kona mannen barna ungene på som gikk døde dør bruker brukte venter ventet
    vente kjører sitter står ligger sover drikker snakker forteller sa sier fortalte tror tenker hater
    elsker liker leser ser så hørte hører får prøver prøvde klarer slet sliter bodde budde flytter flyttet
    flytta jobbet hadde hadd måtte kunne skulle ville burde fastlege psykolog plass hjelp tilbud søkt
    søker søkte begynner begynte starter startet ferdig tilbake hjem hjemme ute inne opp ned
    snakket""".split()
)
_PUBLIC = frozenset(
    # Who stands for office or has held it: their names are what the question is about.
    """jonas gahr støre|jonas støre|gahr støre|erna solberg|jens stoltenberg|sylvi listhaug|trygve slagsvold
    vedum|audun lysbakken|kirsti bergstø|marie sneve martinussen|guri melby|arild hermstad|dag inge ulstein
    |olaug bollestad|kjell ingolf ropstad|bjørnar moxnes|siv jensen|carl hagen|gro harlem brundtland
    |lisbeth hammer krog|lene conradi|ragnhild bergheim|raymond johansen|einar gerhardsen|donald trump
    |joe biden|vladimir putin|tonje brenna|jan christian vestre
    |espen barth eide""".replace("\n", " ").split("|")
)


def _names(text: str) -> str:
    text = _SELF.sub(_after_phrase, text)
    text = _SIGNED.sub(_after_phrase, text)
    text = _RELATED.sub(_relative, text)
    text = _KIN_NAME.sub(_kin_name, text)
    text = _PAIR.sub(_pair, text)
    text = _lower_names(text)
    text = _PRESENT.sub(_presented, text)
    text = _ALSO.sub(lambda found: found[1] + NAME if _is_name(found[2]) else found[0], text)
    # «[navn] [navn]», and a surname or initial that was left behind
    return re.sub(rf"\[navn\](?:,?{_SP}\[navn\]){{1,5}}", NAME, text)


def _is_name(word: str) -> bool:
    return word.lower().strip(".'’s") in _given() or word.lower().strip(".") in _given()


def _after_phrase(found: re.Match[str]) -> str:
    """Take the first word after the phrase, and those that go on like a name."""
    kept, rest = found[1], found[2]
    words = re.findall(r"\S+|\s+", rest)
    taken = 0
    for word in words[:7]:
        if word.isspace():
            continue
        bare = word.strip(".,!?'’")
        if bare.lower() in _NOT_NAMES or bare.startswith("[") or taken >= 4:
            break
        capital = bare[:1].isupper()
        if taken and not (capital or _is_name(bare) or _SURNAME.search(bare.lower())):
            break
        if not taken and not (capital or _is_name(bare)) and kept.strip().lower() in _WEAK_PHRASES:
            break
        taken += 1
        if word.endswith(".") and len(bare) > 2:
            break
    if not taken:
        return found[0]
    spent, seen = 0, 0
    for word in words:
        if not word.isspace():
            if seen == taken:
                break
            seen += 1
        spent += len(word)
    name = rest[:spent]
    tail = name[len(name.rstrip(" .,!?\u00a0\u202f")) :]
    return kept + NAME + tail + rest[spent:]


_WEAK_PHRASES = frozenset(
    ("heter", "kall meg", "call me", "hilsen", "hilsen,", "takk på forhånd", "takk på forhånd,",
     "takk på forhånd.", "takk på forhånd!", "klem", "signert", "som heter", "yours", "og heter")
)  # fmt: skip


def _relative(found: re.Match[str]) -> str:
    first, *others = found[2].split()
    bare = first.strip(".,")
    capital = bool(re.fullmatch(_NAMEWORD, bare))
    if bare.lower() in _NOT_NAMES or not (capital or _is_name(bare)):
        return found[0]
    named = re.search(r"(?:heter|heiter|het|hette)\s$", found[1])
    if not capital and bare.lower() in _WORDS_TOO and not named:
        return found[0]
    names = [first, *others]
    for i, word in enumerate(others, 1):
        if word.lower() in _NOT_NAMES:
            names = names[:i]
            break
    length = found[2].find(names[-1], sum(len(n) + 1 for n in names[:-1]) - 1) + len(names[-1])
    return found[1] + NAME + found[2][length:]


def _kin_name(found: re.Match[str]) -> str:
    """«pappa Reidar»: a given name with a capital, nothing else."""
    name = found[2]
    if not name[:1].isupper() or not _is_name(name):
        return found[0]
    return found[1] + NAME + ("" if found[3][1:2].isupper() else found[3])


def _pair(found: re.Match[str]) -> str:
    """A given name and what follows with a capital: «Kari Nordmann», not «Per Oktober»."""
    first, rest = found[1], found[2]
    whole = found[0]
    if whole.lower() in _PUBLIC:
        return whole
    words = whole.split()
    if not _is_name(first):
        # «Spør Kari Nordmann»: the first word may be a sentence's
        if len(words) > 2 and _is_name(words[1]) and words[1].lower() not in _WORDS_TOO:
            if " ".join(words[1:]).lower() in _PUBLIC:
                return whole
            opens = found.string[: found.start()].rstrip()[-1:] in {"", ".", "!", "?", ":", "\n"}
            return f"{first} {NAME}" if opens else NAME
        return whole
    if rest.split()[0].lower().strip(".") in _NOT_NAMES:
        return whole
    return NAME


def _lower_names(text: str) -> str:
    """«kari nordmann»: only a given name that is no other word, before what ends like a surname."""
    out, at = [], 0
    for found in _LOWER.finditer(text):
        first = found[0]
        if found.start() < at or first not in _given() or first in _WORDS_TOO | _NOT_NAMES:
            continue
        after = _LOWER_AFTER.match(text, found.end())
        rest = after[0].split() if after else []
        for count in (2, 1):
            if (
                len(rest) >= count
                and _SURNAME.search(rest[count - 1])
                and rest[count - 1] not in _NOT_NAMES
                and " ".join((first, *rest[:count])) not in _PUBLIC
            ):
                out += [text[at : found.start()], NAME]
                at = found.end() + sum(len(word) + 1 for word in rest[:count])
                break
    return "".join(out) + text[at:]


def _presented(found: re.Match[str]) -> str:
    word = found[2].strip(".")
    firm = found[1].strip().lower() in _FIRM or found.string[found.end() :].startswith(" her")
    if word.lower() in _NOT_NAMES or not _is_name(word):
        return found[0]
    if word.lower() in _WORDS_TOO and not (firm and word[:1].isupper()):
        return found[0]
    if not word[:1].isupper() and found[1].strip().lower() not in _FIRM:
        return found[0]
    return found[1] + NAME + found[2][len(word) :]


_FIRM = frozenset(("jeg er", "eg er", "dette er", "this is", "i am", "i'm", "i’m", "her er"))
