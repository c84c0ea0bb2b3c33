"""The CloudTrail table as AWS documents it, projected by Region and day (and account, for an organization): one fact, written as DDL and for Glue.

Source: Athena User Guide, "Create the table for CloudTrail logs in Athena using partition projection". JsonSerDe with CloudTrail's input
format; requestparameters, responseelements and additionaleventdata are strings of JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

IDENTITY = (
    "struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string,username:string,"
    "onbehalfof:struct<userid:string,identitystorearn:string>,"
    "sessioncontext:struct<attributes:struct<mfaauthenticated:string,creationdate:string>,"
    "sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>,"
    "ec2roledelivery:string,webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>>>"
)
COLUMNS: tuple[tuple[str, str], ...] = (
    ("eventversion", "string"), ("useridentity", IDENTITY), ("eventtime", "string"), ("eventsource", "string"), ("eventname", "string"),
    ("awsregion", "string"), ("sourceipaddress", "string"), ("useragent", "string"), ("errorcode", "string"), ("errormessage", "string"),
    ("requestparameters", "string"), ("responseelements", "string"), ("additionaleventdata", "string"), ("requestid", "string"),
    ("eventid", "string"), ("readonly", "string"), ("resources", "array<struct<arn:string,accountid:string,type:string>>"),
    ("eventtype", "string"), ("apiversion", "string"), ("recipientaccountid", "string"), ("serviceeventdetails", "string"),
    ("sharedeventid", "string"), ("vpcendpointid", "string"), ("vpcendpointaccountid", "string"), ("eventcategory", "string"),
    ("addendum", "struct<reason:string,updatedfields:string,originalrequestid:string,originaleventid:string>"),
    ("sessioncredentialfromconsole", "string"), ("edgedevicedetails", "string"),
    ("tlsdetails", "struct<tlsversion:string,ciphersuite:string,clientprovidedhostheader:string>"),
)  # fmt: skip
SERDE = "org.apache.hive.hcatalog.data.JsonSerDe"
INPUT = "com.amazon.emr.cloudtrail.CloudTrailInputFormat"
OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"


@dataclass(frozen=True, slots=True)
class TrailTable:
    """Where a trail writes, and what of it the table covers. `organization` is its id (`o-…`), empty for one account's trail."""

    database: str
    name: str
    bucket: str
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    since: str  # yyyy/MM/dd
    prefix: str = ""
    organization: str = ""

    @property
    def root(self) -> str:
        """The folder under which the trail writes."""
        return "/".join(filter(None, [f"s3://{self.bucket}", self.prefix.strip("/"), "AWSLogs", self.organization]))

    @property
    def location(self) -> str:
        """The folder that holds all of the table."""
        return f"{self.root}/" if self.organization else f"{self.root}/{self.accounts[0]}/CloudTrail/"

    @property
    def partitions(self) -> tuple[str, ...]:
        """The partition columns, all strings."""
        return ("account", "region", "timestamp") if self.organization else ("region", "timestamp")

    @property
    def properties(self) -> dict[str, str]:
        """The table's properties: the projection, and where each partition lies."""
        account = "${account}" if self.organization else self.accounts[0]
        said = {"projection.enabled": "true"}
        if self.organization:
            said |= {"projection.account.type": "enum", "projection.account.values": ",".join(self.accounts)}
        return said | {
            "projection.region.type": "enum",
            "projection.region.values": ",".join(self.regions),
            "projection.timestamp.type": "date",
            "projection.timestamp.format": "yyyy/MM/dd",
            "projection.timestamp.interval": "1",
            "projection.timestamp.interval.unit": "DAYS",
            "projection.timestamp.range": f"{self.since},NOW",
            "storage.location.template": f"{self.root}/{account}/CloudTrail/${{region}}/${{timestamp}}",
        }


def ddl(table: TrailTable) -> str:
    """CREATE EXTERNAL TABLE, as Athena takes it."""
    columns = ",\n".join(f"  `{name}` {kind}" for name, kind in COLUMNS)
    keys = ", ".join(f"`{name}` string" for name in table.partitions)
    properties = ",\n".join(f"  {_quoted(name)} = {_quoted(value)}" for name, value in table.properties.items())
    return (
        f"CREATE EXTERNAL TABLE `{table.database}`.`{table.name}` (\n{columns}\n)\nPARTITIONED BY ({keys})\n"
        f"ROW FORMAT SERDE {_quoted(SERDE)}\nSTORED AS INPUTFORMAT {_quoted(INPUT)}\nOUTPUTFORMAT {_quoted(OUTPUT)}\n"
        f"LOCATION {_quoted(table.location)}\nTBLPROPERTIES (\n{properties}\n)"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def glue(table: TrailTable) -> dict[str, Any]:
    """The same as Glue's TableInput, which is what the DDL makes."""
    return {
        "Name": table.name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", **table.properties},
        "PartitionKeys": [{"Name": name, "Type": "string"} for name in table.partitions],
        "StorageDescriptor": {
            "Columns": [{"Name": name, "Type": kind} for name, kind in COLUMNS],
            "Location": table.location,
            "InputFormat": INPUT,
            "OutputFormat": OUTPUT,
            "SerdeInfo": {"SerializationLibrary": SERDE, "Parameters": {"serialization.format": "1"}},
        },
    }
