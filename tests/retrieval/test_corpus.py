"""The corpus folder: what is wrong with it is said by file and line, in one line a person can act on."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from pathlib import Path

import pytest

from bot.texts.faults import FAULTS, explain
from retrieval.corpus import MANIFEST, CorpusError, read_corpus

TEXT = "Skole\n\nVi vil bygge tre nye skoler på Årnes.\n"


def record(content: bytes | str = TEXT, **changes: str) -> str:
    raw = content.encode() if isinstance(content, str) else content
    keys = {
        "file": "program.txt",
        "kind": "programme",
        "party": "Bygda Høyre",
        "municipality": "Bygda",
        "period": "2023-2027",
        "title": "Program",
        "sha256": hashlib.sha256(raw).hexdigest(),
    } | changes
    return "[[programme]]\n" + "".join(f'{k} = "{v}"\n' for k, v in keys.items() if v is not None)


def write(
    folder: Path, manifest: str | bytes | None = None, content: str | bytes | None = TEXT
) -> Path:
    """A corpus folder with one programme."""
    if content is not None:
        (folder / "program.txt").write_bytes(
            content.encode() if isinstance(content, str) else content
        )
    manifest = record(content if content is not None else TEXT) if manifest is None else manifest
    (folder / MANIFEST).write_bytes(manifest.encode() if isinstance(manifest, str) else manifest)
    return folder


def fault_of(folder: Path) -> CorpusError:
    with pytest.raises(CorpusError) as caught:
        read_corpus(folder)
    line = explain(caught.value)
    assert "\n" not in line, "one line"
    assert "{" not in line, "every value is filled in"
    assert caught.value.path.name in line, "the file is named"
    return caught.value


def test_a_sound_folder_is_read(tmp_path):
    corpus = read_corpus(write(tmp_path))
    assert [p.quote for p in corpus.pledges] == ["Vi vil bygge tre nye skoler på Årnes."]
    assert corpus.municipalities == ("Bygda",)


def test_the_seeds_are_sound(corpus):
    assert corpus.municipalities == ("Asker", "Bærum", "Lørenskog")
    assert [p.kind for p in corpus.programmes].count("other") == 1
    assert len(corpus.fingerprint) == 12


# ---- the manifest


def test_a_missing_manifest(tmp_path):
    error = fault_of(tmp_path)
    assert (error.fault, error.line) == ("unreadable", 0)
    assert "kan ikke leses" in explain(error)


def test_a_manifest_that_is_not_utf8_names_the_line(tmp_path):
    error = fault_of(write(tmp_path, b"# topp\n# B\xe6rum\n"))
    assert (error.fault, error.line) == ("not_utf8", 2)


def test_a_manifest_that_is_not_toml_names_the_line(tmp_path):
    error = fault_of(write(tmp_path, record() + "period = 2023-\n"))
    assert error.fault == "not_toml"
    assert error.line == 9


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "# bare en merknad\n",
        "[programme]\nfile = 'a'\n",
        "programme = []\n",
        "programme = ['program.txt']\n",
    ],
)
def test_a_manifest_without_programmes(tmp_path, manifest):
    assert fault_of(write(tmp_path, manifest)).fault == "no_programmes"


@pytest.mark.parametrize(
    ("changes", "fault", "says"),
    [
        pytest.param({"file": None}, "key_missing", "«file»", id="file missing"),
        pytest.param({"kind": None}, "key_missing", "«kind»", id="kind missing"),
        pytest.param({"sha256": None}, "key_missing", "«sha256»", id="sha256 missing"),
        pytest.param({"sha256": ""}, "key_missing", "«sha256»", id="sha256 empty"),
        pytest.param({"party": None}, "key_missing", "«party»", id="party missing"),
        pytest.param(
            {"municipality": ""}, "key_missing", "«municipality»", id="municipality empty"
        ),
        pytest.param({"title": None}, "key_missing", "«title»", id="title missing"),
        pytest.param({"periode": "2023-2027"}, "key_unknown", "«periode»", id="a key in Norwegian"),
        pytest.param({"kind": "program"}, "kind", '"program"', id="a kind that is none"),
        pytest.param({"period": "2023"}, "period", '"2023"', id="a year is no period"),
        pytest.param({"period": "2023–2027"}, "period", "2023–2027", id="a dash that is no hyphen"),
        pytest.param({"period": "23-27"}, "period", '"23-27"', id="short years"),
        pytest.param(
            {"file": "../program.txt"}, "file_name", "../program.txt", id="the folder above"
        ),
        pytest.param({"file": "a/b.txt"}, "file_name", "a/b.txt", id="a folder below"),
        pytest.param({"file": "/etc/passwd"}, "file_name", "/etc/passwd", id="from the root"),
        pytest.param({"file": ".."}, "file_name", "..", id="only dots"),
        pytest.param({"file": ".skjult"}, "file_name", ".skjult", id="hidden"),
        pytest.param({"file": "a\\\\b.txt"}, "file_name", "a\\b.txt", id="a backslash"),
        pytest.param({"file": "a\\u0000b"}, "file_name", "", id="a null"),
        pytest.param({"sha256": "0" * 64}, "sha256", "0" * 64, id="wrong sha256"),
        pytest.param({"file": "borte.txt"}, "unreadable", "borte.txt", id="no such file"),
    ],
)
def test_a_faulty_record_is_refused_with_its_line(tmp_path, changes, fault, says):
    error = fault_of(write(tmp_path, "# topp\n\n" + record(**changes)))
    assert error.fault == fault
    assert says in explain(error)
    if fault not in ("sha256", "unreadable"):
        assert error.line == 3
        assert error.path.name == MANIFEST


def test_a_value_that_is_not_text_is_refused(tmp_path):
    assert fault_of(write(tmp_path, record(notes=None) + "notes = 5\n")).fault == "not_text"


def test_the_same_file_twice_names_the_second_record(tmp_path):
    error = fault_of(write(tmp_path, record() + "\n" + record()))
    assert (error.fault, error.line) == ("file_twice", 10)


def test_a_period_that_runs_backwards_is_refused(tmp_path):
    assert fault_of(write(tmp_path, record(period="2027-2023"))).fault == "period"


# ---- the files


def test_a_link_is_refused(tmp_path):
    outside = tmp_path / "utenfor.txt"
    outside.write_text(TEXT, encoding="utf-8")
    folder = tmp_path / "seeds"
    folder.mkdir()
    write(folder, record(), content=None)
    os.symlink(outside, folder / "program.txt")
    assert fault_of(folder).fault == "link"


def test_a_folder_in_place_of_a_file_is_refused(tmp_path):
    (tmp_path / "program.txt").mkdir()
    assert fault_of(write(tmp_path, record(), content=None)).fault == "unreadable"


def test_a_file_that_is_not_utf8_names_the_line(tmp_path):
    content = "Skole\n\nVi vil bygge på Årnes.\n".encode("latin-1")
    error = fault_of(write(tmp_path, content=content))
    assert (error.fault, error.line, error.path.name) == ("not_utf8", 3, "program.txt")


@pytest.mark.parametrize("content", ["", "\n\n \n", "\u00a0"])
def test_an_empty_file_is_refused(tmp_path, content):
    error = fault_of(write(tmp_path, content=content))
    assert (error.fault, error.line) == ("empty", 1)
    assert explain(error).endswith("filen er tom.")


def test_a_programme_without_pledges_is_refused(tmp_path):
    error = fault_of(write(tmp_path, content="Kommunen har 4 000 innbyggere.\n"))
    assert error.fault == "no_pledges"
    assert 'kind = "other"' in explain(error)


def test_only_other_files_is_nothing_to_answer_from(tmp_path):
    assert fault_of(write(tmp_path, record(kind="other"))).fault == "no_programmes"


def test_an_other_file_needs_no_party_and_may_be_without_pledges(tmp_path):
    manifest = record() + record(
        "Artikkel.\n",
        file="artikkel.txt",
        kind="other",
        party="",
        municipality="",
        title="",
        period="",
    )
    (tmp_path / "artikkel.txt").write_text("Artikkel.\n", encoding="utf-8")
    corpus = read_corpus(write(tmp_path, manifest))
    assert len(corpus.programmes) == 2
    assert {p.programme.file for p in corpus.pledges} == {"program.txt"}


def test_a_quote_that_is_not_verbatim_is_explained_with_its_line():
    error = CorpusError(Path("seeds/program.txt"), 12, "not_verbatim", quote="Vi vil bygge")
    assert explain(error).startswith("seeds/program.txt:12: ")
    assert "«Vi vil bygge»" in explain(error)


def test_letters_in_two_parts_are_read_as_one(tmp_path):
    """PDFs from a Mac write å as a and a ring; the quote is composed and still proved."""
    corpus = read_corpus(write(tmp_path, content=unicodedata.normalize("NFD", TEXT)))
    assert [p.quote for p in corpus.pledges] == ["Vi vil bygge tre nye skoler på Årnes."]


def test_windows_line_ends_are_read_as_any_other(tmp_path):
    corpus = read_corpus(write(tmp_path, content=TEXT.replace("\n", "\r\n")))
    assert corpus.pledges[0].quote == "Vi vil bygge tre nye skoler på Årnes."
    assert corpus.pledges[0].line == 3


@pytest.mark.parametrize(
    "text", ["Vi vil sikre «fri» tilgang til {alt}.\n", "Vi vil bygge 100 % fornybart.\n"]
)
def test_braces_and_percent_signs_in_a_programme_do_no_harm(tmp_path, text):
    assert read_corpus(write(tmp_path, content=text)).pledges[0].quote == text.strip()


def test_every_fault_of_the_corpus_has_a_sentence():
    source = (Path(__file__).parents[2] / "retrieval" / "corpus.py").read_text(encoding="utf-8")
    raised = set(re.findall(r"CorpusError\([^\"]*?\"(\w+)\"", source))
    assert len(raised) > 10, "no faults found: fix this test"
    assert raised <= set(FAULTS)


# ---- the fingerprint


def test_the_fingerprint_is_stable(tmp_path):
    write(tmp_path)
    assert read_corpus(tmp_path).fingerprint == read_corpus(tmp_path).fingerprint


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda f: write(f, content=TEXT + "Vi vil ha buss.\n"), id="a programme"),
        pytest.param(lambda f: write(f, record(period="2019-2023")), id="a period"),
        pytest.param(lambda f: write(f, record(municipality="Byen")), id="a municipality"),
        pytest.param(lambda f: write(f, record(party="Bygda SV")), id="a party"),
        pytest.param(
            lambda f: (f / "thesaurus.toml").write_text("[a]\nsynonyms = []\n"),
            id="a new word list",
        ),
        pytest.param(lambda f: (f / "english.toml").write_text("# ny\n"), id="a changed word list"),
        pytest.param(lambda f: (f / "english.toml").unlink(), id="a word list removed"),
        pytest.param(lambda f: write(f, record(title="Et annet navn")), id="a title"),
    ],
)
def test_the_fingerprint_changes_with_what_can_change_an_answer(tmp_path, change):
    (tmp_path / "english.toml").write_text("# gammel\n", encoding="utf-8")
    before = read_corpus(write(tmp_path)).fingerprint
    change(tmp_path)
    assert read_corpus(tmp_path).fingerprint != before


def test_notes_do_not_change_the_fingerprint(tmp_path):
    before = read_corpus(write(tmp_path)).fingerprint
    assert read_corpus(write(tmp_path, record(notes="Hentet i går."))).fingerprint == before


def test_the_alphabet_ends_in_aa(tmp_path):
    manifest = ""
    for i, name in enumerate(("Ås", "Ørsta", "Asker", "Ærø")):
        (tmp_path / f"{i}.txt").write_text(TEXT, encoding="utf-8")
        manifest += record(file=f"{i}.txt", municipality=name)
    assert read_corpus(write(tmp_path, manifest)).municipalities == ("Asker", "Ærø", "Ørsta", "Ås")
