"""Settings from ``config.toml`` and the environment. The only reader of the environment."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from retrieval.document import PINNED

DEFAULT_CONFIG = "config.toml"
# "12345", or "12345 Asker": a Telegram id, and the one municipality that is reviewed.
REVIEWER = re.compile(r"([1-9]\d{0,15})(?: (\S.{0,60}))?", re.ASCII)


class ConfigError(Exception):
    """A setting is wrong: ``fault`` names the sentence in ``bot/texts/faults.py``."""

    def __init__(self, fault: str, **values: object) -> None:
        self.fault, self.values = fault, values
        super().__init__(f"{fault} {values}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Checked settings; paths are absolute. Secrets never print."""

    path: Path
    party_name: str
    controller: str
    contact: str
    seeds: Path
    current_year: int
    data: Path
    engage_newsletter: str
    engage_membership: str
    engage_contact: str
    retention_days: int
    logging: str
    keys: Path
    token: str = field(repr=False)
    token_in_environment: bool
    base_url: str
    base_file_url: str
    admins: frozenset[int]
    bootstrap_retries: int
    concurrent_chats: int
    max_quotes: int
    max_per_municipality: int
    least_share: float
    backups: Path
    backup_hours: int
    health_port: int
    notify_socket: str
    k1: float
    b: float
    encoder: bool
    least_pledges: int
    reviewers: tuple[str, ...]
    review: bool
    review_host: str
    review_port: int
    review_url: str
    second_person: bool
    staff_chat: int
    report_day: int
    report_hour: int
    time_zone: str
    current_periods: tuple[str, ...]


# section.key -> (type, lowest, highest); None where there is no bound.
_NUMBERS: Mapping[str, tuple[type, float | None, float | None]] = {
    "corpus.current_year": (int, 0, 2200),
    "storage.retention_days": (int, 1, 180),
    "telegram.bootstrap_retries": (int, -1, None),
    "telegram.concurrent_chats": (int, 1, 256),
    "answers.max_quotes": (int, 1, 10),
    "answers.max_per_municipality": (int, 1, 10),
    "answers.least_share": (float, 0.0, 1.0),
    "backup.every_hours": (int, 0, 168),
    "health.port": (int, 0, 65535),
    "retrieval.k1": (float, 0.01, 10.0),
    "reload.least_pledges": (int, 0, 1000),
    "retrieval.b": (float, 0.0, 1.0),
    "review.port": (int, 1, 65535),
    "review.staff_chat": (int, None, None),
    "review.report_day": (int, 0, 7),
    "review.report_hour": (int, 0, 23),
}
_TEXTS = frozenset(
    (
        "party.name", "party.controller", "party.contact", "corpus.directory", "storage.directory",
        "telegram.token_file", "telegram.base_url", "telegram.base_file_url", "privacy.keys",
        "engage.newsletter", "engage.membership", "engage.contact",
        "backup.directory",
        "review.host", "review.url", "review.time_zone",
    )
)  # fmt: skip
_FLAGS = frozenset(("retrieval.encoder", "review.enabled", "review.second_person"))
_CHOICES = {"privacy.logging": ("avidentifisert", "samtykke", "av")}
_LISTS = frozenset(("telegram.admins",))
_TEXT_LISTS = frozenset(("telegram.reviewers", "corpus.current_periods"))
# The form of each text in a list; its fault says it in words.
_FORMS = {
    "telegram.reviewers": (REVIEWER, "not_reviewers"),
    "corpus.current_periods": (PINNED, "not_periods"),
}
_TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{1,200}")


def load_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """Read and check the settings.

    Raises:
        ConfigError: Naming the key, its value and the rule.
    """
    flat = _read(path)
    here = path.resolve().parent

    def folder(key: str, variable: str) -> Path:
        value = environ.get(variable) or str(flat[key])
        if not value:
            raise ConfigError("empty", path=path, key=key)
        return (Path.cwd() if environ.get(variable) else here).joinpath(value).resolve()

    data = folder("storage.directory", "LOFTEBOT_DATA")
    apart = environ.get("LOFTEBOT_BACKUPS") or flat["backup.directory"]
    return Settings(
        path=path,
        party_name=flat["party.name"],
        controller=flat["party.controller"],
        contact=flat["party.contact"],
        seeds=folder("corpus.directory", "LOFTEBOT_SEEDS"),
        current_year=flat["corpus.current_year"],
        data=data,
        engage_newsletter=flat["engage.newsletter"],
        engage_membership=flat["engage.membership"],
        engage_contact=flat["engage.contact"],
        retention_days=flat["storage.retention_days"],
        logging=flat["privacy.logging"],
        keys=folder("privacy.keys", "LOFTEBOT_KEYS"),
        token_in_environment=bool(environ.get("TELEGRAM_BOT_TOKEN", "").strip()),
        token=_token(
            path, here, environ.get("LOFTEBOT_TOKEN_FILE") or flat["telegram.token_file"], environ
        ),
        base_url=environ.get("LOFTEBOT_TELEGRAM_BASE_URL") or flat["telegram.base_url"],
        base_file_url=environ.get("LOFTEBOT_TELEGRAM_BASE_FILE_URL")
        or flat["telegram.base_file_url"],
        admins=frozenset(flat["telegram.admins"]),
        bootstrap_retries=flat["telegram.bootstrap_retries"],
        concurrent_chats=flat["telegram.concurrent_chats"],
        max_quotes=flat["answers.max_quotes"],
        max_per_municipality=flat["answers.max_per_municipality"],
        least_share=float(flat["answers.least_share"]),
        backups=folder("backup.directory", "LOFTEBOT_BACKUPS") if apart else data / "backups",
        backup_hours=flat["backup.every_hours"],
        health_port=flat["health.port"],
        notify_socket=environ.get("NOTIFY_SOCKET", ""),
        k1=float(flat["retrieval.k1"]),
        b=float(flat["retrieval.b"]),
        encoder=flat["retrieval.encoder"],
        least_pledges=flat["reload.least_pledges"],
        reviewers=tuple(flat["telegram.reviewers"]),
        review=flat["review.enabled"],
        review_host=flat["review.host"],
        review_port=flat["review.port"],
        review_url=flat["review.url"].rstrip("/"),
        second_person=flat["review.second_person"],
        staff_chat=flat["review.staff_chat"],
        report_day=flat["review.report_day"],
        report_hour=flat["review.report_hour"],
        time_zone=flat["review.time_zone"],
        current_periods=tuple(flat["corpus.current_periods"]),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise ConfigError("config_unreadable", path=path, reason=exc.strerror) from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ConfigError("config_not_toml", path=path, reason=str(exc)) from exc
    known = _NUMBERS.keys() | _TEXTS | _FLAGS | _LISTS | _TEXT_LISTS | _CHOICES.keys()
    flat: dict[str, Any] = {}
    for section, table in data.items():
        if not isinstance(table, dict):
            raise ConfigError(
                "key_unknown", path=path, key=_named(section), known=", ".join(sorted(known))
            )
        for key, value in table.items():
            name = f"{section}.{key}"
            if name not in known:
                raise ConfigError(
                    "key_unknown", path=path, key=_named(name), known=", ".join(sorted(known))
                )
            flat[name] = _checked(path, name, value)
    for name in sorted(known - flat.keys()):
        raise ConfigError("key_missing", path=path, key=name)
    return flat


def _checked(path: Path, name: str, value: Any) -> Any:
    # Never put the value of a text in the error: someone may have pasted the token there.
    if name in _TEXTS and not isinstance(value, str):
        raise ConfigError("not_text", path=path, key=name)
    if name.startswith("engage.") and value and not value.startswith("https://"):
        raise ConfigError("not_link", path=path, key=name)
    if name in _FLAGS and not isinstance(value, bool):
        raise ConfigError("not_flag", path=path, key=name)
    if name in _CHOICES and value not in _CHOICES[name]:
        raise ConfigError(
            "not_choice", path=path, key=name, known=", ".join(f'"{c}"' for c in _CHOICES[name])
        )
    if name in _LISTS and not (
        isinstance(value, list)
        and all(isinstance(v, int) and not isinstance(v, bool) for v in value)
    ):
        raise ConfigError("not_ids", path=path, key=name)
    if name in _TEXT_LISTS and not (
        isinstance(value, list) and all(isinstance(v, str) for v in value)
    ):
        raise ConfigError("not_texts", path=path, key=name)
    if name in _FORMS:
        form, fault = _FORMS[name]
        if not all(form.fullmatch(text) for text in value):
            raise ConfigError(fault, path=path, key=name)
    if name == "review.time_zone" and not _is_zone(value):
        raise ConfigError("not_zone", path=path, key=name)
    if (
        name == "review.url"
        and value
        and not value.startswith(("https://", "http://127.0.0.1", "http://localhost"))
    ):
        raise ConfigError("not_link", path=path, key=name)
    if name in _NUMBERS:
        kind, low, high = _NUMBERS[name]
        if isinstance(value, bool) or not isinstance(value, int if kind is int else (int, float)):
            raise ConfigError("not_number", path=path, key=name)
        # Written so that nan, which is neither below nor above, is refused too.
        if not (
            (-math.inf if low is None else low) <= value <= (math.inf if high is None else high)
        ):
            raise ConfigError(
                "out_of_range", path=path, key=name, value=value,
                low="−∞" if low is None else low, high="∞" if high is None else high,
            )  # fmt: skip
    return value


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return False
    return True


def _token(path: Path, here: Path, file: str, environ: Mapping[str, str]) -> str:
    """Return the bot's token, or "" where none is set: only ``run`` needs it."""
    token = environ.get("TELEGRAM_BOT_TOKEN", "").strip()
    if not token and file:
        try:
            token = here.joinpath(file).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as exc:
            # Not the name of the file, nor what is in it: someone may have put the token itself there.
            reason = exc.strerror if isinstance(exc, OSError) else "ikke en tekstfil"
            raise ConfigError("token_file", path=path, reason=reason) from None
    if token and not _TOKEN.fullmatch(token):
        raise ConfigError("token_form", path=path)
    return token


def _named(key: str) -> str:
    """Return an unknown key as it may be shown: someone may have pasted the token there."""
    return _TOKEN.sub("<token>", key)
