"""S17: what is installed is what the lock files say, byte for byte, and it is little."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from bot import programmes
from retrieval.corpus import CorpusError
from tests.conftest import ROOT

LOCKS = sorted(ROOT.glob("requirements*.lock"))
MOST_PACKAGES = 25  # that the bot runs on


def locked(path: Path) -> dict[str, list[str]]:
    """Return `name==version` -> hashes of each requirement of a lock file."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        assert not line.startswith("-"), f"{path.name}: an option, {line!r}"
        requirement, *hashes = line.split("--hash=")
        found[requirement.split(";")[0].strip()] = [h.strip() for h in hashes]
    return found


def names(path: Path) -> set[str]:
    return {requirement.split("==")[0] for requirement in locked(path)}


def asked_for(path: Path) -> set[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith(("#", "-"))}


def test_the_lock_files_were_found() -> None:
    assert {p.stem for p in LOCKS} >= {
        "requirements",
        *(f"requirements-{n}" for n in ("build", "dev", "readers", "review", "semantic")),
    }


@pytest.mark.parametrize("path", LOCKS, ids=lambda p: p.stem)
def test_every_package_is_pinned_to_one_version_and_its_hashes(path: Path) -> None:
    requirements = locked(path)
    assert requirements
    for requirement, hashes in requirements.items():
        assert re.fullmatch(r"[a-z0-9.-]+==[0-9][\w.+!]*", requirement), requirement
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", h) for h in hashes), requirement


@pytest.mark.parametrize("path", LOCKS, ids=lambda p: p.stem)
def test_a_lock_file_holds_what_is_asked_for_and_names_no_registry(path: Path) -> None:
    assert asked_for(path.with_suffix(".in")) <= set(locked(path))
    assert "://" not in path.read_text(encoding="utf-8")


def test_the_bot_runs_on_few_packages_and_none_that_build() -> None:
    run = names(ROOT / "requirements.lock")
    assert len(run) <= MOST_PACKAGES
    assert not {"hatchling", "editables", "setuptools", "pip", "wheel"} & run


def test_the_project_asks_for_what_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    assert set(project["project"]["dependencies"]) == asked_for(ROOT / "requirements.in")
    for extra in ("readers", "review", "semantic"):
        assert set(extras[extra]) == asked_for(ROOT / f"requirements-{extra}.in"), extra
    assert set(project["build-system"]["requires"]) <= asked_for(ROOT / "requirements-build.in")


@pytest.mark.parametrize("file", ["Makefile", "deploy/Dockerfile", "docs/drift.md", ".ci/run"])
def test_nothing_is_installed_without_its_hash(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ")
    # $(PIP) and $(LOCKED) of the Makefile, as make itself would put them in.
    for name, value in reversed(re.findall(r"(?m)^([A-Z]+) := (.*)$", text)):
        text = text.replace(f"$({name})", value)
    calls = [
        call.split("#")[0]
        for line in text.splitlines()
        if not re.match(r"[A-Z]+ :=", line)
        for call in re.findall(r"pip install[^&|;]*", line)
    ]
    assert calls or file == ".ci/run", "fix this test"
    for call in calls:
        # Only the project itself is installed without a hash, and it brings nothing along.
        itself = re.search(r"--no-deps --no-build-isolation (--editable )?\.\s*$", call)
        assert itself or "--require-hashes" in call, call


def test_make_lock_writes_every_lock_file() -> None:
    make = subprocess.run(
        ["make", "-n", "-s", "lock"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    recipe = re.search(r"for name in ([\w\s-]+);", make.stdout)
    assert recipe
    assert set(recipe[1].split()) == {p.stem for p in LOCKS}
    assert "--generate-hashes" in make.stdout and "--no-emit-index-url" in make.stdout


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """Build a wheel as small as it can be, in a folder of its own."""
    info = "prove_hash-1.0.dist-info"
    files = {
        "prove_hash.py": "",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: prove-hash\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}\n"
        for name, text in files.items()
    )
    path = tmp_path / "wheels" / "prove_hash-1.0-py3-none-any.whl"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(name, text)
    return path


def install(wheel: Path, requirement: str, target: Path) -> subprocess.CompletedProcess[str]:
    """Install as the Makefile does, but from a folder: no network."""
    lock = target.with_suffix(".lock")
    lock.write_text(requirement + "\n", encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "install",
         "--no-index", "--find-links", wheel.parent, "--require-hashes", "--target", target, "-r", lock],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_an_altered_hash_and_a_missing_one_are_refused(wheel: Path, tmp_path: Path) -> None:
    right = hashlib.sha256(wheel.read_bytes()).hexdigest()
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")

    done = install(wheel, f"prove-hash==1.0 --hash=sha256:{right}", tmp_path / "right")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "right" / "prove_hash.py").exists()

    done = install(wheel, f"prove-hash==1.0 --hash=sha256:{wrong}", tmp_path / "wrong")
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not (tmp_path / "wrong").exists()

    assert install(wheel, "prove-hash==1.0", tmp_path / "none").returncode != 0
    assert not (tmp_path / "none").exists()


def test_the_sbom_lists_what_the_bot_runs_on_and_nothing_of_this_machine(tmp_path: Path) -> None:
    """`make sbom`, with the recipe's own command."""
    make = subprocess.run(
        ["make", "-n", "-s", "-o", ".venv/.installed-dev", "sbom"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    command = next(
        line for line in make.stdout.replace("\\\n", " ").splitlines() if "cyclonedx_py" in line
    )
    file = tmp_path / "sbom.json"
    words = command.replace("--output-file sbom.json", f"--output-file {file}").split()
    words[0] = sys.executable
    subprocess.run(words, cwd=ROOT, timeout=60, check=True)
    sbom = json.loads(file.read_text(encoding="utf-8"))
    assert sbom["bomFormat"] == "CycloneDX"
    assert sbom["metadata"]["component"]["name"] == "loftebot"
    listed = {f"{c['name']}=={c['version']}": c for c in sbom["components"]}
    run = locked(ROOT / "requirements.lock")
    assert set(listed) == set(run)
    for requirement, component in listed.items():
        [source] = component["externalReferences"]
        assert {h["content"] for h in source["hashes"]} == {
            h.removeprefix("sha256:") for h in run[requirement]
        }
        assert "://" not in json.dumps(component)
    assert str(ROOT) not in file.read_text(encoding="utf-8")


def test_who_changes_the_corpus_without_the_tools_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tomlkit", None)  # as if it were not installed
    with pytest.raises(CorpusError) as told:
        programmes.files_of(tmp_path, "asker.txt")
    assert told.value.fault == "reader_missing"
    assert told.value.values == {"name": "tomlkit"}
