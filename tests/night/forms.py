"""The forms in which Session Manager leaves a session's terminal, written as the agent writes them.

Pure functions from the raw bytes of a pty. Rules re-implemented from reading amazon-ssm-agent
(`agent/session/shell/shell_unix.go`, `cloudwatchlogsservice.go` and its vendored ANSI stripper).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

LONGEST_PIECE = 33_000  # StreamMessageLengthThresholdInBytes
LINES_A_SECOND = 12

_SEQUENCE = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]"  # control sequences
    rb"|\x1b[\]PX^_][^\x1b\x07]*\x1b\\"  # strings, which the stripper knows by ESC \ only
    rb"|\x1b[@-OQ-WYZ\\]"  # two-byte controls
    rb"|[\x80-\x9f]"  # one-byte controls: also the middle of many UTF-8 characters
)
_GO_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def script_file(raw: bytes, at: datetime, *, bracket: bool = True) -> bytes:
    """The S3 object: `script -c "cat …"` ran the bytes through a second pty, which ends lines by CR CR LF.

    Without `bracket`, the header and footer of util-linux before 2.35, which name no command.
    """
    stamp = at.strftime("%Y-%m-%d %H:%M:%S+00:00")
    started = ' [COMMAND="cat /var/lib/amazon/ssm/i-0/session/orchestration/s/Standard_Stream/ipcTempFile.log" <not executed on terminal>]'
    done = ' [COMMAND_EXIT_CODE="0"]'
    head = f"Script started on {stamp}{started if bracket else ''}\n"
    foot = f"\nScript done on {stamp}{done if bracket else ''}\n"
    return head.encode() + raw.replace(b"\n", b"\r\n") + foot.encode()


def cloudwatch_file(raw: bytes, at: datetime) -> bytes:
    """The same file in CloudWatch without streaming: only CR LF became LF."""
    return script_file(raw, at).replace(b"\r\n", b"\n")


def stream_events(raw: bytes, session: str, arn: str, region: str, target: str, at: datetime) -> list[dict[str, object]]:
    """The events of a streamed session, oldest first, some lines a second."""
    lines = raw.replace(b"\r", b"").replace(b"\t", b" ").split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    pieces = [piece for line in lines for piece in _pieces(stripped(line))]
    batches = list(_batches(pieces))
    return [
        {
            "eventVersion": "1.0",
            "eventTime": (at + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "awsRegion": region,
            "target": {"id": target},
            "userIdentity": {"arn": arn},
            "runAsUser": "ssm-user",
            "sessionId": session,
            "sessionData": [piece.decode("utf-8", "replace") for piece in batch],
        }
        for second, batch in enumerate(batches)
    ]


def stream_body(events: Iterable[dict[str, object]]) -> bytes:
    """Events as their log stream holds them, one a line, in the spelling of Go's encoder."""
    dumped = (json.dumps(event, separators=(",", ":"), ensure_ascii=False) for event in events)
    return "".join(f"{line.translate(_GO_ESCAPES)}\n" for line in dumped).encode()


def stripped(line: bytes) -> bytes:
    """One line as the agent's stripper leaves it: all its escapes gone, or, if one cannot be parsed, none."""
    rest = _SEQUENCE.sub(b"", line)
    return line if b"\x1b" in rest else rest


def powershell_file(raw: bytes, at: datetime) -> bytes:
    """A transcript as Windows PowerShell's Start-Transcript writes it around the lines shown."""
    stars = "*" * 22
    head = (
        f"{stars}\nWindows PowerShell transcript start\nStart time: {at:%Y%m%d%H%M%S}\nUsername: WORKGROUP\\SYSTEM\n"
        "RunAs User: WORKGROUP\\SYSTEM\nConfiguration Name: \nMachine: EC2AMAZ-EXAMPLE (Microsoft Windows NT 10.0.17763.0)\n"
        "Host Application: powershell.exe\nProcess ID: 4242\nPSVersion: 5.1.17763.1\nPSEdition: Desktop\n"
        f"BuildVersion: 10.0.17763.1\nSerializationVersion: 1.1.0.1\n{stars}\n"
        "Transcript started, output file is C:\\ProgramData\\Amazon\\SSM\\InstanceData\\i-0\\s.log\n"
    )
    tail = f"{stars}\nWindows PowerShell transcript end\nEnd time: {at:%Y%m%d%H%M%S}\n{stars}\n"
    text = raw if raw.endswith(b"\n") or not raw else raw + b"\r\n"
    return b"\xef\xbb\xbf" + head.replace("\n", "\r\n").encode() + text + tail.replace("\n", "\r\n").encode()


def command_file(output: bytes, code: int) -> bytes:
    """What a NonInteractiveCommands document leaves: output, and the exit code."""
    return output + f"\nEXIT_CODE: {code}".encode()


def _pieces(line: bytes) -> list[bytes]:
    return [line[start : start + LONGEST_PIECE] for start in range(0, len(line), LONGEST_PIECE)] or [b""]


def _batches(pieces: list[bytes]) -> Iterable[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for piece in pieces:
        if batch and (len(batch) >= LINES_A_SECOND or size + len(piece) > LONGEST_PIECE):
            yield batch
            batch, size = [], 0
        batch.append(piece)
        size += len(piece) + 1
    if batch:
        yield batch
