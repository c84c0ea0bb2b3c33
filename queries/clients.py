"""boto3 clients, one for each scope, Region and service, made when first needed and kept for the life of the bot.

A scope with a role gets credentials that renew themselves (sts:AssumeRole); one without takes the standard chain. Endpoints
are botocore's own: AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_<SERVICE> lead anywhere. boto3 is imported on first use only, since
it costs more than the whole path that acknowledges a command. Source: boto3 guide "Credentials", "Retries", "Service-specific endpoints".
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from queries.scopes import Scope, account_of


@dataclass(frozen=True, slots=True)
class Tuning:
    """How botocore waits and tries again. Times in seconds; `session_name` is what CloudTrail shows of the bot."""

    connect_timeout: float = 5.0
    read_timeout: float = 25.0
    attempts: int = 5
    connections: int = 16
    mode: Literal["adaptive", "standard"] = "adaptive"
    session_name: str = "countersign"
    duration: int = 3600


@dataclass(slots=True)
class Clients:
    """`client(scope, service, region)` is safe from any thread; a client is shared by all who ask for the same."""

    tuning: Tuning = field(default_factory=Tuning)
    _sessions: dict[tuple[str, str], Any] = field(default_factory=dict)
    _clients: dict[tuple[str, str, str, str], Any] = field(default_factory=dict)
    _accounts: dict[tuple[str, str], str] = field(default_factory=dict)
    _loader: Any = None  # botocore's service models, read once for all sessions: EC2's alone takes a third of a second
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def client(self, scope: Scope, service: str, region: str) -> Any:  # noqa: ANN401 - boto3 makes its client classes at run time
        """The boto3 client of a service; raises botocore's errors if there are no credentials."""
        key = (scope.role_arn, scope.external_id, service, region)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self.session(scope).client(service, region_name=region, config=self.config())
            return self._clients[key]

    def session(self, scope: Scope) -> Any:  # noqa: ANN401 - as above
        """The boto3 Session of a scope."""
        key = (scope.role_arn, scope.external_id)
        with self._lock:
            if key not in self._sessions:
                self._sessions[key] = self._boto3_session(scope)
            return self._sessions[key]

    def account(self, scope: Scope) -> str:
        """The account's number: as configured or by the role's ARN, else as sts:GetCallerIdentity says, asked once."""
        if known := account_of(scope):
            return known
        key = (scope.role_arn, scope.external_id)
        if key not in self._accounts:
            identity: Mapping[str, Any] = self.client(scope, "sts", scope.home).get_caller_identity()
            self._accounts[key] = str(identity["Account"])
        return self._accounts[key]

    def config(self) -> Any:  # noqa: ANN401 - botocore's Config is typed by its stubs only
        """The Config of every client: adaptive retries, time-outs, a pool as wide as the fleet is asked."""
        from botocore.config import Config  # noqa: PLC0415 - light start: see the head of this file

        return Config(
            connect_timeout=self.tuning.connect_timeout,
            read_timeout=self.tuning.read_timeout,
            max_pool_connections=self.tuning.connections,
            retries={"mode": self.tuning.mode, "total_max_attempts": self.tuning.attempts},
            user_agent_extra="countersign",
        )

    def _boto3_session(self, scope: Scope) -> Any:  # noqa: ANN401 - as above
        """A boto3 Session on the standard chain, or on the scope's role."""
        import boto3  # noqa: PLC0415 - light start: see the head of this file

        own = self._botocore_session()
        if scope.role_arn:
            own.register_component("credential_provider", Renewing(self._assumed(scope)))
        return boto3.Session(botocore_session=own)

    def _botocore_session(self) -> Any:  # noqa: ANN401 - as above
        """A botocore session that shares the loaded service models with all others."""
        from botocore.session import get_session  # noqa: PLC0415 - light start

        made = get_session()
        self._loader = self._loader or made.get_component("data_loader")
        made.register_component("data_loader", self._loader)
        return made

    def _assumed(self, scope: Scope) -> Any:  # noqa: ANN401 - as above
        """Credentials by sts:AssumeRole, fetched when first needed and renewed before they expire."""
        from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials  # noqa: PLC0415 - light start

        chain = self._botocore_session()
        extra = {"RoleSessionName": self.tuning.session_name, "DurationSeconds": self.tuning.duration}
        if scope.external_id:
            extra["ExternalId"] = scope.external_id

        def sts(service: str, **credentials: Any) -> Any:  # noqa: ANN401 - botocore calls it with its own keywords
            return chain.create_client(service, region_name=scope.home, config=self.config(), **credentials)

        fetcher = AssumeRoleCredentialFetcher(sts, chain.get_credentials(), scope.role_arn, extra_args=extra)
        return DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")


@dataclass(frozen=True, slots=True)
class Renewing:
    """What botocore takes for its chain of credential providers: one that always gives these credentials."""

    credentials: Any

    def load_credentials(self) -> Any:  # noqa: ANN401 - botocore's own shape
        """Give the credentials; botocore renews them when they are about to expire."""
        return self.credentials
