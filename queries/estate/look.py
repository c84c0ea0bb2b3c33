"""One account-region as the doctor looks at it: every call is also a try of the permission that it needs.

A call never changes anything. What fails makes its part `Unknown` with the sentence that says why; nothing else is lost with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from bot.core.doctor.facts import Part, Try, Unknown
from bot.core.model import Unavailable
from queries.budget import Budget
from queries.clients import Clients
from queries.faults import DENIED, code_of, unavailable
from queries.scopes import Post

Fact = TypeVar("Fact")

# IAM's name of an action where it is not the operation's own (Service Authorization Reference)
ACTIONS = {
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
}


@dataclass(slots=True)
class Look:
    """The calls of one place. `tries` is what became of each permission."""

    post: Post
    clients: Clients
    budget: Budget
    tries: dict[str, Try] = field(default_factory=dict)

    def at(self, region: str) -> Look:
        """The same look from another Region of the account; its calls are tries of this one."""
        return Look(replace(self.post, region=region), self.clients, self.budget, self.tries) if region else self

    def call(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:  # noqa: ANN401 - boto3 takes what the operation takes
        """One answer of AWS. Raises botocore's errors, and Unavailable once the time is up."""
        self.budget.check()
        client = self.clients.client(self.post.scope, service, self.post.region)
        action = self._action(client, service, operation)
        try:
            answer: Mapping[str, Any] = getattr(client, operation)(**parameters)
        except Exception as error:
            self._tried(action, error, service)
            raise
        self.tries.setdefault(action, Try(action, allowed=True))
        return answer

    def pages(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - as above
        """The items of all pages."""
        for page in self.answers(service, operation, **parameters):
            yield from page.get(key) or ()

    def answers(self, service: str, operation: str, **parameters: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - as above
        """Every page as it is."""
        client = self.clients.client(self.post.scope, service, self.post.region)
        action = self._action(client, service, operation)
        try:
            for page in client.get_paginator(operation).paginate(**parameters):
                self.budget.check()
                self.tries.setdefault(action, Try(action, allowed=True))
                yield page
        except Exception as error:
            self._tried(action, error, service)
            raise

    def part(self, read: Callable[[Look], Fact], service: str) -> Part[Fact]:
        """What a reader gives, or why it gave nothing."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - light start: boto3 only when AWS is asked
        from botocore.parsers import ResponseParserError  # noqa: PLC0415 - as above: a proxy answered in AWS's place

        try:
            return read(self)
        except (BotoCoreError, ClientError, ResponseParserError, Unavailable) as error:
            return Unknown(str(unavailable(error, self.post.place, service)))

    def _action(self, client: Any, service: str, operation: str) -> str:  # noqa: ANN401 - a boto3 client
        named = f"{service}:{client.meta.method_to_api_mapping[operation]}"
        return ACTIONS.get(named, named)

    def _tried(self, action: str, error: Exception, service: str) -> None:
        """Refused for want of permission, or for another reason that AWS names: then the permission is there."""
        code = code_of(error)
        said = str(unavailable(error, self.post.place, service))
        if code in DENIED:
            self.tries[action] = Try(action, allowed=False, said=said)
        else:
            self.tries.setdefault(action, Try(action, allowed=True if code else None, said="" if code else said))


def missing(error: Exception, *codes: str) -> bool:
    """Whether AWS said that there is no such thing."""
    return code_of(error) in codes
