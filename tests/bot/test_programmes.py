"""`loftebot programmes`, from a file a party sends to what a voter may be shown."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from retrieval.corpus import read_corpus
from tests.conftest import copy_corpus, write_config

documents = pytest.importorskip(
    "tests.retrieval.readers.documents", reason="python-docx, reportlab"
)
Piece = documents.Piece
PIECES = [
    Piece("heading", "Program for Årnes", 1),
    Piece("heading", "Skole", 2),
    Piece(
        "text", "Skolen er viktig. Årnes Arbeiderparti vil at alle elever skal få et varmt måltid."
    ),
    Piece("text", "Årnes Arbeiderparti vil:"),
    Piece("bullet", "bygge tre nye skoler"),
    Piece("bullet", "ansette flere lærere i hele kommunen"),
    Piece("heading", "Helse", 2),
    Piece("text", "Årnes Arbeiderparti vil:"),
    *[Piece("bullet", f"ansette {n} nye leger på legevakta") for n in range(2, 6)],
]
WHERE = ("--party", "Årnes Arbeiderparti", "-m", "Årnes", "--period", "2027-2031")
NAME = "arnes-2027-program-for-arnes"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy_corpus(tmp_path / "seeds")
    monkeypatch.setenv("LOFTEBOT_SEEDS", str(tmp_path / "seeds"))
    write_config(tmp_path)
    return tmp_path


@pytest.fixture
def run(house: Path):
    def go(*arguments: str, answer: str = "") -> Result:
        return CliRunner().invoke(
            cli, ["--config", str(house / "config.toml"), "programmes", *arguments], input=answer
        )

    return go


@pytest.fixture
def received(tmp_path: Path) -> Path:
    path = tmp_path / "Program (endelig).pdf"
    path.write_bytes(documents.pdf(PIECES, foot=True))
    return path


def state(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


def test_a_pdf_is_shown_asked_about_and_added(run, house: Path, received: Path) -> None:
    manifest = house / "seeds" / "programmes.toml"
    before = manifest.read_text("utf-8")
    done = run("add", str(received), *WHERE, answer="y\n")
    assert done.exit_code == 0, done.output
    for words in (
        "Program for Årnes › Skole", "7 løfter under 2 overskrifter, alle ordrette",
        "setning som ikke lover noe", "Skolen er viktig.", "7 av 7 løfter har ingen eksempelspørsmål",
        "Legge til", "/reload",
    ):  # fmt: skip
        assert words in done.output, words
    after = manifest.read_text("utf-8")
    assert after.startswith(before.rstrip("\n")), "order and comments are kept"
    corpus = read_corpus(house / "seeds")
    [programme] = [p for p in corpus.programmes if p.municipality == "Årnes"]
    assert (programme.file, programme.received) == (f"{NAME}.txt", f"{NAME}.pdf")
    assert (programme.period, programme.title) == ("2027-2031", "Program for Årnes")
    assert (house / "seeds" / f"{NAME}.pdf").read_bytes() == received.read_bytes()
    assert 'received_as = "Program (endelig).pdf"' in after
    assert sum(p.programme is programme for p in corpus.pledges) == 7


def test_no_leaves_all_as_it_was(run, house: Path, received: Path) -> None:
    before = state(house / "seeds")
    done = run("add", str(received), *WHERE, answer="n\n")
    assert done.exit_code == 1
    assert "Ingenting er endret." in done.output
    assert state(house / "seeds") == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--party", "X", "-m", "Årnes", "--period", "2027"), 'period = "2027"'),
        (("--party", "", "-m", "Årnes", "--period", ""), "mangler «party»"),
        (("--party", "X", "-m", " ", "--period", ""), "mangler «municipality»"),
    ],
)
def test_a_faulty_record_is_refused_before_anything_is_written(
    run, house: Path, received: Path, arguments: tuple[str, ...], says: str
) -> None:
    before = state(house / "seeds")
    done = run("add", str(received), *arguments, "--yes")
    assert done.exit_code == 2
    assert says in done.output
    assert "/loftebot-" not in done.output, "the real folder is named, not the copy"
    assert state(house / "seeds") == before


def test_a_broken_file_is_one_line_and_changes_nothing(run, house: Path, tmp_path: Path) -> None:
    before = state(house / "seeds")
    path = tmp_path / "x.pdf"
    path.write_bytes(b"%PDF-1.7 tull")
    done = run("add", str(path), *WHERE, "--yes")
    assert done.exit_code == 1
    assert done.output.strip().count("\n") == 0
    assert "er skadet eller avkortet" in done.output
    assert state(house / "seeds") == before


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a\\b", ".skjult"])
def test_a_name_cannot_leave_the_folder(run, house: Path, received: Path, name: str) -> None:
    done = run("add", str(received), *WHERE, "--yes", "--name", name, "--no-encoder")
    assert done.exit_code == 0, done.output
    new = set(state(house / "seeds")) - {
        p.name for p in (Path(__file__).parents[2] / "seeds").iterdir()
    }
    assert len(new) == 2
    assert not (house / "etc").exists()


def test_a_taken_name_needs_replace_and_mends_hold(run, house: Path, received: Path) -> None:
    assert run("add", str(received), *WHERE, "--yes").exit_code == 0
    again = run("add", str(received), *WHERE, "--yes")
    assert (again.exit_code, "finnes fra før" in again.output) == (2, True)
    mends = house / "seeds" / f"{NAME}.mend.toml"
    mends.write_text('[[drop]]\nquote = "ansette 2 nye"\nwhy = "Trykkfeil."\n', encoding="utf-8")
    received.write_bytes(documents.word([*PIECES, Piece("bullet", "ansette 9 nye sykepleiere")]))
    word = received.rename(received.with_suffix(".docx"))
    done = run("add", str(word), *WHERE, "--yes", "--replace")
    assert done.exit_code == 0, done.output
    assert "1 rettelser" in done.output
    quotes = [p.quote for p in read_corpus(house / "seeds").pledges if p.municipality == "Årnes"]
    assert "ansette 9 nye sykepleiere" in quotes
    assert not any(q.startswith("ansette 2 nye") for q in quotes)


def test_show_list_and_remove(run, house: Path, received: Path) -> None:
    before = state(house / "seeds")
    assert run("add", str(received), *WHERE, "--yes").exit_code == 0
    shown = run("show", f"{NAME}.txt")
    assert "bygge tre nye skoler" in shown.output
    assert "kommende" in run("list").output
    assert run("show", "borte.txt").exit_code == 2
    gone = run("remove", f"{NAME}.txt", answer="n\n")
    assert (gone.exit_code, len(state(house / "seeds"))) == (1, len(before) + 2)
    gone = run("remove", f"{NAME}.txt", "--yes")
    assert gone.exit_code == 0, gone.output
    after = state(house / "seeds")
    assert after.keys() == before.keys()
    assert read_corpus(house / "seeds").municipalities == ("Asker", "Bærum", "Lørenskog")


def test_the_last_programme_cannot_be_removed(run, house: Path) -> None:
    files = [p.file for p in read_corpus(house / "seeds").programmes if p.kind == "programme"]
    for file in files[:-1]:
        assert run("remove", file, "--yes").exit_code == 0
    before = state(house / "seeds")
    assert run("remove", files[-1], "--yes").exit_code == 2
    assert state(house / "seeds") == before


def test_diff_of_two_periods(run, house: Path, received: Path) -> None:
    assert run("add", str(received), *WHERE, "--yes").exit_code == 0
    later = [p for p in PIECES if not p.text.startswith("ansette 2")]
    later = [
        Piece(p.kind, p.text.replace("tre nye skoler", "fire nye skoler"), p.level) for p in later
    ]
    path = received.with_name("ny.pdf")
    path.write_bytes(documents.pdf([*later, Piece("bullet", "gi gratis buss til pensjonister")]))
    where = (
        "--party",
        "Årnes Arbeiderparti",
        "-m",
        "Årnes",
        "--period",
        "2031-2035",
        "--name",
        "ny",
    )
    assert run("add", str(path), *where, "--yes").exit_code == 0
    shown = run("diff", f"{NAME}.txt", "ny.txt")
    assert shown.output.startswith("5 uendret, 1 endret, 1 borte, 1 nye")
    for line in ("− [linje", "ansette 2 nye leger", "gratis buss", "fire nye skoler"):
        assert line in shown.output, shown.output


def test_programmes_of_two_periods_are_searched_and_labelled(
    run, house: Path, received: Path
) -> None:
    """Several periods in one index; the year that is configured tells which is over or to come."""
    assert run("add", str(received), *WHERE, "--yes").exit_code == 0
    programmes = {
        p.period for p in read_corpus(house / "seeds").programmes if p.kind == "programme"
    }
    assert {"2019-2023", "2023-2027", "2027-2031"} <= programmes
    listed = run("list").output
    assert "over" in listed and "gjeldende" in listed and "kommende" in listed
