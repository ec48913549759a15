"""Who and where a question is about: municipalities of Norway, and parties."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from rapidfuzz.distance import OSA

from retrieval import words

# The 357 municipalities of Norway, for telling a voter that theirs is not here.
_MUNICIPALITIES = """
Agdenes Alstahaug Alta Alver Alvdal Andøy Aremark Arendal Asker Askvoll Askøy Aukra Aure Aurland
Aurskog-Høland Austevoll Austrheim Averøy Balsfjord Bamble Bardu Beiarn Bergen Berlevåg Bindal Birkenes
Bjerkreim Bjørnafjorden Bodø Bokn Bremanger Brønnøy Bygland Bykle Bærum Bømlo Båtsfjord Drammen Drangedal
Dyrøy Dønna Eidfjord Eidskog Eidsvoll Eigersund Elverum Enebakk Engerdal Etne Etnedal Evenes
Evje-og-Hornnes Farsund Fauske Fedje Fitjar Fjaler Fjord Flakstad Flatanger Flekkefjord Flesberg Flå
Folldal Fredrikstad Frogn Froland Frosta Frøya Fyresdal Færder Gamvik Gausdal Gildeskål Giske Gjemnes
Gjerdrum Gjerstad Gjesdal Gjøvik Gloppen Gol Gran Grane Gratangen Grimstad Grong Grue Gulen Hadsel Halden
Hamar Hamarøy Hammerfest Hareid Harstad Hasvik Hattfjelldal Haugesund Heim Hemnes Hemsedal Herøy Hitra
Hjartdal Hjelmeland Hol Hole Holmestrand Holtålen Horten Hurdal Hustadvika Hvaler Hyllestad Hægebostad
Høyanger Høylandet Hå Ibestad Inderøy Indre-Fosen Indre-Østfold Iveland Jevnaker Karasjok Karlsøy Karmøy
Kautokeino Kinn Klepp Kongsberg Kongsvinger Kragerø Kristiansand Kristiansund Krødsherad Kvam Kvinesdal
Kvinnherad Kviteseid Kvitsøy Kvæfjord Kvænangen Kåfjord Larvik Lavangen Lebesby Leirfjord Leka Lesja
Levanger Lier Lierne Lillehammer Lillesand Lillestrøm Lindesnes Lom Loppa Lund Lunner Lurøy Luster
Lyngdal Lyngen Lærdal Lødingen Lørenskog Løten Malvik Marker Masfjorden Masøy Meløy Meråker Midt-Telemark
Midtre-Gauldal Modalen Modum Molde Moskenes Moss Målselv Måsøy Namsos Namsskogan Nannestad Narvik Nes
Nesbyen Nesna Nesodden Nesseby Nissedal Nittedal Nome Nord-Aurdal Nord-Fron Nord-Odal Nordkapp Nordre-Follo
Nordre-Land Nordreisa Nore-og-Uvdal Notodden Nærøysund Oppdal Orkland Os Osen Oslo Osterøy Overhalla
Porsanger Porsgrunn Rakkestad Rana Randaberg Rauma Rendalen Rennebu Rindal Ringebu Ringerike Ringsaker
Risør Rollag Rælingen Rødøy Røros Røst Røyrvik Råde Salangen Saltdal Samnanger Sande Sandefjord Sandnes
Sarpsborg Sauda Sel Selbu Seljord Senja Sigdal Siljan Sirdal Skaun Skien Skiptvet Skjervøy Skjåk Smøla
Snåsa Sogndal Sokndal Sola Solund Sortland Stad Stange Stavanger Steigen Steinkjer Stjørdal Stord Stor-Elvdal
Storfjord Strand Stranda Stryn Sula Suldal Sunndal Sunnfjord Surnadal Sveio Sykkylven Sømna Søndre-Land
Sør-Aurdal Sør-Fron Sør-Odal Sør-Varanger Sørfold Sørreisa Tana Time Tingvoll Tinn Tjeldsund Tokke Tolga
Tromsø Trondheim Trysil Træna Tvedestrand Tydal Tynset Tysnes Tysvær Tønsberg Ullensaker Ullensvang Ulstein
Ulvik Utsira Vadsø Vaksdal Valle Vang Vanylven Vardø Vefsn Vega Vegårshei Vennesla Verdal Vestby Vestnes
Vestre-Slidre Vestre-Toten Vestvågøy Vevelstad Vik Vindafjord Vinje Volda Voss Vågan Vågå Våler Værøy
Åfjord Ål Ålesund Åmli Åmot Årdal Ås Åseral Åsnes Øksnes Ørland Ørsta Østre-Toten Øvre-Eiker Øyer Øygarden
Øystre-Slidre
""".split()
# Names that are also ordinary words: only after «i» or before «kommune», «Ap» do they name a place.
_AMBIGUOUS = frozenset(
    "os ås hol ål flå lund vang sel tana nes rana hå time gran vik voss lom hole sande strand stranda "
    "stad fjord sula sola leka bokn heim kinn valle våler marker etne grane grue gol lier moss nome "
    "senja rauma alta kvam tinn tokke ulvik vega vinje sauda stord stange skaun skien stryn farsund "
    "halden hamar horten molde larvik float giske hareid luster lund rindal selbu snåsa tolga".split()
)
_WORK_VERBS = frozenset(
    "jobb jobber jobba arbeid arbeider pendler pendle studerer reise reiser buss tog toget bussen bane "
    "tbane t-bane flyttet flytta kjører kjøre bodde kommer fra til mot inn work working commute".split()
)
_PARTIES = {
    "høyre": "Høyre", "høgre": "Høyre", "h": "Høyre", "frp": "Fremskrittspartiet",
    "fremskrittspartiet": "Fremskrittspartiet", "framstegspartiet": "Fremskrittspartiet",
    "sv": "Sosialistisk Venstreparti", "sosialistisk": "Sosialistisk Venstreparti",
    "venstre": "Venstre", "sp": "Senterpartiet", "senterpartiet": "Senterpartiet", "rødt": "Rødt",
    "raudt": "Rødt", "mdg": "Miljøpartiet De Grønne", "miljøpartiet": "Miljøpartiet De Grønne",
    "krf": "Kristelig Folkeparti", "kristelig folkeparti": "Kristelig Folkeparti", "inp": "INP",
    "pensjonistpartiet": "Pensjonistpartiet", "konservative": "Konservativt",
    "industripartiet": "INP", "demokratene": "Norgesdemokratene", "norgesdemokratene": "Norgesdemokratene",
    "fnb": "Folkets parti", "generasjonspartiet": "Generasjonspartiet", "sentrumspartiet": "Partiet Sentrum",
}  # fmt: skip
_OWN_PARTY = re.compile(r"(?:ap|arbeiderparti(?:et|ets)?|arbeidarparti(?:et)?|labou?r)$")
_PARTY_VERB = frozenset(
    "mener meiner vil skal sier gjør ønsker lover lova foreslår stemmer om".split()
)
_KINDS = frozenset("kommune kommunen ap arbeiderparti arbeiderpartiet arbeidarparti".split())


class Places:
    """Recognises the corpus' own municipalities, other ones, and parties in a question's words."""

    def __init__(self, own: Iterable[str]) -> None:
        self.own = tuple(own)
        self._own = {words.fold(name.lower()): name for name in self.own}
        # Both spellings of a folded name («lorenskog», «loerenskog») are one after folding.
        self._other = {
            words.fold(name.lower().replace("-", "")): name
            for name in _MUNICIPALITIES
            if words.fold(name.lower()) not in self._own
        }

    def own_municipality(self, word: str) -> str | None:
        """Return the municipality of the corpus that the word names, also in the genitive and misspelt.

        lørenskogs, lorenskog, lørenskåg -> Lørenskog
        """
        folded = words.fold(word.lower().strip("-"))
        for form in (folded, folded.removesuffix("s")):
            if form in self._own:
                return self._own[form]
        # One slip, and only in what is no word of its own: «raske» and «aske» are not Asker.
        if len(folded) >= 5 and not words.is_known(word.lower()) and words.zipf(word.lower()) < 3:
            for name, proper in self._own.items():
                if len(name) >= 5 and OSA.distance(folded, name, score_cutoff=1) <= 1:
                    return proper
        return None

    def other_municipality(self, tokens: list[str], i: int, raw: str) -> str | None:
        """Return the municipality without a programme here that token ``i`` asks about."""
        word, size, name = tokens[i], 1, None
        for size in (3, 2, 1):  # «Evje og Hornnes», «Nordre Follo», «Oslo»
            joined = "".join(tokens[i : i + size]).replace("-", "")
            for form in (joined, joined.removesuffix("s")):
                name = name or self._other.get(words.fold(form))
            if name:
                break
        if name is None or len(word) < 2:
            return None
        before = tokens[i - 1] if i else ""
        after = tokens[i + size] if i + size < len(tokens) else ""
        everyday = word in _AMBIGUOUS or len(word) <= 3
        if (
            before in ("og", "eller", "and")
            and i >= 2
            and words.fold(tokens[i - 2]) in self._other
            and (not everyday or raw[:1].isupper())  # «gå på ås og flå»
        ):
            return name
        if after in _KINDS:
            return name
        # Folding makes «hæ» and «Hå» alike; short and everyday names need «i» and a capital letter.
        if everyday and not (before == "i" and raw[:1].isupper()):
            return None
        if before in _WORK_VERBS or (set(tokens[max(0, i - 4) : i]) & _WORK_VERBS):
            return None
        about = ("i", "in", "for", "mener", "vil", "om", "med", "hva", "kva")
        return name if before in about or i == 0 else None

    def other_party(self, tokens: list[str], raw: list[str], i: int) -> str | None:
        """Return the other party that token ``i`` names, or None.

        «høyre» and «venstre» are also directions, and «rødt» a colour: these count with a capital
        letter or before «mener», «vil».
        """
        word = tokens[i]
        pair = f"{word} {tokens[i + 1]}" if i + 1 < len(tokens) else word
        party = _PARTIES.get(pair) or _PARTIES.get(
            word.removesuffix("s") if len(word) > 4 else word
        )
        if party is None:
            return None
        after = tokens[i + 1] if i + 1 < len(tokens) else ""
        before = tokens[i - 1] if i else ""
        if word in (
            "høyre",
            "høgre",
            "venstre",
            "rødt",
            "raudt",
            "h",
            "sp",
            "konservative",
            "demokratene",
        ):
            if after in _PARTY_VERB or before in (
                "mener",
                "meiner",
                "vil",
                "stemme",
                "med",
                "hvorfor",
            ):
                return party
            if (
                word != "h"
                and raw[i][:1].isupper()
                and i > 0
                and before not in ("til", "mot", "fra")
            ):
                return party
            return None
        return party


@cache
def is_own_party(word: str) -> bool:
    """Tell whether a lower-case word names the bot's own party: ap, arbeiderpartiets."""
    return bool(_OWN_PARTY.match(word.removesuffix("s") if len(word) > 4 else word))
