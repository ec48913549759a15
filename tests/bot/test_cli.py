"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from bot.app import _warn_of_places
from bot.cli import cli
from bot.config import ConfigError, load_settings
from bot.texts.faults import explain
from tests.conftest import ROOT, TOKEN, copy_corpus, write_config, write_programmes

SUNDAY = "Hva mener dere om søndagsåpne butikker?"
# As issue 2, section 3, has them.
ANSWER_KEYS = ["question", "outcome", "message", "municipality", "hits", "elapsed_ms"]
HIT_KEYS = [
    "id", "quote", "party", "municipality", "period", "headings", "lead_in", "parent", "kind",
    "source", "score",
]  # fmt: skip
PLEDGE_KEYS = [
    "id", "text", "file", "municipality", "period", "headings", "lead_in", "parent", "kind",
    "start", "end",
]  # fmt: skip
VILLAGE = """Program for bygda

Vei

Bygdelista vil:
• asfaltere grusveien til kirka
• senke fartsgrensen i sentrum
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a config and a copy of the shipped corpus without examples and topics."""
    folder = tmp_path_factory.mktemp("cli")
    copy_corpus(folder / "seeds")
    write_config(folder)
    return folder


@pytest.fixture
def village(tmp_path: Path) -> Path:
    """A folder with a config and a corpus of one small programme, for a test to spoil."""
    write_programmes(tmp_path / "seeds", ("Bygda", "2023-2027", VILLAGE))
    write_config(tmp_path)
    return tmp_path


def run(folder: Path, *arguments: str, stdin: str | None = None) -> Result:
    environment = {
        "LOFTEBOT_CONFIG": str(folder / "config.toml"),
        "LOFTEBOT_SEEDS": None,
        "LOFTEBOT_DATA": None,
        "TELEGRAM_BOT_TOKEN": None,
    }
    return CliRunner(env=environment).invoke(cli, arguments, input=stdin, catch_exceptions=False)


def refused(result: Result, code: int = 2) -> str:
    """The one line that says what is wrong; nothing on standard output."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    assert "Traceback" not in line and "{" not in line
    return line


def objects(result: Result) -> list[dict]:
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


# ---- help


COMMANDS = cli.list_commands(click.Context(cli))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example_of_itself(command):
    result = CliRunner().invoke(cli, [command, "--help"])
    assert result.exit_code == 0
    assert re.search(rf"(?s)Examples?:.*loftebot.*\b{command}\b", result.stdout)
    assert CliRunner().invoke(cli, [command, "-h"]).stdout == result.stdout


def test_the_help_lists_every_command_with_what_it_does():
    result = CliRunner().invoke(cli, ["--help"])
    assert result.exit_code == 0
    assert len(COMMANDS) >= 8
    for command in COMMANDS:
        assert re.search(rf"(?m)^  {command}\s+\S", result.stdout), command
    assert "Example:" in result.stdout


def test_help_needs_no_config(tmp_path):
    assert run(tmp_path, "ask", "--help").exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["nonsense"], id="a command that is none"),
        pytest.param(["ask"], id="no question"),
        pytest.param(["ask", "--limit", "0", "x"], id="a limit of nothing"),
        pytest.param(["ask", "--limit", "many", "x"], id="a limit that is no number"),
        pytest.param(["ask", "--language", "sv", "x"], id="a language we do not speak"),
        pytest.param(["ask", "--nonsense", "x"], id="an option that is none"),
        pytest.param(["evaluate", "no-such-file.jsonl"], id="a file that is not there"),
        pytest.param(["calibrate"], id="no file"),
    ],
)
def test_bad_use_is_exit_code_2(home, arguments):
    result = run(home, *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


# ---- ask


QUESTIONS = [
    SUNDAY,
    "Hva mener Lørenskog Ap om søndagsåpne butikker?",
    "Hva mener Høyre om skole?",
    "kvantemekanikk",
    "",
    "T-banen i Bærum",
    "søndagsåpne butikker i Oslo",
    "<b>&skole</b>",
]


@pytest.fixture(scope="module")
def answered(home) -> list[dict]:
    return objects(run(home, "ask", "--json", "-", stdin="\n".join(QUESTIONS) + "\n"))


def test_one_question_a_line_is_one_object_a_line_in_order(answered):
    assert [row["question"] for row in answered] == QUESTIONS


def test_an_answer_has_the_fields_of_the_contract_and_no_other(answered):
    for row in answered:
        assert list(row) == ANSWER_KEYS
        assert row["outcome"] in ("hit", "weak", "none", "fixed")
        assert isinstance(row["message"], str) and row["message"]
        assert row["municipality"] is None or isinstance(row["municipality"], str)
        assert isinstance(row["elapsed_ms"], float) and row["elapsed_ms"] >= 0
        assert len(row["hits"]) <= 5
        assert bool(row["hits"]) == (row["outcome"] in ("hit", "weak"))
        scores = [hit["score"] for hit in row["hits"]]
        assert scores == sorted(scores, reverse=True)
        for hit in row["hits"]:
            assert list(hit) == HIT_KEYS
            for key in ("id", "quote", "party", "municipality", "kind", "source"):
                assert isinstance(hit[key], str) and hit[key], key
            for key in ("period", "lead_in", "parent"):
                assert hit[key] is None or (isinstance(hit[key], str) and hit[key]), key
            assert all(isinstance(h, str) for h in hit["headings"])
            assert hit["kind"] in ("bullet", "prose")


def test_the_answers_are_the_bots(answered):
    sunday, lorenskog, hoyre, physics, empty, train, oslo, markup = answered
    assert sunday["outcome"] == "hit"
    assert {(h["municipality"], h["period"]) for h in sunday["hits"]} == {
        ("Bærum", "2023-2027"),
        ("Lørenskog", None),
    }
    assert all(h["quote"] in sunday["message"] for h in sunday["hits"])
    assert lorenskog["municipality"] == "Lørenskog"
    assert {h["municipality"] for h in lorenskog["hits"]} == {"Lørenskog"}
    assert hoyre["outcome"] == physics["outcome"] == empty["outcome"] == oslo["outcome"] == "none"
    assert "Høyre" in hoyre["message"] and "Oslo" in oslo["message"]
    assert {h["municipality"] for h in train["hits"]} == {"Bærum"}
    assert markup["question"] == "<b>&skole</b>"


def test_letters_are_written_as_they_are(home):
    result = run(home, "ask", "--json", "--limit", "1", SUNDAY)
    assert "søndagsåpne" in result.stdout
    assert len(result.stdout.splitlines()) == 1
    assert len(objects(result)[0]["hits"]) == 1


def test_explaining_adds_why_and_takes_nothing_away(home):
    [row] = objects(run(home, "ask", "--json", "--explain", SUNDAY))
    assert list(row)[: len(ANSWER_KEYS)] == ANSWER_KEYS
    assert {"reason", "fixed", "evidence", "matched"} <= set(row)
    assert 0 <= row["evidence"]["probability"] <= 1


def test_a_chosen_municipality_narrows_the_answer(home):
    [row] = objects(run(home, "ask", "--json", "-m", "lørenskog", "søndagsåpne butikker"))
    assert row["municipality"] == "Lørenskog"
    assert {h["municipality"] for h in row["hits"]} == {"Lørenskog"}


def test_a_municipality_that_is_not_here_is_bad_use_and_names_those_that_are(village):
    line = refused(run(village, "ask", "-m", "Oslo", "vei"))
    assert "Oslo" in line and "Bygda" in line


def test_an_answer_in_words_is_the_message(home, answered):
    result = run(home, "ask", SUNDAY)
    assert result.exit_code == 0
    assert result.stdout == answered[0]["message"] + "\n"
    assert result.stderr == ""


def test_a_question_that_finds_nothing_is_exit_code_1(village):
    result = run(village, "ask", "kvantemekanikk")
    assert result.exit_code == 1
    assert result.stdout
    assert result.stderr == ""


def test_no_questions_are_no_answers(village):
    result = run(village, "ask", "--json", "-", stdin="")
    assert (result.exit_code, result.stdout) == (0, "")


def process(folder: Path, *arguments: str, **more) -> subprocess.Popen:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "LOFTEBOT_CONFIG": str(folder / "config.toml"),
        **more.pop("env", {}),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments], cwd=folder, env=environment,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_each_answer_is_written_before_the_next_question_is_read(village):
    with process(village, "ask", "--json", "-") as asked:
        try:
            # Not UTF-8, and no locale is set: still one object a line.
            for question in (b"fartsgrensen", b"vei p\xe5 norsk", "grusvei å".encode()):
                asked.stdin.write(question + b"\n")
                asked.stdin.flush()
                row = json.loads(asked.stdout.readline())  # blocks for ever if nothing is flushed
                assert list(row) == ANSWER_KEYS
            asked.stdin.close()
            assert asked.wait(20) == 0
            assert asked.stderr.read() == b""
        finally:
            asked.kill()


# ---- pledges, check


def test_a_pledge_has_the_fields_of_the_contract_and_stands_where_it_says(home, corpus_text):
    rows = objects(run(home, "pledges", "--json"))
    assert len(rows) > 400
    for row in rows:
        assert list(row) == PLEDGE_KEYS
        assert row["kind"] in ("bullet", "prose")
        assert isinstance(row["start"], int) and row["start"] < row["end"]
        assert row["period"] is None or re.fullmatch(r"\d{4}-\d{4}", row["period"])
        letters = "".join(row["text"].split())
        assert corpus_text(row["file"])[row["start"]].lower() == letters[0].lower()
    assert len({row["id"] for row in rows}) == len(rows)


@pytest.fixture(scope="module")
def corpus_text(home):
    texts = {
        p.name: p.read_text("utf-8").replace("\r\n", "\n") for p in (home / "seeds").glob("*.txt")
    }
    return texts.__getitem__


def test_pledges_for_people_are_one_a_line_with_their_place(village):
    result = run(village, "pledges")
    assert result.exit_code == 0
    first, second = result.stdout.splitlines()
    assert "program-0.txt:6" in first and first.endswith("asfaltere grusveien til kirka")
    assert "program-0.txt:7" in second


def test_check_says_what_there_is(home):
    result = run(home, "check")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert "Asker, Bærum, Lørenskog" in result.stdout
    assert "ordrette" in result.stdout


def test_check_warns_of_a_reviewer_whose_municipality_has_no_programme(village):
    write_config(village, reviewers='["5 Bygda", "6 Atlantis"]')
    result = run(village, "check")
    assert result.exit_code == 0
    [line] = result.stderr.splitlines()
    assert "advarsel" in line and "Atlantis" in line and "Kommuner: Bygda" in line
    assert "6" not in line.replace("Atlantis", "")  # nobody's id


def test_the_start_warns_of_it_too(settings, _shared, caplog):
    named = replace(settings, reviewers=("5 Asker", "6 Atlantis"))
    _warn_of_places(replace(_shared, settings=named))
    [record] = caplog.records
    assert (record.levelname, record.args) == ("WARNING", ("Atlantis",))


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        pytest.param("programmes.toml", "[[programme]]\n", "programmes.toml:1: mangler «file»", id="a record without a file"),
        pytest.param("program-0.txt", VILLAGE + "x", "program-0.txt: innholdet er endret", id="a changed programme"),
        pytest.param("thesaurus.toml", "[a]\nsynonyms = [\n  { words = [], to = ['b'] },\n]\n", "thesaurus.toml:3: «words»", id="a line of the thesaurus"),
        pytest.param("example_questions.toml", "[x]\nquestions = 1\n", "example_questions.toml:1: [x]", id="example questions"),
        pytest.param("topics.toml", "[[topic]]\nid = 'a'\n", "topics.toml:1: mangler", id="a topic"),
        pytest.param("decision.toml", "[lexical]\n", "decision.toml: modellen", id="the decision"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", [["check"], ["ask", "vei"]])
def test_a_faulty_corpus_is_one_line_that_says_where(village, command, file, content, said):
    (village / "seeds" / file).write_text(content, encoding="utf-8")
    assert said in refused(run(village, *command))


def test_a_corpus_that_is_not_there_is_named(village):
    write_config(village)
    text = (village / "config.toml").read_text("utf-8").replace('"seeds"', '"borte"')
    (village / "config.toml").write_text(text, encoding="utf-8")
    assert str(village / "borte") in refused(run(village, "check"))


# ---- evaluate


def row(**changes: object) -> str:
    return json.dumps(
        {
            "qid": "q1", "question": "fartsgrensen", "cls": "direct", "split": "dev", "answerable": True,
            "relevant": [{"text": "senke fartsgrensen i sentrum", "municipality": "Bygda", "period": "2023-2027", "grade": 3}],
        } | changes
    )  # fmt: skip


def test_evaluating_prints_figures_and_outcomes(village):
    file = village / "q.jsonl"
    silent = row(qid="q2", question="kvantemekanikk", answerable=False, relevant=[])
    file.write_text(row() + "\n" + silent + "\n", encoding="utf-8")
    result = run(village, "evaluate", str(file))
    assert result.exit_code == 0, result.stderr
    assert re.search(r"(?m)^all\s+1\s+1\.0000", result.stdout)
    assert "unanswerable dev" in result.stdout
    found = json.loads(run(village, "evaluate", "--json", str(file)).stdout)
    figures = {"n": 1, "ndcg5": 1.0, "mrr": 1.0, "recall5": 1.0}
    assert figures.items() <= found["ranking"]["all"].items()
    assert found["outcomes"]["unanswerable"] == {"none": 1}


def test_a_figure_under_its_floor_is_exit_code_1(village):
    (village / "q.jsonl").write_text(
        row(relevant=[{"text": "asfaltere grusveien til kirka", "municipality": "Bygda", "period": "2023-2027", "grade": 3}]),
        encoding="utf-8",
    )  # fmt: skip
    (village / "floor.toml").write_text("[ndcg5]\nall = 0.99\n", encoding="utf-8")
    arguments = ("evaluate", str(village / "q.jsonl"), "--floor", str(village / "floor.toml"))
    result = run(village, *arguments)
    assert result.exit_code == 1
    assert "all: " in result.stderr and "< 0.99" in result.stderr
    (village / "floor.toml").write_text("[ndcg5]\nall = 0.0\n", encoding="utf-8")
    assert run(village, *arguments).exit_code == 0


def test_a_faulty_question_file_is_named_by_line(village):
    (village / "q.jsonl").write_text(row() + "\n{\n", encoding="utf-8")
    assert "q.jsonl:2" in refused(run(village, "evaluate", str(village / "q.jsonl")))


def test_one_kind_of_question_is_not_enough_to_calibrate(village):
    (village / "q.jsonl").write_text(row() + "\n", encoding="utf-8")
    before = (village / "seeds" / "decision.toml").read_bytes()
    refused(run(village, "calibrate", str(village / "q.jsonl")))
    assert (village / "seeds" / "decision.toml").read_bytes() == before


# ---- thesaurus, topics


def test_the_thesaurus_says_where_a_word_leads(home):
    result = run(home, "thesaurus", "mormor")
    assert result.exit_code == 0
    assert "thesaurus.toml:" in result.stdout and "grunn:" in result.stdout


def test_a_word_without_a_line_is_exit_code_1(village):
    assert run(village, "thesaurus", "kvantemekanikk").exit_code == 1
    assert run(village, "thesaurus").exit_code == 2


def test_topics_need_a_topic_tree(village):
    assert "topics.toml" in refused(run(village, "topics"))


# ---- settings


def changed(key: str, value: str):
    def change(text: str) -> str:
        text, count = re.subn(rf"(?m)^{key} = .*$", lambda _: f"{key} = {value}", text, count=1)
        assert count == 1
        return text

    return change


def without(key: str):
    def change(text: str) -> str:
        text, count = re.subn(rf"(?m)^{key} = .*\n", "", text, count=1)
        assert count == 1
        return text

    return change


BROKEN = [
    pytest.param(changed("max_quotes", "0"), "answers.max_quotes", id="too few quotes"),
    pytest.param(changed("max_quotes", "11"), "answers.max_quotes", id="too many quotes"),
    pytest.param(changed("max_quotes", '"5"'), "answers.max_quotes", id="a number in quotes"),
    pytest.param(changed("max_quotes", "2.5"), "answers.max_quotes", id="half a quote"),
    pytest.param(changed("max_quotes", "true"), "answers.max_quotes", id="a flag for a number"),
    pytest.param(changed("max_per_municipality", "0"), "answers.max_per_municipality", id="none of a place"),
    pytest.param(changed("least_share", "1.5"), "answers.least_share", id="a share above 1"),
    pytest.param(changed("least_share", "nan"), "answers.least_share", id="a share that is no number"),
    pytest.param(changed("k1", "0"), "retrieval.k1", id="k1 of nothing"),
    pytest.param(changed("k1", "inf"), "retrieval.k1", id="k1 without end"),
    pytest.param(changed("b", "-0.1"), "retrieval.b", id="b below 0"),
    pytest.param(changed("encoder", "1"), "retrieval.encoder", id="a number for a flag"),
    pytest.param(changed("encoder", '"yes"'), "retrieval.encoder", id="a word for a flag"),
    pytest.param(changed("admins", "77"), "telegram.admins", id="an admin that is no list"),
    pytest.param(changed("admins", '["kari"]'), "telegram.admins", id="an admin's name"),
    pytest.param(changed("admins", "[true]"), "telegram.admins", id="a flag for an admin"),
    pytest.param(changed("bootstrap_retries", "-2"), "telegram.bootstrap_retries", id="less than for ever"),
    pytest.param(changed("concurrent_chats", "0"), "telegram.concurrent_chats", id="no chats"),
    pytest.param(changed("concurrent_chats", "1000"), "telegram.concurrent_chats", id="too many chats"),
    pytest.param(changed("retention_days", "0"), "storage.retention_days", id="kept for no time"),
    pytest.param(changed("retention_days", "181"), "storage.retention_days", id="kept too long"),
    pytest.param(changed("current_year", "-1"), "corpus.current_year", id="a year below 0"),
    pytest.param(changed("name", "5"), "party.name", id="a number for a name"),
    pytest.param(changed("base_url", "[]"), "telegram.base_url", id="a list for an address"),
    pytest.param(changed("token_file", f'"{TOKEN}"'), "telegram.token_file", id="the token for its file"),
    pytest.param(without("k1"), "retrieval.k1", id="a key missing"),
    pytest.param(without("encoder"), "retrieval.encoder", id="a flag missing"),
    pytest.param(lambda t: t.replace("[retrieval]", "[retrieval]\nk2 = 1"), "retrieval.k2", id="a key that is none"),
    pytest.param(lambda t: f'token = "{TOKEN}"\n{t}', "token", id="the token at the top"),
    pytest.param(lambda t: t.replace("[telegram]", f'[telegram]\ntoken = "{TOKEN}"'), "telegram.token", id="the token in the file"),
    pytest.param(lambda t: t + "\n[extra]\na = 1\n", "extra.a", id="a section that is none"),
    pytest.param(lambda t: t + f'\nk1 = = "{TOKEN}"\n', "config.toml", id="no TOML"),
    pytest.param(lambda t: t + f'\ntoken = "{TOKEN}\n', "config.toml", id="a quote that is not closed"),
    pytest.param(lambda t: t.replace("[party]", "[party"), "config.toml", id="a bracket missing"),
    pytest.param(lambda t: t + "\n[party]\n", "config.toml", id="a section twice"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "key"), BROKEN)
def test_a_broken_setting_is_one_line_that_names_it_and_never_the_token(village, change, key):
    config = village / "config.toml"
    config.write_text(change(config.read_text("utf-8")), encoding="utf-8")
    result = run(village, "check")
    line = refused(result)
    assert key in line
    assert "config.toml" in line
    assert TOKEN not in result.output and "secret" not in result.output


@pytest.mark.parametrize(
    "command", [[c] for c in ("check", "pledges", "run", "chat", "vectors", "topics")]
)
def test_every_command_refuses_a_broken_config(village, command):
    config = village / "config.toml"
    text = config.read_text("utf-8").replace("[retrieval]", "[retrieval]\nk2 = 1")
    config.write_text(text, encoding="utf-8")
    assert "retrieval.k2" in refused(run(village, *command))


def test_a_config_that_is_not_there_or_not_utf8_is_named(village):
    assert "borte.toml" in refused(run(village, "--config", str(village / "borte.toml"), "check"))
    (village / "config.toml").write_bytes(b"# B\xe6rum\n")
    assert "config.toml" in refused(run(village, "check"))


def test_a_config_on_the_command_line_wins_over_the_environment(village, tmp_path):
    assert run(tmp_path / "borte", "--config", str(village / "config.toml"), "check").exit_code == 0


def test_running_without_a_token_is_bad_use(village):
    line = refused(run(village, "run"))
    assert "TELEGRAM_BOT_TOKEN" in line


def test_secrets_never_print(village):
    settings = load_settings(village / "config.toml", {"TELEGRAM_BOT_TOKEN": f" {TOKEN}\n"})
    assert settings.token == TOKEN
    assert TOKEN not in repr(settings) and TOKEN not in str(settings)


@pytest.mark.parametrize("content", [b"\xff\xfe", None], ids=["not text", "not there"])
def test_a_token_file_that_cannot_be_read_is_one_line(village, content):
    if content is not None:
        (village / "token").write_bytes(content)
    config = village / "config.toml"
    config.write_text(changed("token_file", '"token"')(config.read_text("utf-8")), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_settings(config, {})
    assert "\n" not in explain(caught.value)


def test_a_token_file_is_read_beside_the_config_and_the_environment_wins(village):
    (village / "token").write_text(TOKEN + "\n", encoding="utf-8")
    config = village / "config.toml"
    config.write_text(changed("token_file", '"token"')(config.read_text("utf-8")), encoding="utf-8")
    assert load_settings(config, {}).token == TOKEN
    assert load_settings(config, {"TELEGRAM_BOT_TOKEN": "1:other"}).token == "1:other"


def test_the_environment_wins_over_the_file(village):
    environ = {
        "LOFTEBOT_SEEDS": str(village / "s"),
        "LOFTEBOT_DATA": str(village / "d"),
        "LOFTEBOT_TELEGRAM_BASE_URL": "http://x/bot",
    }
    settings = load_settings(village / "config.toml", environ)
    assert (settings.seeds, settings.data) == (village / "s", village / "d")
    assert settings.base_url == "http://x/bot"
    plain = load_settings(village / "config.toml", {})
    assert plain.seeds == village / "seeds"


def test_the_shipped_config_is_sound():
    settings = load_settings(ROOT / "config.toml", {})
    assert settings.seeds == ROOT / "seeds"
    assert settings.token == ""


def test_matrices_are_multiplied_by_one_thread_and_numpy_is_told_in_time() -> None:
    code = (
        "import bot.cli, os, sys; print(os.environ['OPENBLAS_NUM_THREADS'], 'numpy' in sys.modules)"
    )
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    for more, wanted in (({}, "1 False"), ({"OPENBLAS_NUM_THREADS": "3"}, "3 False")):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env={**environment, **more},
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        assert done.stdout.strip() == wanted
