"""AWS's errors as sentences."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, NoCredentialsError

from queries import faults


def refused(code, message="", operation="DescribeSessions"):
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        pytest.param(
            refused(
                "AccessDeniedException",
                "User: arn:aws:sts::1:x is not authorized to perform: ssm:DescribeSessions on resource: arn:aws:ssm:eu-west-1:1:* because no",
            ),
            "No permission in here: the bot's role there needs ssm:DescribeSessions on arn:aws:ssm:eu-west-1:1:*.",
            id="denied, action and resource named",
        ),
        pytest.param(refused("AccessDenied"), "the bot's role there needs ssm:DescribeSessions.", id="denied without a message"),
        pytest.param(refused("ThrottlingException", "Rate exceeded"), "AWS is throttling ssm:DescribeSessions in here", id="throttled"),
        pytest.param(refused("ExpiredTokenException"), "The credentials for here have expired", id="expired"),
        pytest.param(refused("UnrecognizedClientException"), "the Region may not be enabled", id="region not enabled"),
        pytest.param(refused("InternalServerError"), "AWS failed to answer ssm:DescribeSessions in here", id="broken"),
        pytest.param(refused("Odd", "line\none"), "AWS refused ssm:DescribeSessions in here: Odd: line one", id="anything else"),
        pytest.param(NoCredentialsError(), "No AWS credentials for here", id="no credentials"),
        pytest.param(ConnectTimeoutError(endpoint_url="http://192.0.2.1"), "did not answer in time", id="time-out"),
        pytest.param(EndpointConnectionError(endpoint_url="http://192.0.2.1"), "cannot be reached", id="not reachable"),
    ],
)
def test_an_error_is_a_sentence(error, sentence):
    """Each kind of trouble says what it is and what to do."""
    assert sentence in str(faults.unavailable(error, "here", "ssm"))
