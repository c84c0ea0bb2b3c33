"""What a rule sees: one simple command, one script text or one CloudTrail event as named Sigma fields.

Strategy: a field is a tuple of texts (one for most, several for lists, none if the source does not know it), read by a
table and kept lower-case for Sigma's case-insensitive comparison. Fields beyond Sigma's taxonomy (Name, Arguments,
Writes …) are ours; docs/rules.md lists them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.model import Event
from bot.core.shell.aliases import ALIASES, CMDS, SHADOWED
from bot.core.shell.touched import operands, touched
from bot.core.shell.words import SHELLS, Simple, bare, joined

Values = tuple[str, ...]
POWERSHELL = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
_SHELL_WORDS = frozenset(
    [
        "export",
        "unset",
        "declare",
        "local",
        "readonly",
        "typeset",
        "eval",
        "source",
        ".",
        "alias",
        "set",
        "history",
        "trap",
        "exec",
        "ulimit",
    ]
)


class Record:
    """One thing to judge: fields by name, read when first asked for."""

    __slots__ = ("_low", "_raw", "_reader")

    def __init__(self, reader: Callable[[str], Values]) -> None:
        self._reader = reader
        self._raw: dict[str, Values] = {}
        self._low: dict[str, Values] = {}

    def raw(self, name: str) -> Values:
        """The texts of a field as they are."""
        found = self._raw.get(name)
        if found is None:
            found = self._raw[name] = self._reader(name)
        return found

    def low(self, name: str) -> Values:
        """The texts of a field in lower case."""
        found = self._low.get(name)
        if found is None:
            found = self._low[name] = tuple(text.lower() for text in self.raw(name))
        return found


@dataclass(frozen=True, slots=True)
class Typing:
    """What surrounds a simple command: the whole line, the platform and the session's user, and whose session on which node it is."""

    line: str
    platform: str
    user: str = ""
    session: str = ""
    owner: str = ""
    node: str = ""


def canonical(simple: Simple) -> str:
    """A command's bare name; a PowerShell alias gives its cmdlet, also where the line could only be read as cmd's."""
    name = simple.name
    if simple.shell not in ("powershell", "cmd") or name not in ALIASES or (simple.shell == "cmd" and name in CMDS):
        return name
    if name in SHADOWED and simple.image.lower().endswith(".exe"):
        return name
    return ALIASES[name]


def _image(simple: Simple, typing: Typing) -> Values:
    image = simple.image
    if not image:
        return ()
    if typing.platform != "windows":
        return (image if "/" in image else f"/usr/bin/{image}",)
    name = canonical(simple)
    if simple.shell == "powershell" and (name != simple.name or "-" in name) and not image.lower().endswith(".exe"):
        return (POWERSHELL,)
    if bare(image) in ("powershell", "pwsh") and "\\" not in image:
        return (POWERSHELL if bare(image) == "powershell" else "C:\\Program Files\\PowerShell\\7\\pwsh.exe",)
    full = image if "." in image.rpartition("\\")[2] else image + ".exe"
    return (full if "\\" in full or "/" in full else f"C:\\Windows\\System32\\{full}",)


def _commandline(simple: Simple, typing: Typing) -> Values:
    plain = joined(simple.argv)
    written = simple.commandline
    return (written,) if plain == written or not plain else (written, plain)


def _original(simple: Simple, typing: Typing) -> Values:
    image = _image(simple, typing)
    return (image[0].replace("/", "\\").rpartition("\\")[2],) if image and typing.platform == "windows" else ()


def _parent_image(simple: Simple, typing: Typing) -> Values:
    if simple.via:
        name = simple.via[-1].strip("$()") or "sh"
        return (f"C:\\Windows\\System32\\{name}.exe" if typing.platform == "windows" else f"/usr/bin/{name}",)
    if typing.platform != "windows":
        return ("/bin/bash",)
    return ("C:\\Windows\\explorer.exe" if _image(simple, typing) == (POWERSHELL,) else POWERSHELL,)


def _name(simple: Simple, typing: Typing) -> Values:
    name = canonical(simple)
    return (name,) if name == simple.name else (name, simple.name)


FIELDS: dict[str, Callable[[Simple, Typing], Values]] = {
    "CommandLine": _commandline,
    "Image": _image,
    "OriginalFileName": _original,
    "User": lambda simple, typing: (simple.user or typing.user,) if simple.user or typing.user else (),
    "ParentImage": _parent_image,
    "ParentCommandLine": lambda simple, typing: (simple.parent,) if simple.parent else (),
    "Name": _name,
    "Arguments": lambda simple, typing: simple.argv[1:],
    "Writes": lambda simple, typing: simple.writes,
    "Reads": lambda simple, typing: simple.reads,
    "Stdin": lambda simple, typing: (simple.stdin,) if simple.stdin else (),
    "PipedFrom": lambda simple, typing: simple.piped_from,
    "PipedInto": lambda simple, typing: simple.piped_into,
    "Via": lambda simple, typing: simple.via,
    "Environment": lambda simple, typing: simple.env,
    "Line": lambda simple, typing: (typing.line,),
    "Language": lambda simple, typing: (simple.shell,),
    "File": lambda simple, typing: touched(simple),
    "Operands": lambda simple, typing: operands(simple.argv),
    "Session": lambda simple, typing: (typing.session,) if typing.session else (),
    "Owner": lambda simple, typing: (typing.owner,) if typing.owner else (),
    "Node": lambda simple, typing: (typing.node,) if typing.node else (),
}
FIELDS["ProcessCommandLine"] = FIELDS["CommandLine"]
SCRIPT_FIELDS = frozenset(("ScriptBlockText",))
SHELL_NAMES = SHELLS
_SIGMAS = frozenset(("CommandLine", "ProcessCommandLine", "Image", "OriginalFileName", "User", "ParentImage", "ParentCommandLine"))
OWN_FIELDS = tuple(name for name in FIELDS if name not in _SIGMAS)


def command(simple: Simple, typing: Typing) -> Record:
    """A simple command as a process-creation record."""
    return Record(lambda name: FIELDS[name](simple, typing) if name in FIELDS else ())


def script(text: str) -> Record:
    """A PowerShell text as a script-block record."""
    return Record(lambda name: (text,) if name == "ScriptBlockText" else ())


def _texts(value: object) -> Values:
    if value is None:
        return ()
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, Mapping):
        return (json.dumps(value, sort_keys=True, default=str),) if value else ()
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return tuple(text for part in value for text in _texts(part))
    return (str(value),)


def _walk(value: object, path: list[str]) -> Values:
    if isinstance(value, str) and path and value[:1] in "{[":
        try:
            value = json.loads(value)
        except ValueError:
            return ()
    if not path:
        return _texts(value)
    if isinstance(value, Mapping):
        whole = ".".join(path)
        if whole in value:
            return _texts(value[whole])
        return _walk(value.get(path[0]), path[1:]) if path[0] in value else ()
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return tuple(text for part in value for text in _walk(part, path))
    return ()


TYPED: dict[str, Callable[[Event], object]] = {
    "eventSource": lambda event: event.source,
    "eventName": lambda event: event.name,
    "userIdentity.arn": lambda event: event.actor or None,
    "userIdentity.type": lambda event: event.identity or None,
    "userIdentity.accessKeyId": lambda event: event.access_key or None,
    "sourceIPAddress": lambda event: event.source_ip or None,
    "userAgent": lambda event: event.user_agent or None,
    "errorCode": lambda event: event.error or None,
    "errorMessage": lambda event: event.message or None,
    "recipientAccountId": lambda event: event.account or None,
    "awsRegion": lambda event: event.region or None,
    "requestParameters.target": lambda event: event.target or None,
    "requestParameters.documentName": lambda event: event.document or None,
    "requestParameters.reason": lambda event: event.reason or None,
    "responseElements.sessionId": lambda event: event.session or None,
    "Via": lambda event: event.via or None,
}


def event(fact: Event) -> Record:
    """A CloudTrail event: CloudTrail's own nested names first, the typed fact where the record has none."""

    def read(name: str) -> Values:
        found = _walk(fact.record, name.split("."))
        if found:
            return found
        if name.startswith("requestParameters.parameters."):
            return tuple(fact.parameters.get(name.rpartition(".")[2], ()))
        return _texts(TYPED[name](fact)) if name in TYPED else ()

    return Record(read)
