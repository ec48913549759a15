from __future__ import annotations

import subprocess
import sys
import time

import pytest

from bot.lock import FILE, AlreadyRunningError, LockError, only_instance
from tests.conftest import ROOT


def test_a_second_holder_is_refused_at_once_and_welcome_afterwards(tmp_path) -> None:
    with only_instance(tmp_path / "data"):
        with pytest.raises(AlreadyRunningError) as refused, only_instance(tmp_path / "data"):
            pass
        assert refused.value.fault == "already_running"
        with only_instance(tmp_path / "other"):
            pass
    with only_instance(tmp_path / "data"):
        pass


def test_a_process_that_is_killed_holds_nothing(tmp_path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from bot.lock import only_instance\n"
        "with only_instance(Path(sys.argv[1])):\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunningError), only_instance(tmp_path):
            pass
        process.kill()
        process.wait()
    started = time.monotonic()
    with only_instance(tmp_path):
        assert time.monotonic() - started < 1
    assert (tmp_path / FILE).exists()


def test_a_directory_that_cannot_be_made_is_named(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LockError) as refused, only_instance(tmp_path / "file" / "data"):
        pass
    assert refused.value.fault == "storage_failed"
