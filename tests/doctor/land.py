"""An account that the doctor can visit: moto over HTTP for what moto really does, strict handlers for the rest."""

from __future__ import annotations

import json
from dataclasses import replace

from moto.backends import get_backend
from moto.moto_api._internal import moto_api_backend

from bot.core.model import Place
from queries.apply import apply
from queries.budget import Budget
from queries.clients import Clients, Tuning
from queries.estate.estate import place
from queries.estate.once import Once
from queries.inquiry import Inquiry, Shared
from queries.scopes import Post, Scope
from queries.sources import Asked
from tests.standins.server import AwsStandin
from tests.standins.wire import AwsError

ACCOUNT, REGION = "111122223333", "eu-west-1"
BUCKET, GROUP = "acme-session-logs", "/acme/ssm"
HERE = Place(ACCOUNT, REGION)
GOOD = {
    "s3BucketName": BUCKET,
    "s3KeyPrefix": "ssm",
    "s3EncryptionEnabled": True,
    "cloudWatchLogGroupName": GROUP,
    "cloudWatchEncryptionEnabled": False,
    "cloudWatchStreamingEnabled": True,
    "kmsKeyId": "",
    "runAsEnabled": False,
    "runAsDefaultUser": "",
    "idleSessionTimeout": "20",
    "maxSessionDuration": "60",
    "shellProfile": {"windows": "", "linux": ""},
}
CLOSED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
USED = ("athena", "cloudtrail", "glue", "iam", "kms", "logs", "s3", "ssm")
RUN_SHELL = "SSM-SessionManagerRunShell"


class Land(AwsStandin):
    """One account in one Region, empty until it is given something."""

    def __init__(self, folder):
        empty = folder / "snapshots" / ACCOUNT / REGION
        empty.mkdir(parents=True)
        (empty / "ssm.describe-sessions.active.json").write_text("{}")
        super().__init__(folder)

    def renew(self):
        """As new, but for EC2, whose images take seconds to load: there every instance is terminated, and each test has a VPC of its own."""
        if AwsStandin._owner is not self:
            moto_api_backend.reset()
        for name in USED:
            for regions in get_backend(name).values():
                for backend in regions.values():
                    backend.reset()
        for instance in get_backend("ec2")[ACCOUNT][REGION].all_instances():
            instance.terminate()
        AwsStandin._owner = self
        self.export.sessions = {(ACCOUNT, REGION): {"Active": [], "History": []}}
        self.export.nodes = {}
        self.settings, self.classes, self.private = {}, {}, {}
        self.reset()

    def _handlers(self):
        own = super()._handlers()
        own["logs"] |= {"AssociateKmsKey": self._associate, "DisassociateKmsKey": self._disassociate}
        own["logs"] |= {"DescribeLogGroups": self._groups}
        own["ssm"] |= {"GetServiceSetting": self._setting, "SendCommand": self._send_command}
        own["athena"] = {"UpdateWorkGroup": self._update_work_group}
        own["glue"] = {}
        return own

    def _answer(self, call):
        if call.service == "ec2" and call.operation == "DescribeInstances":
            return None
        if call.service == "ec2" and call.operation == "ModifyVpcEndpoint" and "PrivateDnsEnabled" in call.body:
            backend = get_backend("ec2")[call.account][call.region]
            backend.vpc_end_points[call.body["VpcEndpointId"]].private_dns_enabled = call.body["PrivateDnsEnabled"] == "true"
        if call.service == "logs" and call.operation == "CreateLogGroup":
            self._create_group(call)
            return None
        return super()._answer(call)

    def _associate(self, call):
        held = get_backend("logs")[call.account][call.region].groups
        if call.body["logGroupName"] not in held:
            raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
        held[call.body["logGroupName"]].kms_key_id = call.body["kmsKeyId"]
        return {}

    def _disassociate(self, call):
        return self._associate(replace(call, body={**call.body, "kmsKeyId": None}))

    def _update_work_group(self, call):
        held = get_backend("athena")[call.account][call.region].work_groups
        if call.body["WorkGroup"] not in held:
            raise AwsError("InvalidRequestException", "WorkGroup is not found.")
        changes = dict(call.body.get("ConfigurationUpdates", {}))
        unknown = set(changes) - {
            "BytesScannedCutoffPerQuery",
            "EnforceWorkGroupConfiguration",
            "ResultConfigurationUpdates",
            "RemoveBytesScannedCutoffPerQuery",
        }
        if unknown:
            raise AwsError("InvalidRequestException", f"Unknown parameter {unknown}")
        group = held[call.body["WorkGroup"]]
        configuration = dict(group.configuration or {})
        results = changes.pop("ResultConfigurationUpdates", None)
        if results:
            configuration["ResultConfiguration"] = {
                **configuration.get("ResultConfiguration", {}),
                "OutputLocation": results["OutputLocation"],
            }
        if changes.pop("RemoveBytesScannedCutoffPerQuery", False):
            configuration.pop("BytesScannedCutoffPerQuery", None)
        group.configuration = {**configuration, **changes}
        return {}

    def _create_group(self, call):
        """moto keeps no class."""
        self.classes[call.body["logGroupName"]] = call.body.get("logGroupClass", "STANDARD")

    def _groups(self, call):
        """moto's groups, each with its class."""
        backend = get_backend("logs")[call.account][call.region]
        held = [g.to_describe_dict() for g in backend.groups.values() if g.name.startswith(call.body.get("logGroupNamePrefix", ""))]
        return {"logGroups": [{**group, "logGroupClass": self.classes.get(group["logGroupName"], "STANDARD")} for group in held]}

    def _send_command(self, call):
        """AWS-UpdateSSMAgent, which is done at once."""
        if call.body["DocumentName"] != "AWS-UpdateSSMAgent":
            raise AwsError("InvalidDocument", "only AWS-UpdateSSMAgent is known")
        for item in self.export.nodes[call.where]:
            item["AgentVersion"] = "3.3.2958.0" if item["InstanceId"] in call.body["InstanceIds"] else item["AgentVersion"]
        return {"Command": {"CommandId": "c"}}

    def _setting(self, call):
        name = call.body["SettingId"]
        if name not in self.settings:
            raise AwsError("ServiceSettingNotFound", "not found")
        return {"ServiceSetting": {"SettingId": name, "SettingValue": self.settings[name]}}


CLIENTS = Clients(Tuning(attempts=1, read_timeout=10, mode="standard"))


class World:
    """The land with clients, and short words for what tests do to it."""

    def __init__(self, land, scope=None):
        self.land = land
        self.scope = scope or Scope("prod", (REGION,), account=ACCOUNT)
        self.post = Post(self.scope, REGION, ACCOUNT)
        self.clients = CLIENTS

    def __getattr__(self, service):
        return self.clients.client(self.scope, service, REGION)

    def client(self, service, region=""):
        return self.clients.client(self.scope, service, region or REGION)

    def estate(self, now):
        inquiry = Inquiry((self.scope,), Shared(clients=self.clients), Budget(), Asked())
        return place(inquiry, self.post, now, Once())

    def apply(self, steps):
        apply(steps, self.client, lambda _step: None, HERE)

    def bucket(self, name=BUCKET, region=REGION, *, good=True):
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        self.s3.create_bucket(Bucket=name, **where)
        if good:
            rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
            self.s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=rules)
            self.s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=CLOSED)
            self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})

    def preferences(self, name=RUN_SHELL, kind="Standard_Stream", **inputs):
        content = {"schemaVersion": "1.0", "description": "d", "sessionType": kind, "inputs": {**GOOD, **inputs}}
        self.ssm.create_document(Name=name, DocumentType="Session", DocumentFormat="JSON", Content=json.dumps(content))

    def inputs(self):
        return json.loads(self.ssm.get_document(Name=RUN_SHELL)["Content"])["inputs"]

    def good(self):
        """Everything as it should be."""
        self.bucket()
        self.logs.create_log_group(logGroupName=GROUP, logGroupClass="STANDARD")
        self.preferences()
