"""Broken and hostile files: each ends in one clear line, within its time and memory."""

from __future__ import annotations

import functools
import io
import os
import resource
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from bot.texts.faults import FAULTS, explain
from retrieval.readers import MAX_BYTES, ReadError, read_file
from retrieval.readers.child import MEMORY

documents = pytest.importorskip(
    "tests.retrieval.readers.documents", reason="python-docx, reportlab"
)
ROOT = Path(__file__).parents[3]


def small_pdf() -> bytes:
    return documents.pdf([documents.Piece("text", "Vi vil bygge tre nye skoler på Årnes.")])


def locked_pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, encrypt="hemmelig")
    canvas.drawString(72, 700, "Vi vil bygge.")
    canvas.save()
    return out.getvalue()


def scanned_pdf() -> bytes:
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    for _ in range(3):
        canvas.drawImage(ImageReader(Image.new("L", (200, 280), 200)), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def many_pages(count: int) -> bytes:
    """A sound PDF of so many empty pages, written by hand."""
    kids = " ".join(f"{i + 3} 0 R" for i in range(count))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode())
    objects += [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"] * count
    return write_pdf(objects)


def write_pdf(objects: list[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode()
    return bytes(out)


@functools.cache
def pdf_bomb() -> bytes:
    """Ten megabytes of nothing, deflated twice: some kB that unpack to 600 MB of a page's content."""
    compressor = zlib.compressobj(9)
    block = b" " * 2**20
    once = b"".join(compressor.compress(block) for _ in range(600)) + compressor.flush()
    twice = zlib.compress(once, 9)
    stream = (
        f"<< /Length {len(twice)} /Filter [/FlateDecode /FlateDecode] >>\nstream\n".encode()
        + twice
        + b"\nendstream"
    )
    return write_pdf([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        stream,
    ])  # fmt: skip


def salad_pdf() -> bytes:
    """A page whose letters are shifted, as a font without its table of letters gives."""
    words = ("Wj wjm czhhf usf ozf tlpmfs qå Åsoft ph hj bmmf cbso fo usyhh pqqwfltu " * 12).strip()
    return documents.pdf([documents.Piece("text", words)])


def word_with(document: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", document)
    return out.getvalue()


def sound_word() -> bytes:
    return documents.word([documents.Piece("text", "Vi vil bygge tre nye skoler på Årnes.")])


def laughs() -> bytes:
    entities = "".join(
        f'<!ENTITY a{i} "{"&a" + str(i - 1) + ";" if i else "ha"}{("&a" + str(i - 1) + ";") * 9 if i else ""}">'
        for i in range(12)
    )
    return word_with(f"<?xml version='1.0'?><!DOCTYPE x [{entities}]><x>&a11;</x>".encode())


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

CASES = [
    pytest.param("a.pdf", locked_pdf, {"encrypted"}, id="a PDF with a password"),
    pytest.param("a.pdf", scanned_pdf, {"scanned"}, id="a scanned PDF without text"),
    pytest.param("a.pdf", lambda: many_pages(10_000), {"too_many_pages"}, id="10,000 pages"),
    pytest.param("a.pdf", lambda: many_pages(2), {"no_text"}, id="a PDF without anything"),
    pytest.param("a.pdf", pdf_bomb, {"no_text", "too_heavy", "reader_died", "damaged", "too_slow"}, id="a PDF bomb"),
    pytest.param("a.pdf", salad_pdf, {"broken_font"}, id="a PDF with shifted letters"),
    pytest.param("a.pdf", lambda: small_pdf()[:700], {"damaged"}, id="a truncated PDF"),
    pytest.param("a.pdf", lambda: b"%PDF-1.7\n" + os.urandom(20_000), {"damaged"}, id="noise behind a PDF's first line"),
    pytest.param("a.pdf", lambda: b"Vi vil bygge.\n", {"other_type"}, id="text called PDF"),
    pytest.param("a.pdf", lambda: b"", {"empty_file"}, id="an empty PDF"),
    pytest.param("a.docx", documents.bomb, {"zip_bomb"}, id="a zip bomb"),
    pytest.param("a.docx", laughs, {"damaged", "other_type"}, id="a billion laughs"),
    pytest.param("a.docx", lambda: sound_word()[:9000], {"damaged"}, id="a truncated Word file"),
    pytest.param("a.docx", lambda: documents.with_encryption_flag(sound_word()), {"encrypted"}, id="a zip with a password"),
    pytest.param("a.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, {"old_word"}, id="an old .doc"),
    pytest.param("a.docx", lambda: word_with(b"<x/>"), {"damaged"}, id="a Word file without a body"),
    pytest.param("a.docx", lambda: word_with(f"<w:document xmlns:w='{W}'><w:body>{'<w:sdt><w:sdtContent>' * 5000}".encode()), {"damaged", "too_heavy"}, id="unclosed nesting"),
    pytest.param("a.docx", small_pdf, {"other_type"}, id="a PDF called Word"),
    pytest.param("a.html", lambda: b"<html><body>" + b"<div>" * 200_000 + b"Vi vil", {"no_text", "damaged", "too_heavy", "reader_died"}, id="200,000 elements inside each other"),
    pytest.param("a.html", sound_word, {"other_type"}, id="a Word file called HTML"),
    pytest.param("a.html", lambda: "<html><meta charset='utf-8'><p>Vi vil på Årnes.".encode("latin-1"), {"not_charset"}, id="Latin-1 that says UTF-8"),
    pytest.param("a.html", lambda: b"<html><meta charset='klingon'><p>x", {"not_charset"}, id="an unknown charset"),
    pytest.param("a.html", lambda: b"<html><body><script>var x</script></body></html>", {"no_text"}, id="a page made by script"),
    pytest.param("a.txt", lambda: "Vi vil bygge på Årnes.\n".encode("latin-1"), {"not_utf8"}, id="Latin-1 text"),
    pytest.param("a.txt", lambda: "Vi vil bygge på Årnes.\n".encode("utf-16"), {"not_utf8", "not_text_file"}, id="UTF-16 text"),
    pytest.param("a.txt", lambda: b"\n \n\t\n", {"no_text"}, id="only white space"),
    pytest.param("a.txt", lambda: bytes(range(128)) * 50, {"not_text_file"}, id="control characters"),
    pytest.param("a.md", small_pdf, {"other_type"}, id="a PDF called Markdown"),
    pytest.param("a.exe", small_pdf, {"suffix"}, id="an ending nobody reads"),
    pytest.param("a", small_pdf, {"suffix"}, id="no ending"),
]  # fmt: skip


class _Fault:
    def __init__(self, error: ReadError, path: Path) -> None:
        self.fault, self.values, self.path, self.line = error.fault, error.values, path, error.line


def refused(path: Path) -> str:
    with pytest.raises(ReadError) as caught:
        read_file(path)
    line = explain(_Fault(caught.value, path))
    assert "\n" not in line and "{" not in line and path.name in line and line.endswith((".", "?"))
    return caught.value.fault


@pytest.mark.parametrize(("name", "make", "faults"), CASES)
def test_a_broken_file_ends_in_one_clear_line(
    tmp_path: Path, name: str, make, faults: set[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(make())
    started = time.monotonic()
    assert refused(path) in faults
    assert time.monotonic() - started <= 60
    assert [p.name for p in tmp_path.iterdir()] == [name], "nothing is written"


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 25


def test_links_folders_pipes_and_odd_names_are_refused(tmp_path: Path) -> None:
    real = tmp_path / "a.pdf"
    real.write_bytes(small_pdf())
    link, pipe, folder = tmp_path / "l.pdf", tmp_path / "p.pdf", tmp_path / "f.pdf"
    link.symlink_to(real)
    os.mkfifo(pipe)
    folder.mkdir()
    assert refused(link) == "link"
    assert refused(pipe) == "not_file"
    assert refused(folder) == "not_file"
    assert refused(tmp_path / "borte.pdf") == "unreadable"
    assert refused(tmp_path / ("x" * 300 + ".pdf")) == "unreadable"
    with pytest.raises(ReadError, match="unreadable"):
        read_file(Path("\0.pdf"))


def test_a_file_that_is_too_large_is_not_even_opened_by_a_reader(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert refused(path) == "too_large"


def test_a_reader_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(small_pdf())
    with pytest.raises(ReadError, match="too_slow"):
        read_file(path, seconds=0.001)


@pytest.mark.parametrize("case", [pdf_bomb, documents.bomb], ids=["pdf", "docx"])
def test_a_bomb_never_takes_more_memory_than_it_may(tmp_path: Path, case) -> None:
    """Measured from outside, on the reader's own process."""
    kind = "docx" if case is documents.bomb else "pdf"
    (tmp_path / "a").write_bytes(case())
    watch = (
        "import resource, subprocess, sys\n"
        "subprocess.run([sys.executable, '-m', 'retrieval.readers.child', sys.argv[1]],"
        " stdin=open(sys.argv[2], 'rb'), capture_output=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", watch, kind, str(tmp_path / "a")],
        capture_output=True, cwd=ROOT, check=True, timeout=90,
    )  # fmt: skip
    assert 0 < int(done.stdout) * 1024 <= MEMORY


def test_the_readers_own_process_sets_its_limits_before_it_reads() -> None:
    code = (
        "import resource; from retrieval.readers.child import limit; limit();"
        "print([resource.getrlimit(getattr(resource, 'RLIMIT_' + n))[0] for n in ('AS', 'CPU', 'FSIZE', 'CORE')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=True)
    assert done.stdout.decode().strip() == f"[{MEMORY}, 55, 0, 0]"
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 0, "not in ours"


def test_every_fault_of_the_readers_has_a_sentence() -> None:
    import re

    sources = [
        p.read_text("utf-8")
        for folder in ("readers", ".")
        for p in (ROOT / "retrieval" / folder).glob("*.py")
        if folder == "readers" or p.name == "mending.py"
    ]
    raised = set()
    for source in sources:
        raised |= set(re.findall(r"ReadError\(\s*\"(\w+)\"", source))
        raised |= set(re.findall(r"MendError\(path, [^\"]*?\"(\w+)\"", source))
        raised |= set(re.findall(r"\"fault\": \"(\w+)\"", source))
    assert len(raised) > 20, "no faults found: fix this test"
    assert raised - {"mend_nowhere"} <= set(FAULTS)
