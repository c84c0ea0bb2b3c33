"""The managed nodes: EC2 instances with their Name tags, a hybrid machine and one ECS task."""

from __future__ import annotations

from dataclasses import dataclass

from tests.night.seeds import HEX, draw

PROD, STAGING, DATA = "111122223333", "444455556666", "777788889999"
EU, US = "eu-west-1", "us-east-1"


@dataclass(frozen=True, slots=True)
class Node:
    """A target of sessions. `os` is al2023, al2, ubuntu or windows; `name` is its Name tag, if it has one."""

    key: str
    account: str
    region: str
    os: str
    address: str
    name: str = ""
    id: str = ""
    state: str = "running"

    @property
    def windows(self) -> bool:
        return self.os == "windows"

    @property
    def host(self) -> str:
        return f"ip-{self.address.replace('.', '-')}"

    @property
    def place(self) -> tuple[str, str]:
        return self.account, self.region

    @property
    def arn(self) -> str:
        """The resource that a denied StartSession names."""
        service, what = ("ssm", "managed-instance") if self.id.startswith("mi-") else ("ec2", "instance")
        return f"arn:aws:{service}:{self.region}:{self.account}:{what}/{self.id}"


def _node(
    name: str, account: str, region: str, system: str, address: str, *, ident: str = "", tag: bool = True, state: str = "running"
) -> Node:
    return Node(name, account, region, system, address, name if tag else "", ident or "i-0" + draw(HEX, 16, "node", name), state)


TASK = f"ecs:orders_{draw(HEX, 32, 'task')}_{draw(HEX, 32, 'task')}-{draw('0123456789', 10, 'runtime')}"

NODES = {
    node.key: node
    for node in (
        _node("bastion-prod-1", PROD, EU, "al2023", "10.0.1.11"),
        _node("orders-db-proxy", PROD, EU, "al2023", "10.0.1.32"),
        _node("orders-api-1", PROD, EU, "ubuntu", "10.0.2.20", ident="i-0a1b2c3d4e5f60718"),
        _node("orders-api-2", PROD, EU, "ubuntu", "10.0.2.21"),
        _node("billing-worker-1", PROD, EU, "al2023", "10.0.3.40"),
        _node("win-ad-01", PROD, EU, "windows", "10.0.5.10"),
        _node("win-sql-02", PROD, EU, "windows", "10.0.5.22"),
        _node("edge-us-1", PROD, US, "ubuntu", "10.8.1.15"),
        _node("staging-api-1", STAGING, EU, "ubuntu", "10.16.2.20"),
        _node("staging-win-1", STAGING, EU, "windows", "10.16.5.9"),
        _node("loadtest-1", STAGING, US, "al2", "10.17.0.8", state="stopped"),
        _node("etl-runner-1", DATA, US, "al2023", "10.32.4.4"),
        _node("warehouse-jump", DATA, US, "al2023", "10.32.1.3"),
        _node("plant-gw-7", DATA, US, "ubuntu", "192.0.2.70", ident="mi-0" + draw(HEX, 16, "node", "plant-gw-7")),
        _node("scratch", DATA, US, "al2", "10.32.9.9", tag=False),
        _node("orders-task", PROD, EU, "al2023", "10.0.7.3", ident=TASK, tag=False),
    )
}
