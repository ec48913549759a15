"""Rules over the whole source: imports, fault codes, patterns, languages, commands of the README."""

from __future__ import annotations

import ast
import builtins
import importlib
import pkgutil
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from string import Formatter
from types import ModuleType

import click
import pytest

import bot
import retrieval
from bot.cli import cli
from bot.texts import LANGUAGES
from bot.texts.faults import FAULTS
from retrieval.topics import read_topics
from tests.conftest import ROOT


def modules() -> list[ModuleType]:
    names = ["bot", "retrieval"]
    for package in (bot, retrieval):
        names += [m.name for m in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
    # Imports matplotlib, which is for those who document.
    skipped = {"bot.__main__", "bot.cli.pictures"}
    return [importlib.import_module(name) for name in names if name not in skipped]


MODULES = modules()


def tree_of(module: ModuleType) -> ast.Module:
    assert module.__file__
    return ast.parse(Path(module.__file__).read_text(encoding="utf-8"))


def test_the_source_was_found():
    assert len(MODULES) > 50, "fix this test"


def test_imports_go_down_only():
    """The contracts stand in pyproject.toml."""
    # Not the script in .venv/bin: tests must run wherever the package is installed.
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    assert re.search(r"Contracts: [1-9]\d* kept, 0 broken", run.stdout)


def test_retrieval_reads_no_clock_and_no_environment_but_where_it_says_so():
    found = {
        module.__name__
        for module in MODULES
        if module.__name__.startswith("retrieval")
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in ("os.environ", "datetime.now", "time.time", "date.today")
    }
    assert found <= {"retrieval.build"}


def test_only_config_and_the_command_line_read_the_environment():
    readers = {
        module.__name__
        for module in MODULES
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "os.environ"
    }
    outside = {
        name for name in readers if not name.startswith(("bot.cli", "bot.config", "bot.app"))
    }
    assert outside == set()


# ---- fault codes

# Position of the code among an error's arguments: CorpusError(path, line, "code"), ConfigError("code").
ERRORS = {
    "CorpusError": 2, "LexiconError": 2, "ExamplesError": 2, "TopicsError": 2, "DecisionError": 2,
    "ConfigError": 0, "StorageError": 1,
}  # fmt: skip


def faults_raised() -> Iterator[tuple[str, str]]:
    for module in MODULES:
        for node in ast.walk(tree_of(module)):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func).split(".")[-1]
            if name not in ERRORS or len(node.args) <= ERRORS[name]:
                continue
            code = node.args[ERRORS[name]]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                yield code.value, f"{module.__name__}:{node.lineno}"


def test_every_fault_that_is_raised_has_a_sentence():
    raised = dict(faults_raised())
    assert len(raised) > 25, "fix this test"
    assert {code: where for code, where in raised.items() if code not in FAULTS} == {}


def test_every_sentence_is_of_a_fault_that_is_raised():
    literals = {
        node.value
        for module in MODULES
        if module.__name__ != "bot.texts.faults"
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert sorted(set(FAULTS) - literals) == []


def test_a_fault_is_one_line():
    assert [code for code, sentence in FAULTS.items() if "\n" in sentence or not sentence] == []


def test_every_value_that_a_sentence_names_is_given_where_the_fault_is_raised():
    given: dict[str, list[tuple[set[str], str]]] = {}
    for module in MODULES:
        for node in ast.walk(tree_of(module)):
            if (
                isinstance(node, ast.Call)
                and (name := ast.unparse(node.func).split(".")[-1]) in ERRORS
            ):
                if len(node.args) > ERRORS[name] and isinstance(
                    node.args[ERRORS[name]], ast.Constant
                ):
                    keys = {k.arg for k in node.keywords}
                    if None not in keys:
                        code = node.args[ERRORS[name]].value
                        given.setdefault(code, []).append(
                            (keys, f"{module.__name__}:{node.lineno}")
                        )
    wrong = [
        f"{where}: {code} lacks {sorted(missing)}"
        for code, sites in given.items()
        if code in FAULTS
        for keys, where in sites
        if (missing := placeholders(FAULTS[code]) - keys - {"path"})
        and not (code == "empty" and "key" not in keys)  # said in its own words
    ]
    assert wrong == []


# ---- languages


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def sentences(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


NB = LANGUAGES["nb"]


@pytest.mark.parametrize("name", [f.name for f in fields(NB) if f.name != "code"])
def test_a_sentence_has_the_same_placeholders_and_is_written_in_every_language(name):
    assert set(LANGUAGES) == {"nb", "nn", "en"}
    found = {code: sentences(getattr(texts, name)) for code, texts in LANGUAGES.items()}
    assert len({len(rows) for rows in found.values()}) == 1
    for rows in zip(*found.values(), strict=True):
        assert all(row.strip() for row in rows)
        assert len({frozenset(placeholders(row)) for row in rows}) == 1


def test_the_languages_differ():
    names = [f.name for f in fields(NB)]
    same = [n for n in names if getattr(NB, n) == getattr(LANGUAGES["en"], n)]
    assert len(same) < 0.2 * len(names)
    assert [code for code, texts in LANGUAGES.items() if texts.code != code] == []


# ---- patterns: TRUST S13, no message may keep one busy


@dataclass(frozen=True)
class Found:
    where: str
    pattern: re.Pattern[str]
    longest: int = 4096


RE_CALLS = frozenset(
    ("re.compile", "re.search", "re.match", "re.fullmatch", "re.sub", "re.split", "re.findall", "re.finditer", "re.subn")
)  # fmt: skip
FLAGS_AT = {"re.compile": 1, "re.sub": 4, "re.subn": 4, "re.split": 3}


class Names(dict[str, object]):
    """The names of a module; one that has a value only at run time is the word «x»."""

    def __missing__(self, name: str) -> object:
        return getattr(builtins, name, "x")


def worth(part: ast.expr, module: ModuleType) -> object:
    """Evaluate an expression of module constants, or of a name that is given a constant once."""
    names = {}
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if isinstance(node.value, ast.Constant | ast.JoinedStr):
                names[node.targets[0].id] = node.value
    if isinstance(part, ast.Name) and part.id not in vars(module) and part.id in names:
        part = names[part.id]
    return eval(compile(ast.Expression(part), module.__name__, "eval"), {}, Names(vars(module)))


def patterns() -> list[Found]:
    found: list[Found] = []
    for module in MODULES:
        for node in ast.walk(tree_of(module)):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) not in RE_CALLS:
                continue
            where = f"{module.__name__}:{node.lineno}"
            at = FLAGS_AT.get(ast.unparse(node.func), 2)
            flags = [*node.args[at : at + 1], *(k.value for k in node.keywords if k.arg == "flags")]
            pattern, *values = (worth(part, module) for part in (node.args[0], *flags))
            found.append(Found(where, re.compile(pattern, *values)))
    for topic in read_topics(ROOT / "seeds").topics:
        # TopicTree.matching looks at no message longer than 300 characters.
        found += [
            Found(f"topics.toml {topic.id}", re.compile(p), longest=300) for p in topic.patterns
        ]
    return found


PATTERNS = patterns()
IN_CODE = [f for f in PATTERNS if f.longest == 4096]
IN_DATA = [f for f in PATTERNS if f.longest == 300]
PUMPS = [
    "a", " ", "-", "1", ".", "\n", "å", "(", "«", "_", "a ", "ab-", "a.", "1.", "1 ", "A1-", "a\n", "- ", "\t\n",
    "vil ", "skal ", "må ", "vi vil ", "partiet ", "og vil ", "mener partiet ", "•\n", "line 1", "dere ", "[[topic ",
]  # fmt: skip


def pumped(written: str, length: int, pumps: list[str]) -> Iterator[str]:
    """Long messages that fit the pattern for long, and then not."""
    own = set(re.findall(r"[a-zæøå]{2,12}", written.lower()))
    for unit in (*pumps, *(f"{word} " for word in sorted(own)[:8])):
        text = (unit * (length // len(unit) + 1))[: length - 1]
        yield text + "\x00"


# A pattern that backtracks without bound takes seconds or hours here; a bounded one some milliseconds.
LIMIT = 0.2


def slowest(found: Found, pumps: list[str]) -> float:
    worst = 0.0
    written = found.pattern.pattern
    raw = isinstance(written, bytes)
    for text in pumped(written.decode() if raw else written, found.longest, pumps):
        for call in (found.pattern.search, found.pattern.fullmatch):
            worst = max(
                worst, min(_seconds(call, text.encode() if raw else text) for _ in range(2))
            )
            if worst > LIMIT:  # the machine may have been busy: the best of more tries counts
                worst = min(_seconds(call, text.encode() if raw else text) for _ in range(5))
    return worst


def _seconds(call, text) -> float:
    started = time.thread_time()
    call(text)
    return time.thread_time() - started


def test_patterns_were_found():
    assert len(IN_CODE) > 40 and len(IN_DATA) > 100, "fix this test"


@pytest.mark.parametrize("found", IN_CODE, ids=lambda f: f.where)
def test_a_pattern_answers_any_message_at_once(found):
    assert slowest(found, PUMPS) <= LIMIT


def test_the_patterns_of_the_topic_tree_answer_any_message_at_once():
    slow = {
        f"{f.where}: {f.pattern.pattern}": s
        for f in IN_DATA
        if (s := slowest(f, ["a ", "jeg ", "vil "])) > LIMIT
    }
    assert slow == {}


# ---- the README

README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands_of(text: str) -> list[str]:
    return re.findall(r"(?m)(?:^|[`\s/])loftebot ((?:--config \S+ )?[a-z-]+)\b", text)


def test_every_command_that_the_readme_names_exists():
    known = set(cli.list_commands(click.Context(cli)))
    named = {name.split()[-1] for name in commands_of(README)}
    assert named, "the README names no command: fix this test"
    assert named <= known


def test_every_make_target_that_the_readme_names_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"(?m)(?:^\s+|`)make ([a-z-]+)", README))
    assert named
    assert [name for name in named if not re.search(rf"(?m)^{name}:", makefile)] == []
