"""What SSM and EC2 answer over HTTP against the made-up night: sessions, documents, nodes."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from bot.core.model import Kind, Place, Span
from queries.documents import PREFERENCES
from queries.scopes import Scope
from tests.queries.conftest import DATA, NOW, PROD, STAGING
from tests.queries.words import ALL, MONTH, told_here


class TestSsm:
    def test_live_is_who_is_connected(self, ask, night):
        """Every open session of the fleet, newest first, with its kind."""
        live = ask().live()
        by_ssm = {Kind.RDP: Kind.TUNNEL}  # SSM sees the port forward alone; CloudTrail tells that it was a remote desktop
        assert {told.id: by_ssm.get(told.kind, told.kind) for told in told_here(night) if told.live} == {s.id: s.kind for s in live}
        assert sorted((s.started for s in live), reverse=True) == [s.started for s in live]

    def test_ended_is_what_started_within_the_span(self, ask, night):
        """Ended sessions of a half-open span, none of the others."""
        span = Span(NOW - timedelta(days=2), NOW - timedelta(hours=3))
        wanted = {t.id for t in told_here(night) if t.ended and not t.error and span.since <= t.started < span.until}
        assert wanted == {s.id for s in ask().ended(span)}

    def test_one_session_is_found_in_either_state(self, ask, night):
        """DescribeSessions is asked by id, in both states, in every place."""
        live, ended = (next(t for t in told_here(night) if not t.error and t.live is state) for state in (True, False))
        evidence = ask()
        assert [live.id, ended.id] == [s.id for told in (live, ended) for s in evidence.session(told.id)]
        assert () == evidence.session("nobody-0123456789abcdef0")

    def test_pages_are_followed_and_the_rate_is_kept(self, ask, aws, clock):
        """A page of two: all sessions come all the same, and calls beyond the burst wait a sixth of a second."""
        whole = ask().ended(MONTH)
        aws.ssm.page, before = 2, len(aws.calls)
        assert whole == ask([PROD, STAGING, DATA]).ended(MONTH)
        asked = Counter(call.where for call in aws.calls[before:] if call.operation == "DescribeSessions")
        assert max(asked.values()) > 6
        assert clock.waits

    def test_a_custom_tunnel_is_known_by_its_document(self, ask, aws, night):
        """A document of the team's own whose sessionType is Port makes a tunnel; it is read once."""
        custom = [told for told in told_here(night) if told.kind is Kind.TUNNEL and not told.document.startswith("AWS-") and not told.error]
        evidence = ask()
        found = {s.id: s.kind for s in (*evidence.ended(MONTH), *evidence.ended(MONTH), *evidence.live())}
        assert custom
        assert {Kind.TUNNEL} == {found[told.id] for told in custom if told.id in found}
        reads = Counter((call.where, call.body["Name"]) for call in aws.calls if call.operation == "GetDocument")
        assert {1} == set(reads.values())

    def test_documents_are_the_fleets_own(self, ask, night):
        """AWS's own documents are not among them; each place has its preferences."""
        documents = ask().documents()
        assert set(ALL) == {str(Place(d.account, d.region)) for d in documents if d.name == PREFERENCES}
        assert not [d.name for d in documents if d.name.startswith("AWS-")]
        assert {"Port"} <= {d.session_type for d in documents}

    def test_preferences_that_were_never_saved(self, ask):
        """A Region without preferences has no document, and that says something."""
        (found,) = ask([Scope("empty", ("eu-north-1",))]).documents()
        assert (PREFERENCES, "", True) == (found.name, found.session_type, "nothing is logged" in found.missing)

    def test_nodes_have_their_names(self, ask, night):
        """EC2's Name tag, SSM's computer name for a hybrid node; unknown and foreign ids are simply not there."""
        here = [node for node in night.nodes if str(Place(*node.place)) in ALL and not node.id.startswith("ecs:")]
        wanted = [(Place(*node.place), node.id) for node in here]
        found = ask().nodes([*wanted, (Place(*here[0].place), "i-00000000000000000"), (Place(*here[0].place), "ecs:a_b_c")])
        assert {node.id for node in here} == set(found)
        assert {node.id: node.name for node in here if node.name} == {
            i: n.name for i, n in found.items() if i in {x.id for x in here if x.name}
        }
        assert {node.id for node in here if node.windows} == {i for i, n in found.items() if n.platform == "windows"}

    def test_terminate_in_the_stand_in_says_yes_to_anything(self, aws, ask):
        """TerminateSession gives the id back also for a session that does not exist; DescribeSessions tells the truth."""
        evidence = ask([PROD])
        client = evidence._inquiry.shared.clients.client(PROD, "ssm", "eu-west-1")
        live = evidence.live()[0].id
        assert ["nobody-1", live] == [client.terminate_session(SessionId=i)["SessionId"] for i in ("nobody-1", live)]
        assert ["Terminated"] == [s.status for s in ask([PROD]).session(live)]
