"""The CloudTrail calls that concern sessions or what guards them: what events.sql asks for and an archive keeps.

All are management events. Calls that only read (Describe, Get, List) are left out: they are many, and they change nothing. A few of them, and the
launch of a node, matter where a session follows (`LEADING`): events.sql gives those that led to one, and nothing of the rest.
Source: Service Authorization Reference, the action lists of the services named here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SSM = "ssm.amazonaws.com"
ECS = "ecs.amazonaws.com"
GUICONNECT = "ssm-guiconnect.amazonaws.com"

WATCHED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        SSM: frozenset(
            {
                "StartSession",
                "ResumeSession",
                "TerminateSession",
                "SendCommand",
                "StartAutomationExecution",
                "StartAccessRequest",
                "GetAccessToken",
                "SendAutomationSignal",
                "CreateDocument",
                "UpdateDocument",
                "DeleteDocument",
                "UpdateDocumentDefaultVersion",
                "UpdateDocumentMetadata",
                "ModifyDocumentPermission",
                "UpdateServiceSetting",
                "ResetServiceSetting",
                "CreateActivation",
                "RegisterManagedInstance",
                "DeregisterManagedInstance",
                "PutResourcePolicy",
                "DeleteResourcePolicy",
                "CreateAssociation",
                "StartChangeRequestExecution",
            }
        ),
        GUICONNECT: frozenset(
            {
                "StartConnection",
                "CancelConnection",
                "UpdateConnectionRecordingPreferences",
                "DeleteConnectionRecordingPreferences",
            }
        ),
        ECS: frozenset({"ExecuteCommand", "UpdateCluster"}),
        "ec2-instance-connect.amazonaws.com": frozenset({"SendSSHPublicKey", "SendSerialConsoleSSHPublicKey", "OpenTunnel"}),
        "ec2.amazonaws.com": frozenset(
            {
                "StopInstances",
                "TerminateInstances",
                "RebootInstances",
                "EnableSerialConsoleAccess",
                "GetPasswordData",
                "ModifyInstanceAttribute",
                "DeleteFlowLogs",
            }
        ),
        "logs.amazonaws.com": frozenset(
            {
                "DeleteLogGroup",
                "DeleteLogStream",
                "PutRetentionPolicy",
                "DisassociateKmsKey",
                "DeleteSubscriptionFilter",
                "DeleteDataProtectionPolicy",
                "DeleteResourcePolicy",
            }
        ),
        "s3.amazonaws.com": frozenset(
            {
                "DeleteBucket",
                "PutBucketPolicy",
                "DeleteBucketPolicy",
                "PutBucketAcl",
                "PutBucketLifecycle",
                "PutBucketLifecycleConfiguration",
                "PutBucketVersioning",
                "DeleteBucketEncryption",
                "PutBucketEncryption",
                "PutBucketPublicAccessBlock",
                "DeleteBucketPublicAccessBlock",
                "DeletePublicAccessBlock",
                "PutObjectLockConfiguration",
                "PutBucketLogging",
                "PutBucketReplication",
                "DeleteBucketReplication",
            }
        ),
        "cloudtrail.amazonaws.com": frozenset(
            {
                "StopLogging",
                "StartLogging",
                "UpdateTrail",
                "DeleteTrail",
                "CreateTrail",
                "PutEventSelectors",
                "PutInsightSelectors",
                "DeleteEventDataStore",
                "StopEventDataStoreIngestion",
                "UpdateEventDataStore",
                "DeleteChannel",
                "DeregisterOrganizationDelegatedAdmin",
            }
        ),
        "kms.amazonaws.com": frozenset(
            {"DisableKey", "ScheduleKeyDeletion", "PutKeyPolicy", "DeleteImportedKeyMaterial", "DisableKeyRotation"}
        ),
        "ssm-quicksetup.amazonaws.com": frozenset({"UpdateConfigurationDefinition", "DeleteConfigurationManager"}),
        "signin.amazonaws.com": frozenset({"ConsoleLogin"}),  # of users and root only: events.sql leaves the others out
        "guardduty.amazonaws.com": frozenset(
            {
                "DeleteDetector",
                "UpdateDetector",
                "DisassociateFromMasterAccount",
                "DisassociateFromAdministratorAccount",
                "StopMonitoringMembers",
                "DeleteMembers",
                "DeletePublishingDestination",
            }
        ),
        "config.amazonaws.com": frozenset(
            {"StopConfigurationRecorder", "DeleteConfigurationRecorder", "DeleteDeliveryChannel", "DeleteConfigRule"}
        ),
        "securityhub.amazonaws.com": frozenset({"DisableSecurityHub", "BatchDisableStandards", "DisassociateFromAdministratorAccount"}),
        "macie2.amazonaws.com": frozenset({"DisableMacie", "DisassociateFromAdministratorAccount"}),
        "access-analyzer.amazonaws.com": frozenset({"DeleteAnalyzer"}),
        "wafv2.amazonaws.com": frozenset({"DeleteWebACL", "DeleteRuleGroup"}),
        "athena.amazonaws.com": frozenset({"UpdateWorkGroup", "DeleteWorkGroup"}),
        "glue.amazonaws.com": frozenset({"UpdateTable", "DeleteTable", "UpdateDatabase", "DeleteDatabase"}),
        "iam.amazonaws.com": frozenset(
            {
                "PutRolePolicy",
                "DeleteRolePolicy",
                "AttachRolePolicy",
                "DetachRolePolicy",
                "UpdateAssumeRolePolicy",
                "DeleteRole",
                "PutRolePermissionsBoundary",
                "DeleteRolePermissionsBoundary",
                "CreateUser",
                "CreateAccessKey",
                "CreateLoginProfile",
                "UpdateLoginProfile",
                "AttachUserPolicy",
                "PutUserPolicy",
                "AddUserToGroup",
                "DeactivateMFADevice",
                "CreateSAMLProvider",
                "CreateOpenIDConnectProvider",
            }
        ),
    }
)


LEADING: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        SSM: frozenset(
            {
                "DescribeInstanceInformation",
                "DescribeInstanceProperties",
                "DescribeInstancePatches",
                "GetInventory",
                "ListInventoryEntries",
                "ListCommands",
                "ListNodes",
            }
        ),
        "ec2.amazonaws.com": frozenset({"RunInstances"}),
    }
)


def concerns(source: str, name: str) -> bool:
    """Whether a CloudTrail call is watched, or may lead to a session."""
    return name in WATCHED.get(source, frozenset()) or name in LEADING.get(source, frozenset())
