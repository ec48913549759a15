"""docs/trust.md against the tests: what it says that shows a requirement, exists."""

from __future__ import annotations

import ast
import re

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
REQUIREMENTS = [
    *(f"P{n}" for n in range(1, 17)),
    *(f"S{n}" for n in range(1, 19)),
    *(f"R{n}" for n in range(1, 18)),
    *(f"O{n}" for n in range(1, 10)),
]
OPEN = ("**not shown yet**", "**not built**")


def rows() -> list[list[str]]:
    """Return the cells of each row of the first table."""
    table = PAGE.partition("## What was measured")[0]
    found = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return found[1:]  # without the headings


def covered(cell: str) -> list[str]:
    """`S4–S8` or `S9, S10` -> the requirements one by one."""
    first, dash, last = cell.partition("–")
    if dash:
        return [f"{first[0]}{n}" for n in range(int(first[1:]), int(last[1:]) + 1)]
    return cell.split(", ")


def named_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return {
        node.name
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.name.startswith("test_")
    }


def test_every_requirement_has_its_row_in_order() -> None:
    assert [number for row in rows() for number in covered(row[0])] == REQUIREMENTS


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_what_is_said_to_show_it_exists(row: list[str]) -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", row[2])
    assert named or row[2].startswith(OPEN), "says neither what shows it nor that nothing does"
    for file, test in named:
        assert test in named_in(file), f"{file} has no {test}"


def test_the_commands_exist() -> None:
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"make ([a-z]+)`", PAGE)) | set(re.findall(r"`make ([a-z]+)", PAGE))
    assert targets >= {"torture", "sbom", "check"}
    for target in targets:
        assert re.search(rf"(?m)^{target}:", make), target


def test_the_variables_for_the_full_size_are_read() -> None:
    variables = set(re.findall(r"\b((?:TRUST|FUZZ|TORTURE)_[A-Z]+)=", PAGE))
    assert variables >= {"FUZZ_EXAMPLES", "TRUST_TRIALS", "TRUST_ASKERS", "TORTURE_PARTS"}
    source = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests").rglob("*.py"))
    for name in variables:
        prefix, _, rest = name.partition("_")
        used = f'"{rest}"' if prefix == "TORTURE" else f'environ.get("{name}"'
        assert used in source, name
