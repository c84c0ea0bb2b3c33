"""Sigma as it is written: every modifier, conditions, fields a session does not have, faults with file and line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.model import Level, Session, Typed
from bot.core.rules import Malformed, Rulebook, Source, build
from queries.rulebook import load
from tests.rules.examples import event

HEAD = "title: Test\nname: test\nid: 11111111-2222-4333-8444-555555555555\nlevel: high\ntags: [attack.t1059.004]\n"
TYPED = HEAD + "logsource: {category: process_creation, product: linux}\n"
CLOUD = HEAD + "logsource: {product: aws, service: cloudtrail}\n"


def book(text: str) -> Rulebook:
    """A rulebook of one file."""
    return build([Source("a.yml", text)])


def fires(selection: str, text: str, platform: str = "linux") -> bool:
    """Whether a rule with one selection fires on a typed text."""
    rule = TYPED.replace("linux", platform) + "detection:\n  selection:\n" + f"    {selection}\n" + "  condition: selection\n"
    return bool(book(rule).judge(text, platform))


@pytest.mark.parametrize(
    ("selection", "text"),
    [
        pytest.param("CommandLine: 'NC -l 80'", "nc -l 80", id="exact, any case"),
        pytest.param("CommandLine|contains: 'L 8'", "nc -l 80", id="contains"),
        pytest.param("CommandLine|contains|all: ['-l', '80']", "nc -l 80", id="all"),
        pytest.param("CommandLine|startswith: 'nc'", "nc -l 80", id="startswith"),
        pytest.param("CommandLine|endswith: '80'", "nc -l 80", id="endswith"),
        pytest.param("CommandLine: 'nc*8?'", "nc -l 80", id="wildcards"),
        pytest.param(r"CommandLine|re: 'n[c] -\w 8\d'", "nc -l 80", id="re"),
        pytest.param("CommandLine|re|i: 'NC -L'", "nc -l 80", id="re, any case"),
        pytest.param("CommandLine|re|m: '^two$'", "echo 'one\ntwo'", id="re, lines: the line as one command"),
        pytest.param("CommandLine|contains|cased: 'Nc'", "Nc -l", id="cased"),
        pytest.param("CommandLine|base64|contains: 'foobar'", "echo Zm9vYmFy", id="base64"),
        pytest.param("CommandLine|base64offset|contains: '/bin/sh'", "echo eC9iaW4vc2g=", id="base64offset"),
        pytest.param("CommandLine|windash|contains: ' -f '", "tool /f x", id="windash"),
        pytest.param("Arguments|cidr: 203.0.113.0/24", "ping 203.0.113.9", id="cidr"),
        pytest.param("Arguments|gt: 1000", "nc -l 4444", id="gt"),
        pytest.param("Arguments|lte: 80", "nc -l 80", id="lte"),
        pytest.param("Stdin|exists: false", "nc -l 80", id="exists, not"),
        pytest.param("Stdin|exists: true", "nc -l 80 <<< hi", id="exists"),
        pytest.param("Stdin: null", "nc -l 80", id="null"),
        pytest.param("Name|fieldref: Arguments", "nc nc", id="fieldref"),
        pytest.param("Image|endswith: '/nc'", "nc -l 80", id="image of a bare name"),
        pytest.param("User: root", "sudo nc -l 80", id="user after sudo"),
        pytest.param("ParentCommandLine|contains: 'sudo nc'", "sudo nc -l 80", id="parent"),
        pytest.param("Arguments: 80", "nc -l 80", id="a number"),
    ],
)
def test_modifier_fires(selection: str, text: str) -> None:
    """A modifier of Sigma's fires where its definition says so."""
    assert fires(selection, text)


@pytest.mark.parametrize(
    ("selection", "text"),
    [
        pytest.param("CommandLine: 'nc'", "nc -l 80", id="exact"),
        pytest.param("CommandLine|contains|all: ['-l', '81']", "nc -l 80", id="all"),
        pytest.param("CommandLine|contains|cased: 'NC'", "nc -l", id="cased"),
        pytest.param("CommandLine|re: 'NC'", "nc -l", id="re minds case"),
        pytest.param("Arguments|cidr: 203.0.113.0/24", "ping 198.51.100.9", id="cidr"),
        pytest.param("Arguments|gt: 5000", "nc -l 4444", id="gt"),
        pytest.param("CommandLine|contains: 'rm -rf /'", "git commit -m 'x'", id="another text"),
    ],
)
def test_modifier_is_silent(selection: str, text: str) -> None:
    """A modifier of Sigma's is silent where its definition says so."""
    assert not fires(selection, text)


def test_a_finding_says_what_and_where() -> None:
    """A finding carries the rule's name, level and techniques, the text, the part that matched, line and session."""
    rule = TYPED + "detection: {a: {Name: nc}, condition: a}\n"
    at = datetime(2026, 11, 23, tzinfo=UTC)
    (found,) = book(rule).judge("sudo nc -l 80", "linux", at=at, line=7, session="ann-0a1b")
    assert ("test", Level.HIGH, ("T1059.004",)) == (found.rule, found.level, found.techniques)
    assert ("sudo nc -l 80", "nc -l 80", 7, "ann-0a1b", at) == (found.text, found.matched, found.line, found.session, found.at)


def test_conditions_combine() -> None:
    """`not`, `1 of` and `all of` mean what Sigma says."""
    detection = "detection: {a: {Name: nc}, b1: {Arguments: '-l'}, b2: {Arguments: '-e'}, f: {Arguments: '80'}, condition: CONDITION}\n"
    said = {
        text: bool(book(TYPED + detection.replace("CONDITION", text)).judge("nc -l 80", "linux"))
        for text in ("a and 1 of b*", "a and all of b*", "a and not f", "not f or a", "1 of them")
    }
    assert {"a and 1 of b*": True, "a and all of b*": False, "a and not f": False, "not f or a": True, "1 of them": True} == said


def test_what_a_session_cannot_give_is_named() -> None:
    """A rule that needs a hash or another log source is listed with the reason, not dropped."""
    needs_hash = TYPED + "detection: {a: {Hashes|contains: x}, condition: a}\n"
    elsewhere = HEAD + "logsource: {category: registry_set, product: windows}\ndetection: {a: {Name: nc}, condition: a}\n"
    reasons = [book(text).not_applicable[0].reason for text in (needs_hash, elsewhere)]
    assert "it needs Hashes, which a typed command does not have" == reasons[0]
    assert "it needs the log source windows/registry_set, which a session does not give" == reasons[1]


def test_an_unknown_field_beside_a_known_one_does_not_stop_a_rule() -> None:
    """A rule that can be true without the missing field applies."""
    rule = TYPED + "detection: {a: [{Hashes|contains: x}, {Name: nc}], f: {IntegrityLevel: System}, condition: a and not f}\n"
    assert book(rule).judge("nc -l 80", "linux")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        pytest.param(HEAD + "logsource: [\n", 7, "can't be read", id="no YAML"),
        pytest.param(TYPED + "detection: {a: {Name: nc}, condition: b}\n", 7, "not defined", id="unknown selection"),
        pytest.param(TYPED + "detection:\n  a:\n    Name|containz: nc\n  condition: a\n", 9, "containz", id="unknown modifier"),
        pytest.param(TYPED + "detection:\n  a:\n    Name: nc\n    Name: ncat\n  condition: a\n", 10, "stands twice", id="a key twice"),
        pytest.param("title: x\n", 1, "detection", id="no detection"),
        pytest.param("- a\n- b\n", 1, "mapping", id="a list"),
    ],
)
def test_a_malformed_rule_is_refused_with_file_and_line(text: str, line: int, words: str) -> None:
    """The loader names file, line and fault."""
    with pytest.raises(Malformed) as refused:
        book(text)
    (fault,) = refused.value.faults
    assert f"a.yml:{line}" == fault.where
    assert words in fault.what


def test_every_fault_of_every_file_is_told_at_once() -> None:
    """Two bad files give two faults in one refusal."""
    with pytest.raises(Malformed) as refused:
        build([Source("a.yml", "title: x\n"), Source("b.yml", "title: y\n")])
    assert ["a.yml:1", "b.yml:1"] == [fault.where for fault in refused.value.faults]


def test_more_directories_join_the_house(tmp_path: Path) -> None:
    """A team's own directory is read beside the house's rules."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "nc.yml").write_text(TYPED + "detection: {a: {Name: zzz}, condition: a}\n", encoding="utf-8")
    joined = load([tmp_path])
    assert joined.named("test") is not None
    assert joined.named("secret_file_read") is not None
    assert ["test"] == [found.rule for found in joined.judge("zzz", "linux")]


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A missing directory is an error with its path."""
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load([tmp_path / "nowhere"])


CORRELATED = (
    CLOUD + "detection: {a: {eventName: StartSession}, condition: a}\n---\ntitle: Many\nname: many\nlevel: medium\ncorrelation:\n"
    "  type: value_count\n  rules: [test]\n  group-by: [userIdentity.arn]\n  timespan: 1h\n  generate: GENERATE\n"
    "  condition: {field: requestParameters.target, gte: 3}\n"
)


def _starts(minutes: int, *targets: str) -> list[object]:
    first = datetime(2026, 11, 23, 10, tzinfo=UTC)
    return [
        event(
            {
                "eventName": "StartSession",
                "eventTime": (first + timedelta(minutes=minutes * number)).isoformat(),
                "userIdentity": {"arn": "arn:aws:iam::111122223333:user/ann"},
                "requestParameters": {"target": target},
            },
            number,
        )
        for number, target in enumerate(targets)
    ]


def test_correlation_counts_within_its_window() -> None:
    """Three targets within an hour are told once; three over three hours are not."""
    made = book(CORRELATED.replace("GENERATE", "true"))
    assert ["many"] == [found.rule for found in made.correlate(_starts(5, "i-1", "i-2", "i-3", "i-4"))]
    assert () == made.correlate(_starts(61, "i-1", "i-2", "i-3"))
    assert () == made.correlate(_starts(5, "i-1", "i-1", "i-1"))


def test_a_rule_that_only_feeds_stays_silent() -> None:
    """Without `generate`, the base rule of a correlation gives no finding of its own."""
    (one,) = _starts(5, "i-1")
    assert () == book(CORRELATED.replace("GENERATE", "false")).judge_event(one)
    assert 1 == len(book(CORRELATED.replace("GENERATE", "true")).judge_event(one))


def test_the_order_of_events_does_not_matter() -> None:
    """Correlation sorts by time itself."""
    made = book(CORRELATED.replace("GENERATE", "true"))
    events = _starts(5, "i-1", "i-2", "i-3")
    assert made.correlate(events) == made.correlate(events[::-1])


def test_nested_fields_are_reached() -> None:
    """Dots walk into maps, lists and JSON texts, as Athena gives them."""
    rule = CLOUD + "detection: {a: {requestParameters.parameters.portNumber: '3389'}, condition: a}\n"
    shapes = ({"parameters": {"portNumber": ["3389"]}}, '{"parameters": {"portNumber": ["3389"]}}', {"parameters": {"portNumber": 3389}})
    assert [1, 1, 1] == [len(book(rule).judge_event(event({"requestParameters": shape}))) for shape in shapes]


SEQUENCE = (
    TYPED + "detection: {a: {Name: useradd}, condition: a}\n---\n"
    + TYPED.replace("name: test", "name: other").replace("11111111", "22222222") + "detection: {a: {Name: history}, condition: a}\n---\n"
    "title: Both\nname: both\nlevel: critical\ncorrelation:\n  type: TYPE\n  rules: [test, other]\n  timespan: 10m\n  generate: true\n"
)  # fmt: skip


def both(kind: str, *lines: str | tuple[str, int], extra: str = "") -> list[tuple[str, tuple[int, ...]]]:
    """What a correlation of two rules finds in a session of lines, each with its minute where it is given."""
    first = datetime(2026, 11, 23, 10, tzinfo=UTC)
    pairs = [(each, None) if isinstance(each, str) else (each[0], first + timedelta(minutes=each[1])) for each in lines]
    typed = [Typed(text, number, at=at) for number, (text, at) in enumerate(pairs, 1)]
    found = book(SEQUENCE.replace("TYPE", kind) + extra).judge_session(typed, "linux", Session("ann-0a1b", owner="ann", target="i-1"))
    return [(each.rule, each.lines) for each in found if each.rule == "both"]


def test_lines_without_times_are_counted_in_their_order() -> None:
    """A session whose log has no times is one window; what counts is the order."""
    assert [("both", (1, 3))] == both("temporal_ordered", "useradd x", "ls", "history -c")
    assert [] == both("temporal_ordered", "history -c", "useradd x")
    assert [("both", (1, 2))] == both("temporal", "history -c", "useradd x")


def test_lines_with_times_fall_out_of_the_window() -> None:
    """Where lines have times, the rule's timespan holds."""
    assert [("both", (1, 2))] == both("temporal_ordered", ("useradd x", 0), ("history -c", 9))
    assert [] == both("temporal_ordered", ("useradd x", 0), ("history -c", 11))


def test_commands_of_one_line_have_their_order_too() -> None:
    """A list on one line is read in its order, through wrappers."""
    assert [("both", (1,))] == both("temporal_ordered", "sudo bash -c 'useradd x; history -c'")
    assert [] == both("temporal_ordered", "history -c; useradd x")


def test_typed_commands_are_counted() -> None:
    """event_count counts firings, value_count different values of a field."""
    assert [("both", (1, 2, 3))] == both("event_count", "useradd x", "useradd x", "history 3", extra="  condition: {gte: 3}\n")
    different = "  condition: {field: CommandLine, gte: 2}\n"
    assert [] == both("value_count", "useradd x", "useradd x", extra=different)
    assert [("both", (1, 2))] == both("value_count", "useradd x", "useradd y", extra=different)


@pytest.mark.parametrize("by", ["Session", "Owner", "Node"])
def test_a_session_is_a_group(by: str) -> None:
    """Session, owner and node can be grouped by; within a session they are one group."""
    assert [("both", (1, 2))] == both("temporal", "useradd x", "history -c", extra=f"  group-by: [{by}]\n")


def test_a_group_ties_lines_by_what_they_speak_of() -> None:
    """Each word of a line makes a group of its own: two lines belong together if one word is the same."""
    tied = "  group-by: [Operands]\n"
    assert [("both", (1, 3))] == both("temporal", "useradd x", "history y", "history x", extra=tied)


def test_an_ordered_condition_takes_alternatives() -> None:
    """`and` reads as "then", `or` as either, `not` as never since."""
    one = SEQUENCE.replace("TYPE", "temporal_ordered").replace("  rules: [test, other]\n", "  condition: (test or other) and other\n")
    made = book(one)
    typed = [Typed("history -c", 1), Typed("ls", 2), Typed("history -c", 3)]
    assert [(1, 3)] == [each.lines for each in made.judge_session(typed, "linux", Session("s")) if each.rule == "both"]


def test_what_a_sequence_found_shows_its_lines() -> None:
    """The finding's text is the evidence: each line with its number."""
    typed = [Typed("useradd x", 4), Typed("history -c", 9)]
    found = book(SEQUENCE.replace("TYPE", "temporal_ordered")).judge_session(typed, "linux", Session("s"))
    assert ["4: useradd x\n9: history -c"] == [each.text for each in found if each.rule == "both"]


def test_a_rule_that_only_feeds_says_nothing_itself() -> None:
    """`feeds_only` keeps a base rule silent wherever it stands; the sequence still hears it."""
    quiet = SEQUENCE.replace("TYPE", "temporal_ordered").replace(
        "detection: {a: {Name: useradd}", "feeds_only: true\ndetection: {a: {Name: useradd}"
    )
    made = book(quiet)
    assert () == made.judge("useradd x", "linux")
    assert made.fires(made.rules[0], "useradd x", "linux")
    typed = [Typed("useradd x", 1), Typed("history -c", 2)]
    assert ["both", "other"] == [each.rule for each in made.judge_session(typed, "linux", Session("s"))]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        pytest.param("rules: [test, other]", "rules: [test, nowhere]", 22, "nowhere", id="a rule that is nowhere"),
        pytest.param("rules: [test, other]", "rules: 7", 17, "list", id="rules that are none"),
        pytest.param("timespan: 10m", "timespan: soon", 23, "soon", id="a span that is none"),
        pytest.param("  timespan: 10m\n", "", 17, "timespan", id="no span"),
        pytest.param("TYPE", "temporall", 21, "temporall", id="a type that is none"),
        pytest.param("TYPE", "event_count", 17, "condition", id="a count without a number"),
    ],
)
def test_a_malformed_sequence_is_refused_with_file_and_line(old: str, new: str, line: int, words: str) -> None:
    """The loader names file, line and fault of a correlation rule."""
    with pytest.raises(Malformed) as refused:
        book(SEQUENCE.replace(old, new).replace("TYPE", "temporal"))
    (fault,) = refused.value.faults
    assert (f"a.yml:{line}", True) == (fault.where, words in fault.what), str(fault)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        pytest.param(
            "  timespan", "  group-by: [Hashes]\n  timespan", "Hashes, which a typed command does not have", id="an unknown field"
        ),
        pytest.param("TYPE", "value_percentile\n  condition: {field: Name, gte: 3, percentile: 5}", "value_percentile", id="an odd type"),
    ],
)
def test_a_sequence_that_can_not_be_counted_is_named(old: str, new: str, words: str) -> None:
    """What a session can't give is listed with its reason."""
    (unfit,) = book(SEQUENCE.replace(old, new).replace("TYPE", "temporal")).not_applicable
    assert words in unfit.reason


def test_typed_commands_and_events_are_not_mixed() -> None:
    """A sequence of both is listed as not applicable."""
    cloud = CLOUD.replace("name: test", "name: other").replace("11111111", "22222222") + "detection: {a: {eventName: X}, condition: a}\n"
    mixed = (
        TYPED
        + "detection: {a: {Name: nc}, condition: a}\n---\n"
        + cloud
        + "---\n"
        + SEQUENCE.rpartition("---\n")[2].replace("TYPE", "temporal")
    )
    assert "each is counted for itself" in book(mixed).not_applicable[0].reason


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("id: x\ndescription: N/A\nregression_tests_info: []\n", "no Sigma rule", id="notes"),
        pytest.param("title: Config\nbackends: [x]\nlogsources: {}\n", "no Sigma rule", id="an old converter's settings"),
        pytest.param("a: 1\na: 2\n", "no Sigma rule", id="settings that would not even load"),
        pytest.param("action: global\ntitle: x\n---\ndetection: {a: {b: c}, condition: a}\n", "action: global", id="an old collection"),
    ],
)
def test_other_yaml_of_a_checkout_is_named(text: str, words: str) -> None:
    """A checkout of a rule collection holds YAML that is no rule; it is listed with its file, not refused, not dropped."""
    (unfit,) = book(text).not_applicable
    assert ("a.yml:1", True) == (unfit.where, words in unfit.reason)


def test_examples_are_a_list() -> None:
    """A single example that is no list would be lost without a word; it is refused."""
    with pytest.raises(Malformed, match=r"a\.yml:8: fires_on is a list"):
        book(TYPED + "detection: {a: {Name: nc}, condition: a}\nfires_on: nc -l 80\n")
