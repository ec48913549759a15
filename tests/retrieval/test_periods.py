"""Which period holds: by the year, or as pinned; one function decides it for every place that shows it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.browsing import Shelf
from bot.cli import cli
from bot.config import ConfigError, Settings, load_settings
from bot.pages import sources
from bot.rendering import period_label
from bot.setup import open_index, options_of
from bot.texts import LANGUAGES, NB
from bot.texts.faults import explain
from retrieval.build import Options, Snapshot, build
from retrieval.corpus import CorpusError, read_corpus
from retrieval.document import Programme, Standing
from retrieval.search import Weights
from tests.conftest import ROOT, write_config, write_programmes

OLD = "Program for bygda\n\nKultur\n\nBygdelista vil:\n• bygge ny svømmehall ved skolen\n"
NEW = "Program for bygda\n\nKultur\n\nBygdelista vil:\n• pusse opp svømmehallen ved skolen\n"
HELD, NEXT = "Bygda 2019-2023", "Bygda 2023-2027"
CURRENT, ENDED, COMING, UNDATED = Standing


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_programmes(
        tmp_path_factory.mktemp("periods"),
        ("Bygda", "2019-2023", OLD),
        ("Bygda", "2023-2027", NEW),
        ("Grenda", "2019-2023", OLD.replace("bygda", "grenda")),
        ("Utkanten", "", NEW.replace("bygda", "utkanten")),
    )


def standings(folder: Path, year: int, *pins: str) -> list[Standing]:
    return [p.standing(year) for p in read_corpus(folder, pins).programmes]


@pytest.mark.parametrize(
    ("year", "pins", "wanted"),
    [
        pytest.param(2026, (), [ENDED, CURRENT, ENDED, UNDATED], id="by the year"),
        pytest.param(2023, (), [CURRENT, CURRENT, CURRENT, UNDATED], id="the year between two"),
        pytest.param(2019, (), [CURRENT, COMING, CURRENT, UNDATED], id="before the second"),
        pytest.param(2026, (HELD,), [CURRENT, COMING, ENDED, UNDATED], id="the former, pinned"),
        pytest.param(2019, (NEXT,), [ENDED, CURRENT, CURRENT, UNDATED], id="the next, pinned"),
        pytest.param(2023, (NEXT,), [ENDED, CURRENT, CURRENT, UNDATED], id="pinned in the year between"),
        pytest.param(2026, (NEXT, "Grenda 2019-2023"), [ENDED, CURRENT, CURRENT, UNDATED], id="two places"),
    ],
)  # fmt: skip
def test_the_year_decides_unless_a_period_is_pinned(
    folder: Path, year: int, pins: tuple[str, ...], wanted: list[Standing]
) -> None:
    assert standings(folder, year, *pins) == wanted


def built(folder: Path, *pins: str) -> Snapshot:
    return build(folder, options=Options(this_year=2026, current_periods=pins, with_examples=False))


def test_the_ranking_the_banner_and_the_sources_follow_the_pin(folder: Path, settings) -> None:
    plain, pinned = built(folder), built(folder, HELD)
    ended = [p.programme.file for p in plain.corpus.pledges if "svømme" in p.quote][0]
    for snapshot, penalised in ((plain, True), (pinned, False)):
        heavy = replace(Weights(), expired=9.0)
        searcher = build(
            folder,
            options=Options(
                this_year=2026, weights=heavy, with_examples=False,
                current_periods=(HELD,) if snapshot is pinned else (),
            ),
        ).searcher  # fmt: skip
        question = searcher.reader.read("bygge ny svømmehall")
        [best] = searcher.search(question, municipalities=("Bygda",), limit=1)
        assert (best.pledge.programme.file != ended) == penalised
        for texts in LANGUAGES.values():
            label = period_label(best.pledge.programme, texts, 2026)
            assert label == best.pledge.period, "what holds has no banner"
    listing = sources(NB, settings, pinned)
    assert NB.period_coming.format(period="2023-2027") in listing
    assert NB.period_coming.format(period="2023-2027") not in sources(NB, settings, plain)


def test_a_pin_makes_another_version(folder: Path) -> None:
    assert (
        built(folder).fingerprint
        != built(folder, HELD).fingerprint
        != built(folder, NEXT).fingerprint
    )
    assert built(folder).fingerprint == read_corpus(folder).fingerprint


@pytest.mark.parametrize(
    ("pins", "words"),
    [
        (("Bygde 2023-2027",), "ingen programmer er fra Bygde"),
        (("Bygda 2027-2031",), "Bygda har ikke noe program for 2027-2031"),
        (("Utkanten 2023-2027",), "Her er: –."),
        ((HELD, NEXT), "Bygda står to ganger"),
    ],
)
def test_a_pin_on_what_is_not_there_is_a_fault(folder: Path, pins, words: str) -> None:
    with pytest.raises(CorpusError) as caught:
        build(folder, options=Options(current_periods=pins))
    line = explain(caught.value)
    assert words in line
    assert "corpus.current_periods" in line
    assert "\n" not in line and "{" not in line


def write(tmp_path: Path, pins: str) -> Path:
    return write_config(tmp_path, current_periods=pins)


@pytest.mark.parametrize(
    "pins",
    ['["2023-2027"]', '["Bærum"]', '["Bærum 2023"]', '["123:ABC"]', '["Bærum 2023–2027"]', '[""]'],
)
def test_another_form_is_refused_without_being_repeated(tmp_path: Path, pins: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(write(tmp_path, pins), {})
    line = explain(caught.value)
    assert "corpus.current_periods" in line and "Bærum 2023-2027" in line
    assert "ABC" not in line


@pytest.mark.parametrize(
    ("pin", "code"), [("Bygda 2019-2023", 0), ("Bygda 2031-2035", 2), ("Bygd 2019-2023", 2)]
)
def test_check_start_and_reload_take_the_settings_pin(
    tmp_path: Path, folder: Path, pin: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOFTEBOT_SEEDS", str(folder))
    config = write(tmp_path, f'["{pin}"]')
    done = CliRunner().invoke(cli, ["--config", str(config), "programmes", "list"])
    assert done.exit_code == code, done.output
    checked = CliRunner().invoke(cli, ["--config", str(config), "check"])
    assert checked.exit_code == code, checked.output
    settings = load_settings(config, {"LOFTEBOT_SEEDS": str(folder)})
    if code:
        assert pin.split()[0] in done.output + checked.output
        with pytest.raises(CorpusError):
            open_index(settings, encoder=False)
    else:
        assert "kommende" in done.output
        snapshot = open_index(settings, encoder=False)
        assert snapshot.corpus.programmes[0].pinned == "2019-2023"
        again = build(settings.seeds, options=Options(current_periods=settings.current_periods))
        assert again.fingerprint == snapshot.fingerprint


def test_a_programme_alone_needs_no_pin() -> None:
    programme = Programme(
        file="a.txt", kind="programme", party="P", municipality="M", period="2027-2031", title="T",
        url="", sha256="",
    )  # fmt: skip
    assert programme.standing(2026) is COMING
    assert replace(programme, pinned="2027-2031").standing(2026) is CURRENT


def test_the_shipped_settings_pin_nothing_and_the_start_hands_pins_on(settings: Settings) -> None:
    assert options_of(settings).current_periods == ()
    pinned = replace(settings, current_periods=("Bærum 2019-2023",))
    assert options_of(pinned).current_periods == ("Bærum 2019-2023",)


def test_browsing_puts_what_is_over_last_unless_it_is_pinned(lexical: Snapshot) -> None:
    pinned = build(
        ROOT / "seeds", options=Options(this_year=2026, current_periods=("Bærum 2019-2023",))
    )
    firsts = []
    for snapshot in (lexical, pinned):
        shelf = Shelf(snapshot, "Bærum", "nb")
        topics = [leaf.id for leaf in snapshot.searcher.topics.leaves if leaf.is_politics]
        lists = [[p.period for p in shelf.on(topic)] for topic in topics]
        mixed = [periods for periods in lists if len(set(periods)) > 1]
        assert mixed, "no topic with pledges of two periods: fix this test"
        firsts.append({periods[0] for periods in mixed})
    assert "2019-2023" not in firsts[0]
    assert "2019-2023" in firsts[1]
