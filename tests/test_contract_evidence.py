"""One contract, two backends: what AWS answers over HTTP is what an archive of the same night's exports answers.

Both are held to the same truth, fact by fact; where one can know less by its nature, the test says so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from bot.core.model import Kind, Place, Refused, Session, Span, Where
from bot.core.ports import Evidence
from queries.archive import Archive, ArchiveEvidence
from queries.aws import AwsEvidence
from queries.scopes import Scope
from tests.queries.conftest import _aws, _kept_clients, _night, _running  # noqa: F401 - fixtures, by their own names
from tests.standins.faults import Fault

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
MONTH = Span(NOW - timedelta(days=29), NOW)
NARROW = [
    pytest.param(Where(), id="everything"),
    pytest.param(Where(denied=True), id="denied"),
    pytest.param(Where(actor="okafor"), id="one person"),
    pytest.param(Where(region="us-east-1"), id="one region"),
    pytest.param(Where(account="444455556666"), id="one account"),
    pytest.param(Where(document="PortForwarding"), id="by document"),
    pytest.param(Where(actor="o'brien | --"), id="hostile text"),
]


def scopes(night):
    """One scope for each account of the night; the first holds the organization's table."""
    regions = {}
    for account, region in night.places:
        regions.setdefault(account, []).append(region)
    first, *rest = sorted(regions)
    trail = Scope("audit", tuple(regions[first]), database="audit", table="cloudtrail_logs", external_id="")
    external = {"444455556666": "not-a-secret"}
    return (
        trail,
        *(Scope(a, tuple(regions[a]), role_arn=f"arn:aws:iam::{a}:role/countersign", external_id=external.get(a, "")) for a in rest),
    )


@pytest.fixture(scope="module", name="archive")
def _archive(night, tmp_path_factory):
    archive = Archive(tmp_path_factory.mktemp("archive") / "night.duckdb")
    archive.add(night.folder)
    yield archive
    archive.close()


@pytest.fixture(name="by_aws")
def _by_aws(aws, night, kept_clients):
    from queries.inquiry import Shared

    return AwsEvidence(scopes(night), shared=Shared(clients=kept_clients), pause=lambda _: None)


@pytest.fixture(name="by_archive")
def _by_archive(archive):
    return ArchiveEvidence(archive, now=NOW)


@pytest.fixture(name="evidence", params=["by_aws", "by_archive"])
def _evidence(request) -> Evidence:
    return request.getfixturevalue(request.param)


def by_id(facts):
    return {fact.id: fact for fact in facts}


class TestTruth:
    """Each backend against what is true of the night."""

    def test_live(self, evidence, night):
        assert {t.id for t in night.told if t.live} == {s.id for s in evidence.live()}

    def test_ended(self, evidence, night):
        wanted = {t.id for t in night.told if t.ended and not t.error and MONTH.since <= t.started < MONTH.until}
        assert wanted == {s.id for s in evidence.ended(MONTH)}

    def test_denied(self, evidence, night):
        wanted = [t for t in night.told if t.error and t.in_trail and MONTH.since <= t.started < MONTH.until]
        assert len(wanted) == len(evidence.openings(MONTH, Where(denied=True)))

    def test_an_id_that_nobody_knows(self, evidence):
        assert () == evidence.session("nobody-0e34861185201706f")

    def test_what_cannot_be_an_id(self, evidence):
        with pytest.raises(Refused, match="cannot be a session id"):
            evidence.session("x' OR 1=1")

    def test_a_pattern_that_does_not_compile(self, evidence):
        with pytest.raises(Refused, match="not a regular expression"):
            evidence.search(MONTH, "(", regex=True)

    def test_tunnels_have_no_transcript(self, evidence):
        assert (
            "AWS never logs its content"
            in evidence.transcript(Session("ana-1", kind=Kind.TUNNEL, account="111122223333", region="eu-west-1")).missing
        )

    def test_every_question_is_kept(self, evidence):
        evidence.live()
        evidence.openings(MONTH, Where())
        evidence.search(MONTH, "sudo", regex=False)
        assert all(source.query for source in evidence.asked)
        assert {"sudo" in source.query for source in evidence.asked} == {True, False}


class TestSame:
    """Each question on both."""

    def test_live(self, by_aws, by_archive):
        assert by_id(by_archive.live()) == by_id(by_aws.live())

    def test_ended(self, by_aws, by_archive):
        assert by_archive.ended(MONTH) == by_aws.ended(MONTH)

    def test_session(self, by_aws, by_archive, night):
        for told in [t for t in night.told if t.id][:12]:
            assert by_archive.session(told.id) == by_aws.session(told.id)

    @pytest.mark.parametrize("where", NARROW)
    def test_openings(self, by_aws, by_archive, where):
        assert by_archive.openings(MONTH, where) == by_aws.openings(MONTH, where)

    @pytest.mark.parametrize("where", NARROW)
    def test_tunnels(self, by_aws, by_archive, where):
        names = sorted({d.name for d in by_archive.documents() if d.session_type == "Port"})
        assert by_archive.tunnels(MONTH, names, where) == by_aws.tunnels(MONTH, names, where)

    @pytest.mark.parametrize("where", NARROW)
    def test_events(self, by_aws, by_archive, where):
        assert by_archive.events(MONTH, where) == by_aws.events(MONTH, where)

    def test_documents(self, by_aws, by_archive):
        """Versions are the export's own; what a document says is the same."""
        said = [{(d.account, d.region, d.name): replace(d, version="") for d in evidence.documents()} for evidence in (by_archive, by_aws)]
        assert said[0] == said[1]

    @pytest.mark.parametrize("ago", [pytest.param(hours, id=f"since {hours} h") for hours in (0, 30, 36, 10_000)])
    def test_versions(self, by_aws, by_archive, ago):
        """Those made since then, and the one before."""
        wanted = [(Place("111122223333", "eu-west-1"), "SSM-SessionManagerRunShell"), (Place("111122223333", "eu-west-1"), "gone")]
        found = [evidence.versions(wanted, NOW - timedelta(hours=ago)) for evidence in (by_archive, by_aws)]
        assert found[0] == found[1]
        assert {0: ["5"], 30: ["4", "5"], 36: ["3", "4", "5"], 10_000: ["3", "4", "5"]}[ago] == [d.version for d in found[0]]

    def test_nodes(self, by_aws, by_archive, night):
        wanted = [(Place(*node.place), node.id) for node in night.nodes]
        assert by_archive.nodes(wanted) == by_aws.nodes(wanted)

    def test_streams(self, by_aws, by_archive):
        """An archive also counts S3 logs among its streams; those of log groups are the same, but for events that were sent twice."""
        aws, archive = by_aws.streams(MONTH, 500), [s for s in by_archive.streams(MONTH, 500) if s.group]
        assert [replace(s, events=0) for s in archive] == [replace(s, events=0) for s in aws]
        assert all(one.events <= other.events for one, other in zip(archive, aws, strict=True))

    @pytest.mark.parametrize("pattern", [r"\bsudo\b", r">\s*/", r"(curl|wget)\b.*http", r"&&|\|\|", r"powershell|cmd\.exe", r'"'])
    def test_hits(self, by_aws, by_archive, pattern):
        """The same lines of the same log groups, escapes of JSON and all. Whose a plain event is, only CloudTrail tells."""
        aws, archive = (evidence.hits(MONTH, [pattern], "risky") for evidence in (by_aws, by_archive))
        owners = {line(hit): hit.owner for hit in archive if hit.group}
        assert set(owners) == {line(hit) for hit in aws}
        assert {hit.owner for hit in aws if hit.owner != owners[line(hit)]} <= {""}

    def test_transcripts(self, by_aws, by_archive, night):
        """The same bytes in the same form, wherever they lie."""
        sessions = [*by_aws.live(), *by_aws.ended(MONTH)]
        logged = {told.id for told in night.told if told.logs}
        pairs = [(by_archive.transcript(s), by_aws.transcript(s)) for s in sessions]
        assert {a.session for a, _ in pairs if not a.missing} == {b.session for _, b in pairs if not b.missing} <= logged
        assert [(a.session, a.form, a.complete, a.body) for a, _ in pairs] == [(b.session, b.form, b.complete, b.body) for _, b in pairs]


def line(hit):
    return hit.session, hit.at, hit.text, hit.matched, hit.group


class TestVersionsOnAws:
    """What only AWS can answer wrongly: a right that is missing, a history that is long."""

    PREFERENCES: ClassVar = [(Place("111122223333", "eu-west-1"), "SSM-SessionManagerRunShell")]

    def test_a_right_that_is_missing_is_noted_and_holds_nothing_up(self, by_aws, aws):
        aws.fault(Fault("ssm", "ListDocumentVersions"))
        assert () == by_aws.versions(self.PREFERENCES, NOW - timedelta(days=2))
        [source] = [source for source in by_aws.asked if source.question == "document versions"]
        assert ((), True) == (source.unread, "ssm:ListDocumentVersions" in source.note)

    def test_a_long_history_is_cut_and_says_so(self, by_aws, monkeypatch):
        from queries import versions

        monkeypatch.setattr(versions, "MOST", 2)
        assert ["4", "5"] == [d.version for d in by_aws.versions(self.PREFERENCES, NOW - timedelta(days=900))]
        assert "only the newest 2 versions" in by_aws.asked[-1].note
