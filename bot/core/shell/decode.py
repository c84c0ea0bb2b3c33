"""What a text becomes when a harmless filter reads it: the plain form of a payload that was hidden.

Only filters whose output depends on nothing but their input: echo, printf, base64 -d, xxd -r, rev and their like.
Anything else gives None: not known.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence

MOST = 65_536  # characters of decoded text that are worth reading
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v"}
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|0?([0-7]{1,3})|(.))", re.DOTALL)


def sound(text: str) -> str:
    """A text as a shell and UTF-8 can have it: without NULs, which shells drop, and without halves of surrogate pairs."""
    if "\0" in text:
        text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def typed_plain(text: str) -> str:
    """A text with typographic dashes and quotes as their plain kin, one for one."""
    return text.translate(_TYPOGRAPHY)


def ascii_only(text: str) -> bytes:
    """A text for the grammars: what is not ASCII becomes `_`. One byte a character, so that a node's place in the bytes
    is its place in the text.

    The bash grammar's scanner calls isdigit() on whatever follows a `{`, a read far beyond its table for other
    characters: `{` and U+31860 end the process (tree-sitter-bash issue 337, versions up to 0.25.1).
    """
    return _ODD.sub("_", text).encode("ascii")


_ODD = re.compile(r"[^\x01-\x7f]")
_TYPOGRAPHY = {0x2013: "-", 0x2014: "-", 0x2015: "-", 0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0xA0: " ", 0: " "}


def letter(number: int) -> str:
    """The character of a number; a surrogate or what is beyond Unicode is none."""
    return chr(number) if number < 0xD800 or 0xDFFF < number <= 0x10FFFF else "\ufffd"


def escapes(text: str) -> str:
    """A text with the escapes of `$'…'`, `echo -e` and printf resolved."""
    return _ESCAPE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    hexa, unicode, octal, plain = match.groups()
    if hexa or unicode:
        return letter(int(hexa or unicode, 16))
    if octal:
        return chr(int(octal, 8) & 0xFF)
    return _ESCAPES.get(plain, plain if plain in "\\'\"?" else "\\" + plain)


def unbase64(text: str) -> str | None:
    """The text that a base64 blob holds, UTF-16 (as PowerShell writes it) or UTF-8; None if it holds no text."""
    packed = re.sub(r"\s", "", text[:MOST]).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        raw = base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return readable(raw)


def readable(raw: bytes) -> str | None:
    """Bytes as the text that they are, or None if they are none."""
    wide = raw.count(b"\0") * 3 > len(raw)
    try:
        text = raw.decode("utf-16-le" if wide else "utf-8")
    except UnicodeDecodeError:
        return None
    odd = sum(1 for char in text if not char.isprintable() and char not in "\r\n\t")
    return text if text and odd * 10 <= len(text) else None


def blobs(text: str) -> list[str]:
    """Texts found in base64 blobs of a line, at most eight."""
    found = (unbase64(match.group()) for match, _ in zip(_BASE64.finditer(text), range(64), strict=False))
    return [plain for plain in found if plain and any(char in plain for char in " ./(")][:8]


def _echo(args: Sequence[str], _: str | None) -> str | None:
    words, escaped = list(args), False
    while words and re.fullmatch(r"-[neE]+", words[0]):
        escaped |= "e" in words.pop(0)
    text = " ".join(words)
    return escapes(text) if escaped else text


def _printf(args: Sequence[str], _: str | None) -> str | None:
    words = list(args[1:] if args[:1] == ["--"] else args)
    if not words:
        return None
    rest = iter(words[1:])
    filled = re.sub(r"%[sbdq]", lambda _match: next(rest, ""), words[0])
    return escapes(filled)


def _base64(args: Sequence[str], stdin: str | None) -> str | None:
    flags = "".join(arg for arg in args if arg.startswith("-"))
    return unbase64(stdin) if stdin and re.search(r"[dD]", flags) else None


def _xxd(args: Sequence[str], stdin: str | None) -> str | None:
    if not stdin or not any("r" in arg for arg in args if arg.startswith("-")):
        return None
    digits = re.sub(r"[^0-9A-Fa-f]", "", stdin)
    return readable(bytes.fromhex(digits[: len(digits) // 2 * 2]))


def _openssl(args: Sequence[str], stdin: str | None) -> str | None:
    decodes = bool(args) and args[0] in ("base64", "enc") and "-d" in args
    return unbase64(stdin) if stdin and decodes else None


def _tr(args: Sequence[str], stdin: str | None) -> str | None:
    if stdin is None or not args:
        return None
    if args[0] == "-d" and len(args) == 2:
        return "".join(char for char in stdin if char not in _set(args[1]))
    if len(args) == 2 and not args[0].startswith("-"):
        old, new = _set(args[0]), _set(args[1])
        pairs = zip(old, new.ljust(len(old), new[-1:] or " "), strict=False)
        return stdin.translate({ord(before): after for before, after in pairs})
    return None


def _set(spec: str) -> str:
    return re.sub(r"(.)-(.)", lambda m: "".join(map(chr, range(ord(m[1]), min(ord(m[2]), ord(m[1]) + 255) + 1))), spec)


Filter = Callable[[Sequence[str], str | None], str | None]
FILTERS: dict[str, Filter] = {
    "echo": _echo,
    "printf": _printf,
    "base64": _base64,
    "gbase64": _base64,
    "which": lambda args, stdin: args[-1] if args else None,
    "command": lambda args, stdin: args[1] if len(args) > 1 and args[0] in ("-v", "-V") else None,
    "xxd": _xxd,
    "openssl": _openssl,
    "tr": _tr,
    "rev": lambda args, stdin: None if stdin is None else "\n".join(line[::-1] for line in stdin.split("\n")),
    "cat": lambda args, stdin: stdin if not args or list(args) == ["-"] else None,
    "tee": lambda args, stdin: stdin,
    "tac": lambda args, stdin: None if stdin is None else "\n".join(reversed(stdin.split("\n"))),
}


def output(name: str, args: Sequence[str], stdin: str | None) -> str | None:
    """What a filter prints, or None if that can't be known from the line alone."""
    known = FILTERS.get(name)
    result = known(args, stdin) if known else None
    return sound(result[:MOST]) if result is not None else None
