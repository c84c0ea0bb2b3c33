"""The tag of an IAM user: where a team has written down whose user it is. Roles have no tag of a person's.

Source: IAM API ListUserTags; the action is iam:ListUserTags.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.core.people import principal
from queries.clients import Clients
from queries.faults import unavailable
from queries.scopes import Scope, account_of

GONE = frozenset({"NoSuchEntity", "NoSuchEntityException"})


@dataclass(frozen=True, slots=True)
class UserTags:
    """Looks a tag up in the user's own account, by the scope that reads it. Raises Unavailable `from` AWS's error."""

    scopes: tuple[Scope, ...]
    tag: str
    clients: Clients = field(default_factory=Clients)

    def __call__(self, arn: str) -> str:
        """The tag's value of an IAM user; empty for every other principal, for a user who is gone, and where no scope reads the account."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - light start: boto3 only when AWS is asked

        who = principal(arn)
        scope = next((s for s in self.scopes if account_of(s) in ("", who.account)), None)
        if who.kind != "user" or scope is None:
            return ""
        try:
            found = self.clients.client(scope, "iam", scope.home).list_user_tags(UserName=who.name, MaxItems=50).get("Tags") or ()
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in GONE:
                return ""
            raise unavailable(error, who.account, "iam") from error
        except BotoCoreError as error:
            raise unavailable(error, who.account, "iam") from error
        return next((str(tag["Value"]) for tag in found if tag.get("Key") == self.tag), "")
