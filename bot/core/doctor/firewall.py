"""What a rule of a security group covers."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network

from bot.core.doctor.facts_network import Opening

HTTPS = 443


def https(rule: Opening) -> bool:
    """Whether a rule speaks of 443 by TCP."""
    if rule.protocol == "-1":
        return True
    return rule.protocol in ("tcp", "6") and (rule.first is None or rule.first <= HTTPS <= (rule.last if rule.last is not None else HTTPS))


def covers(cidrs: tuple[str, ...], wanted: str) -> bool:
    """Whether one of the ranges holds the wanted one; a range that cannot be read holds nothing."""
    inner = _range(wanted)
    if inner is None:
        return False
    outer = [one for one in map(_range, cidrs) if one is not None and one.version == inner.version]
    return any(inner.subnet_of(one) for one in outer)  # type: ignore[arg-type]  # both are of one version


def _range(cidr: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(cidr, strict=False)
    except ValueError:
        return None
