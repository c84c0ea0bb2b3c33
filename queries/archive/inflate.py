"""Gzip to bytes, whole and checked, and never more than a cap.

ISA-L's decompressobj is used member by member: it checks length and CRC, gives every member of a file (a plain decompress
drops all but the first), and stops at the cap, so a gzip bomb costs no more than the cap.
"""

from __future__ import annotations

from isal import isal_zlib

GZIP = 31  # zlib's window bits for a gzip wrapper
CAP = 256 << 20  # bytes; CloudTrail's own files are far smaller
MAGIC = b"\x1f\x8b"


class Unreadable(Exception):  # noqa: N818 - the house says it as a word
    """A file that cannot be read whole; its text is a sentence about the file."""


def inflate(body: bytes, cap: int = CAP) -> bytes:
    """The uncompressed bytes of a gzip file of one or more members; Unreadable if truncated, damaged, foreign or too large."""
    parts: list[bytes] = []
    room = cap
    while body:
        if not body.startswith(MAGIC):
            raise Unreadable("It is not a gzip file." if not parts else "Something that is not gzip follows its end.")
        member = isal_zlib.decompressobj(GZIP)
        try:
            parts.append(member.decompress(body, room + 1))
        except isal_zlib.error as error:  # type: ignore[misc]  # its stub calls the exception a function
            raise Unreadable(f"Its gzip data is damaged ({error}).") from error
        room -= len(parts[-1])
        if room < 0:
            raise Unreadable(f"It inflates to more than {cap >> 20} MiB, which no CloudTrail file does.")
        if not member.eof:
            raise Unreadable("It is truncated: its gzip data ends early.")
        body = member.unused_data.lstrip(b"\0")  # padding after the end is allowed (gzip's manual, "Tapes")
    if not parts:
        raise Unreadable("It is empty.")
    return parts[0] if len(parts) == 1 else b"".join(parts)
