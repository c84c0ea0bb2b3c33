"""What usually listens on a port: what a person reads beside a tunnel's number. IANA's registry, in the words people use."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SERVICES: Mapping[str, str] = MappingProxyType(
    {
        "21": "FTP",
        "22": "SSH",
        "23": "telnet",
        "25": "SMTP",
        "53": "DNS",
        "80": "HTTP",
        "88": "Kerberos",
        "111": "rpcbind",
        "135": "Windows RPC",
        "139": "NetBIOS",
        "389": "LDAP",
        "443": "HTTPS",
        "445": "SMB",
        "587": "SMTP",
        "623": "IPMI",
        "636": "LDAPS",
        "1433": "SQL Server",
        "1521": "Oracle",
        "2049": "NFS",
        "2181": "ZooKeeper",
        "2375": "Docker",
        "2376": "Docker",
        "2379": "etcd",
        "3000": "Grafana",
        "3268": "global catalog",
        "3306": "MySQL",
        "3389": "RDP",
        "4369": "Erlang",
        "5000": "HTTP",
        "5432": "postgres",
        "5439": "Redshift",
        "5601": "Kibana",
        "5671": "AMQP",
        "5672": "AMQP",
        "5900": "VNC",
        "5985": "WinRM",
        "5986": "WinRM",
        "6379": "Redis",
        "6443": "Kubernetes",
        "7000": "Cassandra",
        "8000": "HTTP",
        "8080": "HTTP",
        "8182": "Neptune",
        "8200": "Vault",
        "8443": "HTTPS",
        "8500": "Consul",
        "8888": "HTTP",
        "9000": "HTTP",
        "9042": "Cassandra",
        "9090": "Prometheus",
        "9092": "Kafka",
        "9094": "Kafka",
        "9098": "Kafka",
        "9100": "node exporter",
        "9200": "OpenSearch",
        "9300": "OpenSearch",
        "10250": "kubelet",
        "11211": "memcached",
        "15672": "RabbitMQ",
        "27017": "MongoDB",
        "27018": "MongoDB",
    }
)


def service(port: str) -> str:
    """The usual service of a TCP port (`postgres`, `RDP`, …); empty when there is no usual one."""
    return SERVICES.get(port.strip(), "")
