"""What `loftebot programmes` and a reload say to those who run the bot: in Norwegian."""

from __future__ import annotations

# Why something is no pledge, or what was seen in a file; {count} and {where} are added behind.
NOTES = {
    # left out by a reader
    "running_head": "topptekst eller bunntekst",
    "page_number": "sidetall",
    "footnote": "fotnote",
    "footnote_mark": "fotnotetegn inne i teksten",
    "table": "rad i en tabell",
    "rotated": "tekst på høykant",
    "contents": "innholdsfortegnelse",
    "caption": "bildetekst",
    "comment": "merknad i margen",
    "navigation": "meny",
    "page_head": "toppen av nettstedet",
    "page_foot": "bunnen av nettstedet",
    "aside": "ved siden av hovedteksten",
    "form": "skjema",
    "hidden": "skjult på siden",
    "link": "bare en lenke",
    "front_matter": "opplysninger øverst i filen",
    "code": "kode",
    # left out by the extraction
    "prose": "setning som ikke lover noe",
    "bullet": "punkt uten «… vil:» over seg",
    "chrome": "bildetekst eller «les mer»",
    "tail": "skjema under teksten",
    # looks wrong
    "table_left_out": "rad i en tabell som er utelatt",
    "table_read": "rad i en tabell som er lest celle for celle",
    "page_damaged": "siden er skadet og ikke lest",
    "page_is_picture": "siden er bare et bilde",
    "page_unreadable": "siden ser ikke ut som norsk tekst",
}

PLEDGES = "Løfter"
HEADINGS = "Overskrifter"
LEFT_OUT = "Ikke løfter"
WARNINGS = "Se over"
NO_WARNINGS = "ingenting"
NO_HEADING = "(uten overskrift)"
COUNTED = "{count} løfter under {headings} overskrifter, alle ordrette"
FILES = "{received} → {text}"
LINE = "linje {line}"
PAGE = "s. {page}"
WITHOUT_EXAMPLES = "{count} av {total} løfter har ingen eksempelspørsmål ennå"
UNCOVERED = "{count} av {total} emner har ingen løfter i {place}: {names}"
ASK_ADD = "Legge til {file}?"
ASK_REPLACE = "Erstatte {file}?"
ASK_REMOVE = "Fjerne {file} og {others}?"
ADDED = "Lagt til: {file} i {manifest}. Se over, og publiser med /reload."
REMOVED = "Fjernet: {file}."
NOTHING_DONE = "Ingenting er endret."
MORE = "… og {count} til"
MENDED = "{count} rettelser i {file}"
NO_PERIOD = "ikke oppgitt"
OTHER = "ikke et program"
CURRENT, ENDED, COMING, UNDATED = "gjeldende", "over", "kommende", "uten periode"
DIFF = "{kept} uendret, {changed} endret, {gone} borte, {new} nye"
GONE, NEW, CHANGED = "Borte", "Nye", "Endret"
