"""The trail's table, workgroup and result bucket as CloudFormation and Terraform."""

from __future__ import annotations

from typing import Any

from bot.core.hcl import Reference, block, joined
from bot.core.plan_places import BLOCKED
from bot.core.plan_trail import TrailWanted, configuration
from bot.core.trail_table import glue

KEPT_DAYS = 30  # results can be had again by asking again


def trail_cloudformation(wanted: TrailWanted) -> dict[str, Any]:
    """A template."""
    held = configuration(wanted)
    table = glue(wanted.table)
    bucket = {
        "BucketName": wanted.results,
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]},
        "PublicAccessBlockConfiguration": BLOCKED,
        "LifecycleConfiguration": {"Rules": [{"Id": "results", "Status": "Enabled", "ExpirationInDays": KEPT_DAYS}]},
    }
    resources = {
        "Results": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain", "Properties": bucket},
        "Workgroup": {"Type": "AWS::Athena::WorkGroup", "Properties": {"Name": wanted.workgroup, "WorkGroupConfiguration": held}},
        "Database": {
            "Type": "AWS::Glue::Database",
            "Properties": {"CatalogId": {"Ref": "AWS::AccountId"}, "DatabaseInput": {"Name": wanted.table.database}},
        },
        "Table": {
            "Type": "AWS::Glue::Table",
            "Properties": {"CatalogId": {"Ref": "AWS::AccountId"}, "DatabaseName": {"Ref": "Database"}, "TableInput": table},
        },
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "CloudTrail in Athena, projected by Region and day",
        "Resources": resources,
    }


def trail_terraform(wanted: TrailWanted) -> str:
    """The same as Terraform resources of the aws provider."""
    held, table = configuration(wanted), glue(wanted.table)
    described = table["StorageDescriptor"]
    of = {"bucket": Reference("aws_s3_bucket.results.id")}
    closed = {"block_public_acls": True, "ignore_public_acls": True, "block_public_policy": True, "restrict_public_buckets": True}
    results = {"output_location": wanted.output, "encryption_configuration": [{"encryption_option": "SSE_S3"}]}
    limits = {
        "bytes_scanned_cutoff_per_query": held["BytesScannedCutoffPerQuery"],
        "enforce_workgroup_configuration": True,
        "result_configuration": [results],
    }
    storage = {
        "location": described["Location"],
        "input_format": described["InputFormat"],
        "output_format": described["OutputFormat"],
        "ser_de_info": [
            {"serialization_library": described["SerdeInfo"]["SerializationLibrary"], "parameters": described["SerdeInfo"]["Parameters"]}
        ],
        "columns": [{"name": column["Name"], "type": column["Type"]} for column in described["Columns"]],
    }
    made = {
        "name": table["Name"],
        "database_name": Reference("aws_glue_catalog_database.trail.name"),
        "table_type": table["TableType"],
        "parameters": table["Parameters"],
        "partition_keys": [{"name": key["Name"], "type": key["Type"]} for key in table["PartitionKeys"]],
        "storage_descriptor": [storage],
    }
    return joined(
        [
            block("resource", ("aws_s3_bucket", "results"), {"bucket": wanted.results}),
            block("resource", ("aws_s3_bucket_public_access_block", "results"), {**of, **closed}),
            block("resource", ("aws_athena_workgroup", "trail"), {"name": wanted.workgroup, "configuration": [limits]}),
            block("resource", ("aws_glue_catalog_database", "trail"), {"name": wanted.table.database}),
            block("resource", ("aws_glue_catalog_table", "trail"), made),
        ]
    )
