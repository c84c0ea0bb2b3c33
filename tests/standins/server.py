"""A small AWS on loopback: moto for what moto really does, our own strict handlers for the rest.

`with AwsStandin(folder) as aws:` gives `aws.url` for AWS_ENDPOINT_URL. Accounts follow the assumed role; a key that no role
gave belongs to `account`. Faults are planned in `aws.faults.planned`; `aws.calls` is what was asked, in order.
"""

from __future__ import annotations

import copy
import io
import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Self

from moto.backends import get_backend
from moto.moto_api._internal import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from tests.standins import ec2, sts
from tests.standins.athena import Athena
from tests.standins.faults import Fault, Faults
from tests.standins.folder import Export, Where, read
from tests.standins.insights import Insights
from tests.standins.lake import Lake
from tests.standins.ssm import Ssm
from tests.standins.wire import AwsError, Call, answer, key_of, refused, understood


class Quiet(MotoRequestHandler):
    """Says nothing of each request."""

    def log(self, *_: Any) -> None:
        return


class AwsStandin:
    """One fleet of accounts, as a context."""

    _owner: ClassVar[AwsStandin | None] = None

    def __init__(
        self,
        folder: Path,
        *,
        account: str = "111122223333",
        database: str = "audit",
        table: str = "cloudtrail_logs",
        layout: str = "projected",
        broken: bool = False,
        bucket: str = "session-logs",
        prefix: str = "ssm",
        external_ids: Mapping[str, str] | None = None,
    ) -> None:
        self.account, self.bucket, self.prefix, self.broken = account, bucket, prefix, broken
        self.external_ids = dict(external_ids or {})
        self.export: Export = read(folder)
        self.faults, self.calls = Faults(), []
        self.ssm, self.insights = Ssm(self.export), Insights(self.export)
        self.lake = Lake(self.export, database, table, layout)
        self.athena = Athena(self.lake)
        self._own, self._sessions = self._handlers(), copy.deepcopy(self.export.sessions)
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def fault(self, *faults: Fault) -> None:
        """Plan faults."""
        self.faults.planned.extend(faults)

    def reset(self) -> None:
        """As new: no faults, no calls, every knob where it was. What moto holds stays."""
        self._own_moto()
        self.export.sessions = copy.deepcopy(self._sessions)
        self.faults.planned.clear()
        self.calls.clear()
        self.broken, self.ssm, self.insights, self.athena = False, Ssm(self.export), Insights(self.export), Athena(self.lake)
        self._own = self._handlers()

    def _handlers(self) -> dict[str, dict[str, Any]]:
        own = {"ssm": self.ssm, "logs": self.insights, "athena": self.athena}
        made = {name: dict(handler.operations()) for name, handler in own.items()} | {"glue": {"GetTable": self._get_table}}
        made["ssm"]["ListDocumentVersions"] = self._list_versions
        return made

    def __enter__(self) -> Self:
        self._own_moto()
        self._server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Quiet)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _own_moto(self) -> None:
        """moto is one for the whole process: the stand-in that is used next fills it with its own facts."""
        if AwsStandin._owner is not self:
            moto_api_backend.reset()
            self._seed()
            AwsStandin._owner = self

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        account = sts.account_of(key_of(request), self.account)
        service = ""
        try:
            call = understood(request, account)
            service = call.service
            self.calls.append(call)
            self.faults.meet(call)
            response = self._answer(call)
        except AwsError as error:
            response = refused(error, service)
        if response is not None:
            return response(environ, start_response)
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = account
        if service != "s3":
            environ["wsgi.input"] = _again(request)
        return self._moto(environ, start_response)

    def _answer(self, call: Call) -> Response | None:
        """Our own answer, or None where moto's is right."""
        if call.service == "ec2" and call.operation == "DescribeInstances":
            return ec2.describe_instances(self.export, call)
        if call.service == "sts":
            return sts.answered(call, self.external_ids)
        own = self._own.get(call.service, {}).get(call.operation)
        return answer(own(call)) if own else None

    def _get_table(self, call: Call) -> dict[str, Any]:
        if (call.body["DatabaseName"], call.body["Name"]) != self.lake.name:
            raise AwsError("EntityNotFoundException", f"Table {call.body['Name']} not found.")
        return {"Table": self.lake.glue(broken=self.broken)}

    def _list_versions(self, call: Call) -> dict[str, Any]:
        """Newest first, a page at a time; moto knows versions and has no such call."""
        held = get_backend("ssm")[call.account][call.region]._documents.get(call.body["Name"])
        if held is None:
            raise AwsError("InvalidDocument", "The specified document does not exist.")
        size, start = int(call.body.get("MaxResults", 50)), int(call.body.get("NextToken", "0"))
        rows = [
            {"Name": v.name, "DocumentVersion": v.document_version, "CreatedDate": v.created_date.replace(tzinfo=UTC).timestamp(),
             "IsDefaultVersion": v.document_version == held.default_version, "DocumentFormat": "JSON", "Status": "Active"}
            for v in sorted(held.versions.values(), key=lambda v: -int(v.document_version))
        ]  # fmt: skip
        more = {"NextToken": str(start + size)} if start + size < len(rows) else {}
        return {"DocumentVersions": rows[start : start + size], **more}

    def _seed(self) -> None:
        """Put into moto what moto answers for: documents, log streams, objects."""
        for where in self.export.places:
            self._seed_documents(where)
            self._seed_logs(where)
        self._seed_objects()

    def _seed_objects(self) -> None:
        """Each session's log lies in the bucket that its Region's preferences name, and all of them in the stand-in's own."""
        s3 = get_backend("s3")[self.account]["aws"]
        homes = {item["SessionId"]: where for where, held in self.export.sessions.items() for items in held.values() for item in items}
        for name, body in self.export.objects.items():
            own = self._store(homes.get(name.removesuffix(".log")))
            for bucket, prefix in {own, (self.bucket, self.prefix)} - {("", "")}:
                if bucket not in s3.buckets:
                    s3.create_bucket(bucket, "us-east-1")
                s3.put_object(bucket, f"{prefix}/{name}" if prefix else name, body)

    def _store(self, where: Where | None) -> tuple[str, str]:
        """Bucket and prefix of a place's preferences."""
        saved = [
            json.loads(item["Content"]) for item in self.export.documents.get(where, []) if item["Name"] == "SSM-SessionManagerRunShell"
        ]
        inputs = saved[0]["inputs"] if saved else {}
        return inputs.get("s3BucketName", ""), inputs.get("s3KeyPrefix", "").strip("/")

    def _seed_documents(self, where: Where) -> None:
        backend = get_backend("ssm")[where[0]][where[1]]
        for item in self.export.documents[where]:
            backend.create_document(item["Content"], [], [], item["Name"], "", item["DocumentType"], "JSON", "", [])
            self._seed_versions(backend, where, item["Name"])
            if item["Name"].startswith("AWS-"):
                backend._documents[item["Name"]].get_default_version().owner = "Amazon"

    def _seed_versions(self, backend: Any, where: Where, name: str) -> None:
        """The versions that were exported, under their own numbers; the newest is in force."""
        held, first = backend._documents[name], backend._documents[name].get_default_version()
        found = [item for item in self.export.versions.get(where, []) if item["Name"] == name]
        for item in found:
            made = copy.copy(first)
            made.document_version, made.content = item["DocumentVersion"], item["Content"]
            made.created_date = datetime.fromisoformat(item["CreatedDate"]).astimezone(UTC).replace(tzinfo=None)
            held.versions[made.document_version] = made
        if found:
            held.versions = {version: one for version, one in held.versions.items() if one is not first}
            held.default_version = held.latest_version = max(held.versions, key=int)

    def _seed_logs(self, where: Where) -> None:
        backend = get_backend("logs")[where[0]][where[1]]
        for group, streams in self.export.logs[where].items():
            backend.create_log_group(group, {})
            for stream, events in streams.items():
                backend.create_log_stream(group, stream)
                backend.groups[group].streams[stream].put_log_events([dict(event) for event in events])


def _again(request: Request) -> Any:
    """The body once more, for moto, after we have read it."""
    return io.BytesIO(request.get_data())
