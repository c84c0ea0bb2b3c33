"""The whole log of a session: from a stream, from S3, or the reason why there is none."""

from __future__ import annotations

import json

import pytest

from bot.core.model import Kind, Session
from tests.queries.words import told_here
from tests.standins.faults import Fault


class TestTranscripts:
    def recording(self, ask, night, where):
        told = next(t for t in told_here(night) if where(t))
        return told, ask().transcript(
            Session(told.id, kind=told.kind, document=told.document, status=told.status, account=told.node.account, region=told.node.region)
        )

    def test_a_stream_is_one_json_event_a_line(self, ask, aws, night):
        """Oldest first, each an object of the agent's."""
        told, found = self.recording(ask, night, lambda t: "stream" in t.logs and not t.live)
        events = [json.loads(line) for line in found.body.decode().splitlines()]
        assert ("stream", True, "") == (found.form, found.complete, found.missing)
        assert {told.id} == {event["sessionId"] for event in events}

    def test_a_plain_upload_is_the_file(self, ask, night):
        """Plain events of a log stream, joined."""
        told, found = self.recording(ask, night, lambda t: "upload" in t.logs)
        assert ("file", True) == (found.form, found.body != b"")
        assert told.id in found.location

    def test_the_object_where_there_is_no_stream(self, ask, aws, night):
        """S3 holds the very bytes, in the bucket and under the prefix that the preferences name."""
        told, found = self.recording(ask, night, lambda t: t.logs == ("object",))
        assert (aws.export.objects[f"{told.id}.log"], "file") == (found.body, found.form)
        assert found.location.startswith("s3://")

    def test_a_session_that_goes_on_is_not_complete(self, ask, night):
        """What is streamed so far is not the whole."""
        _, found = self.recording(ask, night, lambda t: "stream" in t.logs and t.status == "Connected")
        assert (False, "stream") == (found.complete, found.form)

    def test_pages_are_read_to_the_end(self, ask, aws, night):
        """GetLogEvents is asked until its token repeats."""
        _, whole = self.recording(ask, night, lambda t: "stream" in t.logs and not t.live)
        tokens = [call.body.get("nextToken") for call in aws.calls if call.operation == "GetLogEvents"]
        assert (None, 2, True) == (tokens[0], len(tokens), whole.complete)

    def test_a_long_log_is_cut_and_says_so(self, ask, night):
        """The cap is in bytes; what is cut is not complete."""
        told = next(t for t in told_here(night) if "stream" in t.logs and not t.live)
        evidence = ask(transcript=10)
        found = evidence.transcript(
            Session(told.id, kind=told.kind, document=told.document, account=told.node.account, region=told.node.region)
        )
        assert not found.complete or not found.body

    @pytest.mark.parametrize("kind", [Kind.TUNNEL, Kind.SSH, Kind.RDP])
    def test_a_tunnel_is_never_logged(self, ask, aws, kind):
        """Nothing is asked, and the reason is said."""
        aws.calls.clear()
        found = ask().transcript(Session("ana-1", kind=kind, account="111122223333", region="eu-west-1"))
        assert f"A {kind} session carries bytes, not a terminal" in found.missing
        assert [] == aws.calls

    def test_nothing_anywhere_says_where_was_looked(self, ask):
        """Group and object are named, and what may be the cause."""
        found = ask().transcript(Session("ana-0e34861185201706f", kind=Kind.SHELL, account="111122223333", region="eu-west-1"))
        assert "No transcript in log group /acme/ssm/sessions or s3://" in found.missing
        assert "s3:PutObject" in found.missing

    def test_a_denied_bucket_is_named(self, ask, aws, night):
        """The missing action is said, not that there is no transcript."""
        aws.fault(Fault("s3", "GetObject", code="AccessDenied", status=403))
        _, found = self.recording(ask, night, lambda t: t.logs == ("object",))
        assert "needs s3:GetObject" in found.missing
        assert "Without s3:ListBucket" in found.missing

    def test_a_place_that_no_scope_covers(self, ask):
        """Said as such."""
        assert (
            "No scope covers 999999999999/eu-west-1"
            in ask().transcript(Session("ana-1", kind=Kind.SHELL, account="999999999999", region="eu-west-1")).missing
        )
