"""What several verbs take, and how typed people and nodes become a question to AWS.

A Slack name, e-mail or ARN narrows the question that AWS is asked. A bare word may name a person or a node's Name tag, which
CloudTrail does not know: it is matched here, against both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core import times, words
from bot.core.ask import Ask
from bot.core.model import Node, Refused, Session, Span, Where
from bot.core.people import principal
from bot.core.roles import User

NARROWING = {
    "mention": "person",
    "email": "person",
    "arn": "person",
    "node": "node",
    "ip": "ip",
    "account": "account",
    "region": "region",
}
FLAGS = {"actor": True, "target": True, "document": True, "ip": True, "account": True, "region": True}
TAKES = words.Takes({"span": "span", **NARROWING}, FLAGS, {}, "word")


@dataclass(frozen=True, slots=True)
class Narrow:
    """What a question is about: the filter that AWS can apply, and the one that is left to us (a person of several names)."""

    where: Where
    names: frozenset[str] = frozenset()
    word: str = ""

    def among(self, sessions: Iterable[Session], nodes: Mapping[str, Node]) -> tuple[Session, ...]:
        """The sessions that were asked for."""
        return tuple(session for session in sessions if self._fits(session) and self._named(session, nodes))

    def _named(self, session: Session, nodes: Mapping[str, Node]) -> bool:
        known = nodes.get(session.target)
        said = (session.owner, principal(session.owner).name, session.target, known.name if known else "", session.message)
        return any(self.word in text.lower() for text in said)

    def _fits(self, session: Session) -> bool:
        where = self.where
        return all(
            (
                not self.names or _names(session.owner) & self.names,
                not where.actor or where.actor.lower() in session.owner.lower(),
                not where.target or where.target.lower() in session.target.lower(),
                not where.document or where.document.lower() in session.document.lower(),
                not where.ip or where.ip == session.source_ip,
                where.account in ("", session.account),
                where.region in ("", session.region),
            )
        )

    @property
    def any(self) -> bool:
        """Whether anything narrows at all."""
        return bool(self.names or self.word) or self.where != Where()


def taken(ask: Ask, takes: words.Takes, usage: str) -> dict[str, str]:
    """The arguments of an ask by name."""
    return words.take(words.read(ask.words), takes, usage)


def span(ask: Ask, args: Mapping[str, str], default: str) -> Span:
    """The span asked for, in the asker's zone."""
    return times.span(args.get("span", default), ask.now, ask.user.zone, ask.policy.longest_span)


def narrow(ask: Ask, args: Mapping[str, str]) -> Narrow:
    """The filter that the arguments describe. A Slack name becomes the AWS names that it is known to have, never a guess."""
    who = args.get("actor") or args.get("person", "")
    names = _aws_names(ask, who) if who.startswith("@") else frozenset()
    only = next(iter(names)) if len(names) == 1 else ""
    actor = only or ("" if names else who)
    where = Where(
        actor=actor,
        target=args.get("target") or args.get("node", ""),
        document=args.get("document", ""),
        ip=args.get("ip", ""),
        account=args.get("account", ""),
        region=args.get("region", ""),
        denied="denied" in args,
    )
    return Narrow(where, names, args.get("word", "").lower())


def own_names(ask: Ask) -> frozenset[str]:
    """The AWS names of the asker. Raises Refused where none is known."""
    return _known_as(ask, ask.user)


def owned(session: Session, names: frozenset[str]) -> bool:
    """Whether a session's owner has one of these names."""
    return bool(_names(session.owner) & names)


def _aws_names(ask: Ask, mention: str) -> frozenset[str]:
    user = ask.mentions.get(mention.removeprefix("@"))
    return _known_as(ask, user) if user else frozenset({mention.removeprefix("@").lower()})


def _known_as(ask: Ask, user: User) -> frozenset[str]:
    names = {name.lower() for name, slack in ask.policy.people.items() if slack == user.id}
    names |= {user.email.lower()} if user.email else set()
    if not names:
        raise Refused(
            f"I don't know which AWS principal {user.name or user.id} is. An admin can add them to `[people]`, or use `--actor=…`."
        )
    return frozenset(names)


def _names(owner: str) -> frozenset[str]:
    who = principal(owner)
    return frozenset({owner.lower(), who.name.lower()})
