"""The corpus folder to a Corpus. The only module that reads programme files."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from retrieval.document import PINNED, Pledge, Programme

MANIFEST = "programmes.toml"
GOLDENS = "goldens.toml"  # questions that every version must answer: bot/reload.py
_PERIOD = re.compile(r"(?:19|20)\d\d-(?:19|20)\d\d")
_REQUIRED = ("file", "kind", "sha256")
_KEYS = frozenset(
    "file received received_sha256 received_as kind party municipality period period_basis title url"
    " municipality_page fetched sha256 notes".split()
)


class CorpusError(Exception):
    """Something in the corpus folder is wrong.

    Attributes:
        path: The file that a person must mend.
        line: Its line, from 1; 0 where no line is to blame.
        fault: Name of the fault; the sentence for people is ``bot/texts/faults.py``'s.
        values: What the sentence needs to name: key, value, rule.
    """

    def __init__(self, path: Path, line: int, fault: str, **values: object) -> None:
        self.path, self.line, self.fault, self.values = path, line, fault, values
        place = f"{path}:{line}" if line else str(path)
        super().__init__(f"{place}: {fault} {values or ''}".rstrip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """What was read: every programme on record, and the pledges of those that may be quoted."""

    programmes: tuple[Programme, ...]
    pledges: tuple[Pledge, ...]
    fingerprint: str

    @property
    def municipalities(self) -> tuple[str, ...]:
        """Municipalities with a programme, in the order of the Norwegian alphabet's A to Å."""
        names = {p.municipality for p in self.programmes if p.kind == "programme"}
        return tuple(sorted(names, key=_alphabet))


def read_corpus(folder: Path, current_periods: Sequence[str] = ()) -> Corpus:
    """Read, check and extract every programme in ``folder``.

    Args:
        folder: With ``programmes.toml``.
        current_periods: What holds whatever the calendar says: «Bærum 2023-2027».

    Raises:
        CorpusError: On the first thing that is wrong, naming the file and line to mend.
    """
    # An index that is read back extracts nothing.
    from retrieval.extraction import ExtractionError, extract  # noqa: PLC0415
    from retrieval.mending import MendError, apply, mend_file, read_mends  # noqa: PLC0415

    programmes = _programmes(folder, current_periods)
    pledges: list[Pledge] = []
    for programme in programmes:
        if programme.kind != "programme":
            continue
        try:
            found = extract(programme)
            mends = mend_file(folder, programme.file)
            found = apply(programme, found, read_mends(mends), mends)
        except MendError as exc:
            raise CorpusError(exc.path, exc.line, exc.fault, **exc.values) from exc
        except ExtractionError as exc:
            raise CorpusError(
                folder / programme.file, exc.line, "not_verbatim", quote=exc.quote
            ) from exc
        if not found:
            raise CorpusError(folder / programme.file, 1, "no_pledges", manifest=MANIFEST)
        pledges.extend(found)
    if not pledges:
        raise CorpusError(folder / MANIFEST, 0, "no_programmes")
    return Corpus(
        programmes=programmes, pledges=tuple(pledges), fingerprint=_fingerprint(folder, programmes)
    )


def fingerprint_of(folder: Path, current_periods: Sequence[str] = ()) -> str:
    """Return the fingerprint that the folder would have now, without extracting anything.

    Raises:
        CorpusError: As ``read_corpus``, of the manifest and the programme files.
    """
    return _fingerprint(folder, _programmes(folder, current_periods))


def _programmes(folder: Path, current_periods: Sequence[str]) -> tuple[Programme, ...]:
    records = read_manifest(folder)
    pins = _pins(folder / MANIFEST, records, current_periods)
    return tuple(_read_programme(folder, record, pins) for record in records)


def read_manifest(folder: Path) -> list[dict[str, Any]]:
    """Return the records of ``programmes.toml``, each checked for keys and values.

    Raises:
        CorpusError: If the file is missing, not TOML, or has a faulty record.
    """
    path = folder / MANIFEST
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as exc:
        raise CorpusError(path, 0, "unreadable", reason=exc.strerror) from exc
    except UnicodeDecodeError as exc:
        raise CorpusError(path, _line_of(exc), "not_utf8") from exc
    try:
        records = tomllib.loads(text).get("programme", [])
    except tomllib.TOMLDecodeError as exc:
        raise CorpusError(path, _toml_line(exc), "not_toml", reason=str(exc)) from exc
    if (
        not isinstance(records, list)
        or not records
        or not all(isinstance(r, dict) for r in records)
    ):
        raise CorpusError(path, 0, "no_programmes")
    seen: set[str] = set()
    for number, record in enumerate(records, 1):
        line = _record_line(text, number)
        _check_record(path, line, record)
        if record["file"] in seen:
            raise CorpusError(path, line, "file_twice", file=record["file"])
        seen.add(record["file"])
    return records


def _pins(
    path: Path, records: Sequence[Mapping[str, Any]], current_periods: Sequence[str]
) -> dict[str, str]:
    """Return the pinned period of each municipality that has one."""
    periods: dict[str, set[str]] = {}
    for record in records:
        if record["kind"] == "programme":
            own = periods.setdefault(record["municipality"], set())
            own |= {record["period"]} if record.get("period") else set()
    pins: dict[str, str] = {}
    for text in current_periods:
        found = PINNED.fullmatch(unicodedata.normalize("NFC", text))
        assert found is not None, "checked where it was read"
        place, period = found[1], found[2]
        if place not in periods:
            raise CorpusError(path, 0, "pin_place", place=place, known=", ".join(sorted(periods)))
        if period not in periods[place]:
            known = ", ".join(sorted(periods[place])) or "–"
            raise CorpusError(path, 0, "pin_period", place=place, period=period, known=known)
        if place in pins:
            raise CorpusError(path, 0, "pin_twice", place=place)
        pins[place] = period
    return pins


def _check_record(path: Path, line: int, record: Mapping[str, Any]) -> None:
    for key in _REQUIRED:
        if not record.get(key):
            raise CorpusError(path, line, "key_missing", key=key)
    for key, value in record.items():
        if key not in _KEYS:
            raise CorpusError(path, line, "key_unknown", key=key, known=", ".join(sorted(_KEYS)))
        if not isinstance(value, str):
            raise CorpusError(path, line, "not_text", key=key)
    for key in ("url", "municipality_page"):
        if record.get(key) and not record[key].startswith("https://"):
            raise CorpusError(path, line, "not_link", key=key)
    if record["kind"] not in ("programme", "other"):
        raise CorpusError(path, line, "kind", value=record["kind"])
    if record["kind"] == "programme":
        for key in ("party", "municipality", "title"):
            if not record.get(key):
                raise CorpusError(path, line, "key_missing", key=key)
    period = record.get("period")
    if period and not (_PERIOD.fullmatch(period) and period[:4] <= period[-4:]):
        raise CorpusError(path, line, "period", value=period)
    for key in ("file", "received"):
        if record.get(key) and not is_plain_name(record[key]):
            raise CorpusError(path, line, "file_name", value=record[key])
    if record.get("received") and not record.get("received_sha256"):
        raise CorpusError(path, line, "key_missing", key="received_sha256")


def is_plain_name(name: str) -> bool:
    """Tell a file's name from a path: it can only name something in the folder itself."""
    return (
        Path(name).name == name
        and not name.startswith(".")
        and not any(c in name for c in "\\\0\n\r")
    )


def _record_line(text: str, number: int) -> int:
    starts = [i for i, line in enumerate(text.splitlines(), 1) if line.strip() == "[[programme]]"]
    return starts[number - 1] if number <= len(starts) else 1


def _read_programme(folder: Path, record: Mapping[str, Any], pins: Mapping[str, str]) -> Programme:
    path = folder / record["file"]
    raw, digest = _checked(path, record["sha256"])
    if record.get("received"):
        _checked(folder / record["received"], record["received_sha256"])
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise CorpusError(path, _line_of(exc), "not_utf8") from exc
    if not text.strip():
        raise CorpusError(path, 1, "empty")
    programme = Programme(
        file=record["file"],
        kind=record["kind"],
        party=record.get("party", ""),
        municipality=record.get("municipality", ""),
        period=record.get("period", ""),
        title=record.get("title", ""),
        url=record.get("url", ""),
        sha256=digest,
        received=record.get("received", ""),
        municipality_page=record.get("municipality_page", ""),
        pinned=pins.get(record.get("municipality", ""), "")
        if record["kind"] == "programme"
        else "",
    )
    # Composed, since PDFs from a Mac hold «å» as two characters that no pattern here would know.
    return replace(programme, text=unicodedata.normalize("NFC", text.replace("\r\n", "\n")))


def _checked(path: Path, recorded: str) -> tuple[bytes, str]:
    """Return a file's bytes and checksum, if it is the one on record."""
    if path.is_symlink():
        raise CorpusError(path, 0, "link")
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise CorpusError(path, 0, "unreadable", reason=exc.strerror) from exc
    digest = hashlib.sha256(raw).hexdigest()
    if digest != recorded:
        raise CorpusError(path, 0, "sha256", found=digest, recorded=recorded, manifest=MANIFEST)
    return raw, digest


def _fingerprint(folder: Path, programmes: tuple[Programme, ...]) -> str:
    """Twelve hexadecimal digits that change when anything that can change an answer does."""
    digest = hashlib.sha256()
    for programme in programmes:
        digest.update(f"{programme.file}\0{programme.kind}\0{programme.party}\0".encode())
        digest.update(
            f"{programme.municipality}\0{programme.period}\0{programme.sha256}\0".encode()
        )
        digest.update(f"{programme.title}\0{programme.url}\0".encode())  # the title is a heading
        if programme.pinned:
            digest.update(f"pinned {programme.pinned}\0".encode())
    for path in sorted(folder.glob("*.toml")):
        # Goldens judge answers, they do not make them.
        if path.name not in (MANIFEST, GOLDENS) and path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _toml_line(exc: tomllib.TOMLDecodeError) -> int:
    found = re.search(r"at line (\d{1,9})", str(exc))  # 3.11 has no lineno attribute
    return int(found[1]) if found else 0


def _line_of(exc: UnicodeDecodeError) -> int:
    return exc.object[: exc.start].count(b"\n") + 1


def _alphabet(name: str) -> str:
    return name.lower().translate(str.maketrans("æøå", "{|}"))
