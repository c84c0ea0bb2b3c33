"""The three forms of a session log, plainly: the file that `script` wraps, streamed JSON events, and a PowerShell transcript."""

from __future__ import annotations

from datetime import datetime


def script_file(raw: bytes, at: datetime) -> bytes:
    """The file as `script -c "cat …"` leaves it: a second pty adds a CR to each line."""
    stamp = f"{at:%Y-%m-%d %H:%M:%S}+00:00"
    head = f'Script started on {stamp} [COMMAND="cat /var/lib/amazon/ssm/i-0/session/orchestration/ipcTempFile.log" <not executed on terminal>]\n'
    return head.encode() + raw.replace(b"\n", b"\r\n") + f'\nScript done on {stamp} [COMMAND_EXIT_CODE="0"]\n'.encode()


def stream_events(raw: bytes, session: str, arn: str, region: str, target: str, at: datetime) -> list[dict[str, object]]:
    """The JSON objects of a streamed session: CR deleted, tabs made spaces, no empty last line."""
    lines = raw.decode().replace("\t", " ").replace("\r", "").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return [
        {
            "eventVersion": "1.0",
            "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "awsRegion": region,
            "target": {"id": target},
            "userIdentity": {"arn": arn},
            "runAsUser": "ssm-user",
            "sessionId": session,
            "sessionData": lines,
        }
    ]


def powershell_file(raw: bytes, at: datetime) -> bytes:
    """The transcript of the PowerShell that replays the session after its end."""
    stars, host = "*" * 22, "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
    head = (
        f"{stars}\nWindows PowerShell transcript start\nStart time: {at:%Y%m%d%H%M%S}\nUsername: CORP\\SYSTEM\nRunAs User: CORP\\SYSTEM\n"
        f"Configuration Name: \nMachine: WIN (Microsoft Windows NT 10.0.20348.0)\nHost Application: {host}\nProcess ID: 5144\n"
        f"PSVersion: 5.1.20348.2849\n{stars}\n"
    )
    tail = f"{stars}\nWindows PowerShell transcript end\nEnd time: {at:%Y%m%d%H%M%S}\n{stars}\n"
    return head.replace("\n", "\r\n").encode() + raw + tail.replace("\n", "\r\n").encode()
