"""A whole estate that is well, in moto, and what can be wrong with it: check by check, how it is spoiled and how it is mended."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from moto.backends import get_backend
from moto.iam.models import AWSManagedPolicy

from queries.scopes import Scope
from tests.conftest import NOW
from tests.doctor.land import ACCOUNT, BUCKET, GROUP, REGION, RUN_SHELL, World
from tests.doctor.test_setup_logging import CORE, TRUST

SCOPE = Scope(
    "prod", (REGION,), account=ACCOUNT, bucket=BUCKET, prefix="ssm", log_groups=(GROUP,), database="audit", table="cloudtrail", workgroup="audit",
    output="s3://results/",
)  # fmt: skip
SERVICES = ("ssm", "ssmmessages", "logs")
LOGS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetEncryptionConfiguration", "logs:*"], "Resource": "*"}],
}
SESSION = "ana-0e34861185201706f"
COLUMNS = (
    "eventid", "eventtime", "eventsource", "eventname", "awsregion", "sourceipaddress", "useragent", "errorcode", "errormessage",
    "requestparameters", "responseelements",
)  # fmt: skip


class Whole(World):
    """The world with an estate in it."""

    def __init__(self, land):
        super().__init__(land, SCOPE)
        self.good()
        self.node()
        self.trail()
        self.table()
        self.session()

    def node(self):
        """A private VPC with one node and every endpoint that it needs."""
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        for name in ("EnableDnsSupport", "EnableDnsHostnames"):
            self.ec2.modify_vpc_attribute(VpcId=self.vpc, **{name: {"Value": True}})
        self.subnet = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
        found = self.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [self.vpc]}])
        self.route_table = found["RouteTables"][0]["RouteTableId"]
        self.inside, self.door = (
            self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)["GroupId"] for name in ("nodes", "endpoints")
        )
        self.ec2.authorize_security_group_ingress(GroupId=self.door, IpPermissions=[https("10.0.0.0/16")])
        self.endpoints = {service: self.endpoint(service) for service in SERVICES}
        gateway = {"VpcEndpointType": "Gateway", "RouteTableIds": [self.route_table]}
        made = self.ec2.create_vpc_endpoint(VpcId=self.vpc, ServiceName=f"com.amazonaws.{REGION}.s3", **gateway)
        self.endpoints["s3"] = made["VpcEndpoint"]["VpcEndpointId"]
        self.iam.create_role(RoleName="nodes", AssumeRolePolicyDocument=TRUST)
        self.iam.put_role_policy(RoleName="nodes", PolicyName="core", PolicyDocument=json.dumps(CORE))
        self.iam.put_role_policy(RoleName="nodes", PolicyName="logs", PolicyDocument=json.dumps(LOGS))
        self.iam.create_instance_profile(InstanceProfileName="nodes")
        self.iam.add_role_to_instance_profile(InstanceProfileName="nodes", RoleName="nodes")
        self.id = self.instance()
        self.managed()

    def endpoint(self, service):
        return self.ec2.create_vpc_endpoint(
            VpcId=self.vpc, ServiceName=f"com.amazonaws.{REGION}.{service}", VpcEndpointType="Interface", SubnetIds=[self.subnet],
            SecurityGroupIds=[self.door], PrivateDnsEnabled=True,
        )["VpcEndpoint"]["VpcEndpointId"]  # fmt: skip

    def instance(self):
        made = self.ec2.run_instances(
            ImageId=next(iter(get_backend("ec2")[ACCOUNT][REGION].amis)), MinCount=1, MaxCount=1, InstanceType="t3.micro", SubnetId=self.subnet,
            SecurityGroupIds=[self.inside], IamInstanceProfile={"Name": "nodes"}, MetadataOptions={"HttpTokens": "required", "HttpEndpoint": "enabled"},
        )  # fmt: skip
        return made["Instances"][0]["InstanceId"]

    def managed(self, **changes):
        item = {"InstanceId": self.id, "PingStatus": "Online", "AgentVersion": "3.3.2958.0", "PlatformType": "Linux"}
        self.land.export.nodes[ACCOUNT, REGION] = [{**item, **changes}]

    def trail(self, **changes):
        self.s3.create_bucket(Bucket="trail", CreateBucketConfiguration={"LocationConstraint": REGION})
        self.cloudtrail.create_trail(
            **{"Name": "org", "S3BucketName": "trail", "IsMultiRegionTrail": True, "EnableLogFileValidation": True, **changes}
        )
        self.cloudtrail.start_logging(Name="org")
        self.select()

    def select(self, **changes):
        selector = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [], **changes}
        self.cloudtrail.put_event_selectors(TrailName="org", EventSelectors=[selector])

    def table(self, columns=None, keys=({"Name": "timestamp", "Type": "string"},)):
        held = [{"Name": name, "Type": "string"} for name in COLUMNS] + [{"Name": "useridentity", "Type": "struct<arn:string>"}]
        described = {"Columns": columns or held, "Location": "s3://trail/AWSLogs/"}
        projected = {"projection.enabled": "true", "projection.timestamp.type": "date", "projection.timestamp.format": "yyyy/MM/dd"}
        self.glue.create_database(DatabaseInput={"Name": "audit"})
        table = {"Name": "cloudtrail", "StorageDescriptor": described, "PartitionKeys": list(keys), "Parameters": projected if keys else {}}
        self.glue.create_table(DatabaseName="audit", TableInput=table)
        limits = {"BytesScannedCutoffPerQuery": 10**11, "ResultConfiguration": {"OutputLocation": "s3://results/"}}
        self.athena.create_work_group(Name="audit", Configuration=limits)

    def session(self):
        """A session that ended, with its log in both places."""
        ended = {"SessionId": SESSION, "Target": self.id, "StartDate": f"{NOW - timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}"}
        ended |= {"EndDate": f"{NOW - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}", "DocumentName": RUN_SHELL, "Status": "Terminated"}
        self.land.export.sessions[ACCOUNT, REGION]["History"] = [ended]
        self.s3.put_object(Bucket=BUCKET, Key=f"ssm/{SESSION}.log", Body=b"x")
        self.logs.create_log_stream(logGroupName=GROUP, logStreamName=SESSION)

    # how things are spoiled

    def set(self, **inputs):
        self.ssm.delete_document(Name=RUN_SHELL)
        self.preferences(**inputs)

    def empty_bucket(self):
        """No versions yet, no logs: so that a bucket can be taken away."""
        self.s3.delete_object(Bucket=BUCKET, Key=f"ssm/{SESSION}.log")
        for item in [*(answer := self.s3.list_object_versions(Bucket=BUCKET)).get("Versions", []), *answer.get("DeleteMarkers", [])]:
            self.s3.delete_object(Bucket=BUCKET, Key=item["Key"], VersionId=item["VersionId"])

    def no_bucket(self):
        self.empty_bucket()
        self.s3.delete_bucket(Bucket=BUCKET)

    def elsewhere(self):
        self.client("s3", "us-east-1").create_bucket(Bucket="far-logs")
        self.set(s3BucketName="far-logs")

    def plain_bucket(self):
        self.s3.delete_bucket_encryption(Bucket=BUCKET)

    def open_bucket(self):
        self.s3.delete_public_access_block(Bucket=BUCKET)

    def forgetful_bucket(self):
        self.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})

    def lifecycle(self, prefix, days):
        rule = {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": prefix}, "Expiration": {"Days": days}}
        self.s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [rule]})

    def public_policy(self):
        mine = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "s3:*",
            "Resource": f"arn:aws:s3:::{BUCKET}",
        }
        everyone = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
        self.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [mine, everyone]}))

    def group_of(self, **changes):
        self.logs.delete_log_group(logGroupName=GROUP)
        self.logs.create_log_group(**{"logGroupName": GROUP, "logGroupClass": "STANDARD", **changes})
        self.logs.create_log_stream(logGroupName=GROUP, logStreamName=SESSION)

    def no_logs(self):
        self.empty_bucket()
        self.logs.delete_log_stream(logGroupName=GROUP, logStreamName=SESSION)

    def disabled_key(self):
        key = self.kms.create_key()["KeyMetadata"]["KeyId"]
        self.kms.disable_key(KeyId=key)
        self.set(kmsKeyId=key)

    def behind(self):
        content = json.loads(self.ssm.get_document(Name=RUN_SHELL)["Content"])
        content["inputs"]["idleSessionTimeout"] = "10"
        self.ssm.update_document(Name=RUN_SHELL, Content=json.dumps(content), DocumentVersion="$LATEST")

    def share(self, *accounts):
        self.preferences("acme-Shell")
        self.ssm.modify_document_permission(Name="acme-Shell", PermissionType="Share", AccountIdsToAdd=list(accounts))

    def quiet(self):
        self.preferences("acme-Quiet", s3BucketName="", cloudWatchLogGroupName="")

    def person(self, *rows):
        """A user with these statements on ssm:StartSession, and nothing else."""
        if "ann" not in [user["UserName"] for user in self.iam.list_users()["Users"]]:
            self.iam.create_user(UserName="ann")
        made = [{"Effect": "Allow", "Action": "ssm:StartSession", **row} for row in rows]
        self.iam.put_user_policy(
            UserName="ann", PolicyName="sessions", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": made})
        )

    def everything(self):
        self.person({"Resource": "*"})

    def unmeant(self, condition=()):
        """Nodes and one document of the team's own."""
        own = f"arn:aws:ssm:{REGION}:{ACCOUNT}:document/acme-Own"
        self.person({"Resource": ["arn:aws:ec2:*:*:instance/*", own], **dict(condition)})

    def imds(self, **options):
        self.ec2.modify_instance_metadata_options(InstanceId=self.id, **options)

    def meant(self):
        self.unmeant({"Condition": {"BoolIfExists": {"ssm:SessionDocumentAccessCheck": "true"}}})

    def stranger(self):
        self.instance()

    def weak(self, policy):
        for name in self.iam.list_role_policies(RoleName="nodes")["PolicyNames"]:
            if name == policy:
                self.iam.delete_role_policy(RoleName="nodes", PolicyName=name)

    def unconnected(self):
        """The role without its right to connect; AWS's own policy is there to attach."""
        self.weak("core")
        when = "2020-01-01T00:00:00+00:00"
        data = {"Path": "/", "DefaultVersionId": "v1", "Document": CORE, "CreateDate": when, "UpdateDate": when}
        made = AWSManagedPolicy.from_data("AmazonSSMManagedInstanceCore", ACCOUNT, REGION, data)
        get_backend("iam")[ACCOUNT]["aws"].managed_policies[made.arn] = made

    def no_profile(self):
        held = self.ec2.describe_iam_instance_profile_associations()["IamInstanceProfileAssociations"]
        for one in held:
            self.ec2.disassociate_iam_instance_profile(AssociationId=one["AssociationId"])

    def no_endpoints(self):
        self.ec2.delete_vpc_endpoints(VpcEndpointIds=[self.endpoints["logs"], self.endpoints["s3"]])

    def public_dns(self):
        self.ec2.modify_vpc_endpoint(VpcEndpointId=self.endpoints["ssm"], PrivateDnsEnabled=False)

    def no_names(self):
        self.ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": False})

    def shut_door(self):
        self.ec2.revoke_security_group_ingress(GroupId=self.door, IpPermissions=[https("10.0.0.0/16")])

    def shut_in(self):
        every = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        self.ec2.revoke_security_group_egress(GroupId=self.inside, IpPermissions=every)

    def one_region(self):
        self.cloudtrail.update_trail(Name="org", IsMultiRegionTrail=False)

    def no_digests(self):
        self.cloudtrail.update_trail(Name="org", EnableLogFileValidation=False)

    def delivery_error(self):
        trail = get_backend("cloudtrail")[ACCOUNT][REGION].trails["org"]
        trail.status.description, held = (lambda: {**held(), "LatestDeliveryError": "AccessDenied"}), trail.status.description

    def delivers(self):
        trail = get_backend("cloudtrail")[ACCOUNT][REGION].trails["org"]
        del trail.status.description

    def other_table(self, **changes):
        self.glue.delete_table(DatabaseName="audit", Name="cloudtrail")
        self.glue.delete_database(Name="audit")
        self.athena.delete_work_group(WorkGroup="audit", RecursiveDeleteOption=True)
        self.table(**changes)

    def work_group(self):
        self.athena.create_work_group(Name="audit", Configuration={"BytesScannedCutoffPerQuery": 10**11})

    def group_without(self, *names):
        work = get_backend("athena")[ACCOUNT][REGION].work_groups["audit"]
        work.configuration = {key: value for key, value in work.configuration.items() if key not in names}

    # what a person does where no call can

    def session_again(self):
        self.s3.put_object(Bucket=BUCKET, Key=f"ssm/{SESSION}.log", Body=b"x")
        self.logs.create_log_stream(logGroupName=GROUP, logStreamName=SESSION)

    def others(self):
        found = self.ec2.describe_instances()["Reservations"]
        return [i["InstanceId"] for r in found for i in r["Instances"] if i["InstanceId"] != self.id]

    def profile(self):
        self.ec2.associate_iam_instance_profile(IamInstanceProfile={"Name": "nodes"}, InstanceId=self.id)

    def trail_again(self):
        self.cloudtrail.create_trail(Name="org", S3BucketName="trail", IsMultiRegionTrail=True, EnableLogFileValidation=True)
        self.cloudtrail.start_logging(Name="org")
        self.select()

    def other_table_made(self):
        self.glue.create_table(DatabaseName="audit", TableInput={"Name": "cloudtrail"})
        self.other_table()

    def nowhere(self):
        self.group_without("ResultConfiguration")
        self.scope = replace(self.scope, output="")
        self.post = replace(self.post, scope=self.scope)

    def somewhere(self):
        updates = {"ResultConfigurationUpdates": {"OutputLocation": "s3://results/"}}
        self.athena.update_work_group(WorkGroup="audit", ConfigurationUpdates=updates)

    def refuse(self, service, operation):
        from tests.standins.faults import Fault

        self.land.fault(Fault(service, operation))

    def allow(self):
        self.land.faults.planned.clear()


def https(cidr):
    return {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": cidr}]}
