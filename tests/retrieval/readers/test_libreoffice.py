"""The seed programmes through LibreOffice, as .docx and .pdf: does its output give the same pledges?

Run by itself, it prints the figures of ``docs/programmer.md``:

    python -m tests.retrieval.readers.test_libreoffice
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.corpus import Corpus, read_corpus
from retrieval.extraction import extract
from retrieval.readers import read_file
from retrieval.verbatim import is_verbatim
from tests.conftest import ROOT

documents = pytest.importorskip(
    "tests.retrieval.readers.documents", reason="python-docx, reportlab"
)

SOFFICE = shutil.which("soffice")
# Parts of it can be installed without the one that writes texts.
WRITER = SOFFICE is not None and any(Path(SOFFICE).resolve().parent.glob("libswlo.*"))
LEAST = 0.97
FORMATS = {"docx": "docx:MS Word 2007 XML", "pdf": "pdf:writer_pdf_Export"}


def key(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def convert(corpus: Corpus, folder: Path, suffix: str) -> Mapping[str, Path]:
    """Type every programme as a Word file, and have LibreOffice save all of them anew."""
    typed, saved = folder / "typed", folder / suffix
    typed.mkdir(exist_ok=True)
    files = {}
    for programme in corpus.programmes:
        if programme.kind == "programme":
            path = typed / Path(programme.file).with_suffix(".docx").name
            path.write_bytes(documents.word(documents.pieces_of(programme), head="Program"))
            files[programme.file] = path
    subprocess.run(
        [
            str(SOFFICE), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
            "--convert-to", FORMATS[suffix], "--outdir", str(saved), *map(str, files.values()),
        ],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    return {file: saved / path.with_suffix(f".{suffix}").name for file, path in files.items()}


def measured(corpus: Corpus, files: Mapping[str, Path]) -> dict[str, float]:
    """Return F1 of the pledges found in each file against those of its text version."""
    scores = {}
    for programme in corpus.programmes:
        if programme.file not in files:
            continue
        reading = read_file(files[programme.file])
        found = extract(replace(programme, text=reading.text))
        assert all(is_verbatim(p.quote, reading.text, p.start, p.end) for p in found)
        got = Counter(key(p.quote) for p in found)
        wanted = Counter(key(p.quote) for p in corpus.pledges if p.programme is programme)
        same = sum((wanted & got).values())
        scores[programme.file] = 2 * same / (sum(wanted.values()) + sum(got.values()))
    return scores


@pytest.mark.skipif(
    not WRITER, reason="LibreOffice Writer is not installed: its files are NOT tested"
)
@pytest.mark.parametrize("suffix", FORMATS)
def test_what_libreoffice_saves_gives_the_pledges_of_the_text(
    corpus: Corpus, tmp_path: Path, suffix: str
) -> None:
    scores = measured(corpus, convert(corpus, tmp_path, suffix))
    assert len(scores) >= 4
    assert {file: f1 for file, f1 in scores.items() if f1 < LEAST} == {}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        whole = read_corpus(ROOT / "seeds")
        for suffix in FORMATS:
            for file, f1 in measured(whole, convert(whole, Path(name), suffix)).items():
                print(f"{suffix:5} {f1:.3f}  {file}")
