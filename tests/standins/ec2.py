"""EC2 DescribeInstances, for the instances of an export: the one filter that is asked by, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

from tests.standins.folder import Export
from tests.standins.wire import AwsError, Call


def describe_instances(export: Export, call: Call) -> Response:
    """The instances whose ids the filter names; an id that does not exist is simply not there."""
    form = call.body
    extra = {key for key in form if not key.startswith(("Filter.1.", "Action", "Version", "MaxResults", "NextToken"))}
    if extra or form.get("Filter.1.Name") != "instance-id":
        raise AwsError("InvalidParameterValue", f"not implemented: {sorted(extra) or form.get('Filter.1.Name')}")
    wanted = {value for key, value in form.items() if key.startswith("Filter.1.Value.")}
    if len(wanted) > 200:
        raise AwsError("FilterLimitExceeded", "The maximum number of filter values specified on a single call is 200")
    found = [item for item in export.instances.get(call.where, []) if item["InstanceId"] in wanted]
    items = "".join(
        f"<item><reservationId>r-1</reservationId><instancesSet><item>{instance(item)}</item></instancesSet></item>" for item in found
    )
    xml = f'<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet>{items}</reservationSet></DescribeInstancesResponse>'
    return Response(xml, 200, content_type="text/xml")


def instance(item: Mapping[str, Any]) -> str:
    state, tags = item.get("State", {}), item.get("Tags", [])
    tag_set = "".join(f"<item><key>{escape(tag['Key'])}</key><value>{escape(tag['Value'])}</value></item>" for tag in tags)
    platform = f"<platform>{escape(item['Platform'])}</platform>" if item.get("Platform") else ""
    address = f"<privateIpAddress>{escape(item['PrivateIpAddress'])}</privateIpAddress>" if item.get("PrivateIpAddress") else ""
    shown = f"<instanceState><code>{state.get('Code', 16)}</code><name>{escape(state.get('Name', 'running'))}</name></instanceState>"
    return f"<instanceId>{escape(item['InstanceId'])}</instanceId>{shown}{platform}{address}<tagSet>{tag_set}</tagSet>"
