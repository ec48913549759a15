from __future__ import annotations

import os
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy.crypto import OVERHEAD, CipherError, FieldCipher, sealed_with
from bot.privacy.keys import KeyFault, KeyId, Keys
from bot.privacy.pseudonyms import pseudonym, pseudonyms

NOW = datetime(2027, 3, 10, 12, 0, tzinfo=UTC)


def fault(call, *arguments) -> str:
    with pytest.raises(KeyFault) as caught:
        call(*arguments)
    return caught.value.fault


def test_only_the_owner_may_read_new_keys(keys: Keys) -> None:
    assert keys.directory.stat().st_mode & 0o777 == 0o700
    files = list(keys.directory.iterdir())
    assert {f.name for f in files} == {"field-2027-03-0.key", "person-0.key", "audit.key"}
    assert {(f.stat().st_mode & 0o777, f.stat().st_size) for f in files} == {(0o600, 32)}
    assert len({f.read_bytes() for f in files}) == 3


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lambda d: os.chmod(d / "person-0.key", 0o640), "keys_mode"),
        (lambda d: os.chmod(d, 0o755), "keys_mode"),
        (lambda d: (d / "audit.key").unlink(), "keys_missing"),
        (lambda d: (d / "person-0.key").unlink(), "keys_missing"),
        (lambda d: (d / "field-2027-03-0.key").write_bytes(b"short"), "keys_damaged"),
    ],
    ids=["others may read", "others may look in", "no audit key", "no person key", "cut off"],
)
def test_bad_keys_are_refused(keys: Keys, tmp_path: Path, harm, why: str) -> None:
    Keys.open(keys.directory, tmp_path / "data")
    harm(keys.directory)
    assert fault(Keys.open, keys.directory, tmp_path / "data") == why


def test_keys_among_the_data_and_none_at_all_are_refused(keys: Keys, tmp_path: Path) -> None:
    assert fault(Keys.open, keys.directory, tmp_path) == "keys_among_data"
    assert fault(Keys.open, keys.directory, keys.directory) == "keys_among_data"
    (tmp_path / "link").symlink_to(keys.directory)
    assert fault(Keys.open, tmp_path / "link", keys.directory) == "keys_among_data"
    assert fault(Keys.open, tmp_path / "nowhere", tmp_path / "data") == "keys_missing"
    assert fault(Keys.create, keys.directory, NOW) == "keys_exist"


def test_keys_never_print(keys: Keys) -> None:
    shown = repr(keys) + str(keys)
    assert all(repr(f.read_bytes())[2:-1] not in shown for f in keys.directory.iterdir())


@given(plain=st.binary(max_size=200), aad=st.binary(max_size=30))
def test_what_is_sealed_opens_to_the_same(tmp_path_factory, plain: bytes, aad: bytes) -> None:
    cipher = _cipher(tmp_path_factory)
    blob = cipher.seal(plain, aad)
    assert cipher.open(blob, aad) == plain
    assert len(blob) == len(plain) + OVERHEAD


_made: list[FieldCipher] = []


def _cipher(factory) -> FieldCipher:
    if not _made:
        _made.append(FieldCipher(Keys.create(factory.mktemp("k") / "keys", NOW), lambda: NOW))
    return _made[0]


def test_every_flipped_byte_is_noticed(keys: Keys) -> None:
    cipher = FieldCipher(keys, lambda: NOW)
    blob = cipher.seal(b"skole", b"row")
    for i in range(len(blob)):
        with pytest.raises(CipherError):
            cipher.open(blob[:i] + bytes((blob[i] ^ 1,)) + blob[i + 1 :], b"row")
    for bad in (b"", blob[:-1], blob[:20], b"x" * 60):
        with pytest.raises(CipherError):
            cipher.open(bad, b"row")
    with pytest.raises(CipherError):
        cipher.open(blob, b"another row")


def test_each_month_has_its_key_and_a_destroyed_one_opens_nothing(keys: Keys) -> None:
    now = [NOW]
    cipher = FieldCipher(keys, lambda: now[0])
    march = cipher.seal(b"mars", b"")
    now[0] = datetime(2027, 4, 1, tzinfo=UTC)
    april = cipher.seal(b"april", b"")
    assert sealed_with(march) == KeyId(2027, 3, 0)
    assert sealed_with(april) == KeyId(2027, 4, 0)
    assert cipher.open(march, b"") == b"mars"
    keys.destroy(KeyId(2027, 3, 0))
    for each in (cipher, FieldCipher(Keys.open(keys.directory, keys.directory.parent / "data"))):
        with pytest.raises(CipherError, match="no key"):
            each.open(march, b"")
        assert each.open(april, b"") == b"april"


def test_after_a_rotation_old_rows_open_and_old_pseudonyms_are_found(keys: Keys) -> None:
    cipher = FieldCipher(keys, lambda: NOW)
    before, [old] = cipher.seal(b"x", b""), keys.persons()
    other = Keys.open(keys.directory, keys.directory.parent / "data")
    other.rotate(NOW)
    after = FieldCipher(other, lambda: NOW).seal(b"y", b"")
    assert sealed_with(after).serial == 1
    # The process that was running meanwhile opens both.
    assert (cipher.open(before, b""), cipher.open(after, b"")) == (b"x", b"y")
    assert len(other.persons()) == 2
    day = date(2027, 3, 10)
    assert pseudonym(old, day, 7) in pseudonyms(other.persons(), day, 0, 7)


def test_two_processes_that_need_a_new_month_at_once_agree(keys: Keys) -> None:
    april = datetime(2027, 4, 1, tzinfo=UTC)
    opened = [Keys.open(keys.directory, keys.directory.parent / "data") for _ in range(8)]
    threads = [threading.Thread(target=each.current, args=(april,)) for each in opened]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each.field_key(KeyId(2027, 4, 0)) for each in opened}) == 1
    assert not list(keys.directory.glob(".*"))


def test_a_pseudonym_is_one_voters_on_one_day(keys: Keys) -> None:
    [key] = keys.persons()
    day = date(2027, 3, 10)
    made = {pseudonym(key, date(2027, 3, d), user) for d in range(1, 31) for user in range(100)}
    assert len(made) == 3000
    assert {len(each) for each in made} == {16}
    assert pseudonym(key, day, 7) == pseudonym(key, day, 7)
    assert len(pseudonyms((key,), day, 90, 7)) == 91
