"""Gzip to bytes, chunk by chunk, whole and checked, and never more than a cap.

ISA-L's decompressor is used member by member: it checks length and CRC, gives every member of a file (a plain decompress drops
all but the first), and stops at the cap, so a gzip bomb costs no more than the cap. Chunks of a quarter of a megabyte stay in the
processor's cache: inflating them is as fast as `igzip -dc`, and nearly twice as fast as inflating a file at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from isal import igzip_lib

CAP = 256 << 20  # bytes; CloudTrail's own files are far smaller
CHUNK = 256 << 10
MAGIC = b"\x1f\x8b"


class Unreadable(Exception):
    """A file that cannot be read whole; its text is a sentence about the file."""


def inflate(body: bytes, cap: int = CAP) -> bytes:
    """The uncompressed bytes of a gzip file of one or more members; Unreadable if truncated, damaged, foreign or too large."""
    return b"".join(chunks(body, cap))


def chunks(body: bytes, cap: int = CAP) -> Iterator[bytes]:
    """The same, piece by piece; what was given before Unreadable is raised must not be believed."""
    if not body:
        raise Unreadable("It is empty.")
    room = cap
    while body:
        if not body.startswith(MAGIC):
            raise Unreadable("It is not a gzip file." if room == cap else "Something that is not gzip follows its end.")
        member = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
        for chunk in _member(member, body):
            room -= len(chunk)
            if room < 0:
                raise Unreadable(f"It inflates to more than {cap / (1 << 20):.0f} MiB, which no CloudTrail file does.")
            yield chunk
        body = member.unused_data.lstrip(b"\0")  # padding after the end is allowed (gzip's manual, "Tapes")


def _member(member: igzip_lib.IgzipDecompressor, body: bytes) -> Iterator[bytes]:
    try:
        while not member.eof:
            chunk = member.decompress(body, CHUNK)
            body = b""
            if not chunk and not member.eof and member.needs_input:
                raise Unreadable("It is truncated: its gzip data ends early.")
            yield chunk
    except igzip_lib.error as error:  # type: ignore[misc]  # its stub calls the exception a function
        raise Unreadable(f"Its gzip data is damaged ({error}).") from error
