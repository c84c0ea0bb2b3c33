"""Evidence from AWS for each ask: what outlives an ask (clients, documents, table schemes) is kept here."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime

from bot.config import Scope as Configured
from bot.config import Settings
from bot.core.ports import Evidence
from queries import athena, insights
from queries.aws import AwsEvidence
from queries.inquiry import Limits, Shared
from queries.scheme import configured
from queries.scopes import Scope
from queries.tags import UserTags
from queries.terminate import Ender


def aws(of: Settings) -> Callable[[datetime, bool], Evidence]:
    """What opens the evidence of one ask, with a deadline of its own."""
    scopes = scoped(of)
    reuse = int(of.result_reuse.total_seconds() // 60)
    shared = Shared(limits=Limits(scan=athena.bytes_for(of.cost_ceiling), search=insights.bytes_for(of.cost_ceiling), reuse=reuse))

    def opened(_now: datetime, explain: bool) -> Evidence:
        deadline = time.monotonic() + of.question_timeout.total_seconds()
        return AwsEvidence(scopes, threading.Event(), deadline, explain=explain, shared=shared)

    return opened


def scoped(of: Settings) -> tuple[Scope, ...]:
    """The scopes as the AWS side thinks of them."""
    return tuple(_scope(scope) for scope in of.scopes)


def _scope(of: Configured) -> Scope:
    return Scope(
        name=of.name,
        regions=of.regions or (_default_region(),),
        account=of.account,
        role_arn=of.role_arn,
        external_id=of.external_id,
        log_groups=of.log_groups,
        bucket=of.bucket,
        prefix=of.prefix,
        database=of.database,
        table=of.table,
        workgroup=of.workgroup or "primary",
        output=of.output,
        partitions=configured(of.partitions),
    )


def _default_region() -> str:
    """The SDK's own default region, as its standard chain finds it; us-east-1 where it finds none."""
    import botocore.session  # noqa: PLC0415 - 100 ms, and only where no region is configured

    return str(botocore.session.get_session().get_config_variable("region") or "us-east-1")


def tagger(of: Settings) -> UserTags:
    """What looks an IAM user's e-mail up in its tags."""
    return UserTags(tuple(_scope(scope) for scope in of.scopes), of.people_tag)


def ender(of: Settings) -> Ender:
    """What ends a session, with the role that is configured for nothing else."""
    return Ender(tuple(_scope(scope) for scope in of.scopes), of.terminate_role)
