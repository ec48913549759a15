"""`loftebot corrections`, and where corrections are checked: evaluate, reload --check, /reload."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.jobs import KEPT, Jobs
from bot.texts import LANGUAGES
from retrieval.build import Options, build
from retrieval.corrections import CORRECTIONS
from tests.conftest import write_config
from tests.retrieval.test_corrections import ASKER, BYGDA, ident, write_programmes

GOOD = '[[example]]\nquestion = "Et eple til guttungen?"\npledges = ["{fruit}"]\nby = "Kari"\non = "2026-11-25"\n'
BAD = "[[synonym]]\nword = 'hytte'\nto = ['koie']\nwhy = 'x'\n"
LOST = '[[example]]\nquestion = "Hva med troll?"\npledges = ["asker-00000000"]\n'


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    return write_programmes(tmp_path / "seeds", ("Asker", "", ASKER), ("Bygda", "", BYGDA))


@pytest.fixture
def run(tmp_path: Path, seeds: Path):
    """Return a function: arguments -> the result of the command over the small folder."""
    config = write_config(tmp_path, least_pledges="1")

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(
            cli, ["--config", str(config), *arguments], env={"LOFTEBOT_SEEDS": str(seeds)}
        )

    return call


def write(seeds: Path, *entries: str) -> None:
    fruit = ident(build(seeds, options=Options(this_year=2026)), "frukt")
    text = "\n".join(entry.replace("{fruit}", fruit) for entry in entries)
    (seeds / CORRECTIONS).write_text(text, encoding="utf-8")


def test_none_are_none(run) -> None:
    result = run("corrections")
    assert (result.exit_code, result.stdout) == (0, "ingen rettelser\n")


def test_each_is_listed_with_whether_it_works(run, seeds: Path) -> None:
    write(seeds, GOOD, LOST)
    result = run("corrections")
    assert result.exit_code == 0  # what lost its pledge is told of, and judges nothing
    first, second, third, last = result.stdout.splitlines()
    assert first.startswith("i orden") and "corrections.toml:1 " in first and "guttungen" in first
    assert second.startswith("uten løfte") and "asker-00000000 finnes ikke lenger" in third
    assert last == "1 av 1 rettelser virker"
    write(seeds, GOOD, BAD)
    result = run("corrections")
    assert result.exit_code == 1
    assert "VIRKER IKKE" in result.stdout and result.stdout.endswith("1 av 2 rettelser virker\n")


def test_as_json_one_a_line(run, seeds: Path) -> None:
    write(seeds, GOOD, BAD)
    result = run("corrections", "--json")
    good, bad = [json.loads(line) for line in result.stdout.splitlines()]
    assert (good["kind"], good["works"], good["line"], good["by"], good["on"]) == (
        "example",
        True,
        1,
        "Kari",
        "2026-11-25",
    )
    assert (bad["kind"], bad["asks"], bad["to"], bad["works"]) == (
        "synonym",
        "hytte",
        ["koie"],
        False,
    )


def test_a_faulty_file_is_one_line_and_2(run, seeds: Path) -> None:
    write(seeds, "[[example]]\nquestion = 'x'\n")
    for command in (["corrections"], ["check"], ["reload", "--check"], ["pledges"]):
        result = run(*command)
        if command == ["pledges"] and result.exit_code == 0:
            continue  # reads programmes alone
        assert result.exit_code == 2, command
        assert result.stderr.strip() == f"{seeds / CORRECTIONS}:1: mangler «pledges»."


def test_check_counts_them_and_names_the_lost(run, seeds: Path) -> None:
    write(seeds, GOOD, LOST)
    said = run("check").stdout
    assert re.search(r"(?m)^rettelser +2$", said)
    assert "«Hva med troll?»: asker-00000000 finnes ikke lenger" in said


def test_reload_check_refuses_one_that_fails(run, seeds: Path, tmp_path: Path) -> None:
    write(seeds, GOOD)
    result = run("reload", "--check")
    assert result.exit_code == 0 and "Rettelser som virker: 1 av 1." in result.stdout
    before = tmp_path / "before"
    write_programmes(before, ("Asker", "", ASKER), ("Bygda", "", BYGDA))
    write(seeds, GOOD, BAD)
    result = run("reload", "--check", "--against", str(before))
    assert result.exit_code == 1 and "1 rettelser virker ikke: hytte" in result.stdout


def test_evaluate_prints_them_and_a_failing_one_is_1(run, seeds: Path, tmp_path: Path) -> None:
    question = {
        "qid": "q1",
        "question": "Får elevene frukt?",
        "answerable": True,
        "split": "dev",
        "cls": "direct",
    }
    question["relevant"] = [
        {
            "text": "gi gratis frukt til elevene i barneskolen",
            "municipality": "Asker",
            "period": "",
            "grade": 3,
        }
    ]
    questions, floor = tmp_path / "q.jsonl", tmp_path / "floor.toml"
    questions.write_text(json.dumps(question), encoding="utf-8")
    floor.write_text("[ndcg5]\nall = 0.1\n", encoding="utf-8")
    write(seeds, GOOD)
    result = run("evaluate", str(questions), "--floor", str(floor))
    assert result.exit_code == 0 and "\ncorrections 1/1\n" in result.stdout
    write(seeds, GOOD, BAD)
    result = run("evaluate", str(questions), "--floor", str(floor))
    assert result.exit_code == 1
    assert "\ncorrections 1/2\n" in result.stdout and "hytte" in result.stdout
    assert "loftebot corrections" in result.stderr
    assert json.loads(run("evaluate", str(questions), "--json").stdout)["corrections"] == {
        "passed": 1,
        "of": 2,
    }


def test_thesaurus_names_the_file_that_a_word_stands_in(run, seeds: Path) -> None:
    write(seeds, "[[synonym]]\nword = 'sete'\nto = ['benk']\nwhy = 'dagligtale'\n")
    assert "corrections.toml:1 [corrections] sete → benk" in run("thesaurus", "sete").stdout


def test_the_sentences_of_the_gate_have_the_same_blanks_in_each_language() -> None:
    for name in ("reload_corrections", "reload_corrected"):
        blanks = {
            tuple(sorted(re.findall(r"\{(\w+)\}", getattr(texts, name))))
            for texts in LANGUAGES.values()
        }
        assert len(blanks) == 1 and blanks != {()}


# ---- jobs


async def test_a_job_runs_once_at_a_time_and_is_remembered() -> None:
    jobs, go = Jobs(), asyncio.Event()
    ran: list[int] = []

    async def work(progress) -> str:
        ran.append(1)
        progress(2, 5)
        await go.wait()
        return "done"

    job = jobs.start("a", work)
    assert jobs.start("a", work) is job and job.running
    go.set()
    await job.finished.wait()
    assert (job.result, job.error, job.done, job.of, len(ran)) == ("done", None, 2, 5, 1)
    assert jobs.get("a") is job
    assert jobs.start("a", work) is not job
    await jobs.stop()


async def test_a_job_that_fails_keeps_its_error_and_logs_no_words(caplog) -> None:
    jobs = Jobs()

    async def work(progress) -> None:
        raise ValueError("hemmelig spørsmål")

    job = jobs.start("a", work)
    await job.finished.wait()
    assert isinstance(job.error, ValueError) and job.result is None
    assert "ValueError test_corrections.py" in caplog.text and "hemmelig" not in caplog.text


async def test_finished_jobs_are_forgotten_running_ones_never() -> None:
    jobs, go = Jobs(), asyncio.Event()

    async def wait(progress) -> None:
        await go.wait()

    async def quick(progress) -> None:
        return

    running = jobs.start("running", wait)
    for number in range(KEPT + 10):
        await jobs.start(number, quick).finished.wait()
    assert jobs.get("running") is running
    assert jobs.get(0) is None and jobs.get(KEPT + 9) is not None
    await jobs.stop()
    assert running.finished.is_set()
