"""Whatever stands in a document, a bucket or a network, the doctor answers and Slack takes the answer."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core import pages
from bot.core.doctor import examine
from bot.core.doctor.facts import (
    Bucket,
    Estate,
    Expected,
    Group,
    Key,
    ManagedNode,
    Role,
    SessionDocument,
    Table,
    Trail,
    Try,
    Unknown,
    Workgroup,
)
from bot.core.doctor.facts_network import Endpoint, Network, Opening, SecurityGroup, Subnet
from bot.core.model import Place, Source
from commands.doctor import detail, view
from tests.payloads import faults

EVIL = st.sampled_from(
    ["", "<!channel>", "`x`", "\x1b[2J", "{{ x }}", "s3://a/b", "a" * 3000, "\ud800", "arn:aws:iam::1:role/x", "60", "-1"]
) | st.text(max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | EVIL, lambda x: st.lists(x, max_size=2) | st.dictionaries(EVIL, x, max_size=2), max_leaves=4
)
INPUTS = st.dictionaries(
    st.sampled_from(
        [
            "s3BucketName",
            "s3KeyPrefix",
            "cloudWatchLogGroupName",
            "idleSessionTimeout",
            "maxSessionDuration",
            "shellProfile",
            "kmsKeyId",
            "runAsEnabled",
        ]
    ),
    JSON,
    max_size=6,
)
DOCUMENTS = st.builds(
    SessionDocument, name=EVIL, content=st.fixed_dictionaries({"sessionType": EVIL | st.just("Standard_Stream"), "inputs": INPUTS | JSON}),
    default_version=EVIL, latest_version=EVIL, shared=st.lists(EVIL, max_size=2).map(tuple) | st.just(Unknown("no")),
)  # fmt: skip
POLICY = st.none() | st.dictionaries(st.just("Statement"), JSON, max_size=1)
OPENINGS = st.lists(
    st.builds(Opening, st.sampled_from(["tcp", "-1", ""]), st.none(), st.none(), st.lists(EVIL, max_size=2).map(tuple)), max_size=2
).map(tuple)
NETWORKS = st.builds(
    Network, st.just("v"), st.booleans(), st.booleans(), st.lists(st.builds(Subnet, st.just("s"), st.just("v"), EVIL), max_size=2).map(tuple),
    st.lists(st.builds(Endpoint, EVIL, st.sampled_from(["ssm", "logs", "s3"]), st.sampled_from(["Interface", "Gateway"]), groups=st.just(("g",)), subnets=st.just(("s",))), max_size=3).map(tuple),
    st.just({}) | OPENINGS.map(lambda rules: {"g": SecurityGroup("g", rules, rules)}),
)  # fmt: skip
NODES = st.builds(ManagedNode, EVIL, agent=EVIL, role=EVIL, vpc=st.just("v"), subnet=st.just("s"), groups=st.just(("g",)))
ESTATES = st.builds(
    Estate, st.builds(Place, EVIL, EVIL), st.builds(Expected, st.lists(EVIL, max_size=1).map(tuple), EVIL, EVIL, EVIL),
    preferences=st.none() | DOCUMENTS | st.just(Unknown("x")), documents=st.lists(DOCUMENTS, max_size=2).map(tuple), tunnels=st.just(("a",)),
    bucket=st.none() | st.builds(Bucket, EVIL, st.booleans(), EVIL, EVIL, policy=POLICY), group=st.none() | st.builds(Group, EVIL, st.booleans(), EVIL),
    key=st.none() | st.builds(Key, EVIL, EVIL), arrivals=st.just(()), nodes=st.lists(NODES, max_size=2).map(tuple),
    roles=st.dictionaries(EVIL, st.builds(Role, EVIL, POLICY.map(lambda p: () if p is None else (p,))), max_size=2), networks=st.lists(NETWORKS, max_size=1).map(tuple),
    trails=st.lists(st.builds(Trail, EVIL, EVIL, EVIL, st.booleans(), logging=st.booleans(), writes=st.booleans()), max_size=2).map(tuple),
    table=st.none() | st.builds(Table, EVIL, st.booleans(), EVIL), workgroup=st.none() | st.builds(Workgroup, EVIL),
    tries=st.lists(st.builds(Try, EVIL, st.none() | st.booleans(), EVIL), max_size=2).map(tuple),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(fleet=st.lists(ESTATES, max_size=3))
def test_any_estate_is_examined_and_slack_takes_the_answer(fleet):
    checks = examine(fleet)
    for reply in (view(checks, everything=True), detail(checks)):
        message = pages.page(pages.kept(reply, [Source("aws", "estate")], "doctor"), "t", 0, 10, 50)
        assert [] == faults(message.blocks)
        assert message.text.strip()
