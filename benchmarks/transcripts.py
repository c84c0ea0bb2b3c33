"""Transcripts on public and fresh recordings: exactness by form, truth read by eye, and speed beside pyte and grep.

Run: `python -m benchmarks.transcripts [MB]`. The corpus is looked for beside the project (`shared/corpus` in a
parent folder) or in $COUNTERSIGN_CORPUS. Times are processor seconds of one core; quote ratios, within one run.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyte

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bot.core.model import Recording  # noqa: E402 - the project is found first
from bot.core.transcript import Reader, read  # noqa: E402 - as above
from tests.night import forms  # noqa: E402 - as above
from tests.transcript import sessions  # noqa: E402 - as above
from tests.transcript.marking import UNSEEN, Mark, lab, mark, total, transcribed, unsaid  # noqa: E402 - as above

AT = datetime(2026, 11, 23, 16, 59, 4, tzinfo=UTC)
RECIPE = "sudo|passwd|useradd|usermod|chmod|chown|curl|wget|nc |ssh |iptables|systemctl|fail|denied|permission"
FRESH = 12  # sessions
PYTE_SHARE = 16  # pyte is given this fraction of the bytes: it is that slow
END = b"\r\n\x1b[?1049l\x1b[?2004l\x1b[m\r\n"  # between recordings in one: hand the terminal back

Writer = Callable[[bytes], tuple[bytes, str]]
WRITERS: dict[str, Writer] = {
    "terminal bytes": lambda raw: (raw, ""),
    "S3 file, script(1)": lambda raw: (forms.script_file(raw, AT), "file"),
    "S3 file, older script": lambda raw: (forms.script_file(raw, AT, bracket=False), "file"),
    "CloudWatch file": lambda raw: (forms.cloudwatch_file(raw, AT), "file"),
    "streamed events": lambda raw: (forms.stream_body(forms.stream_events(raw, "s", "arn", "eu-west-1", "i-0", AT)), "stream"),
}


def corpus() -> Path:
    """The folder of the recordings."""
    places = (
        [Path(os.environ["COUNTERSIGN_CORPUS"])] if "COUNTERSIGN_CORPUS" in os.environ else [p / "shared" / "corpus" for p in ROOT.parents]
    )
    for place in places:
        if (place / "pty").is_dir():
            return place / "pty"
    sys.exit("No corpus beside the project. Set COUNTERSIGN_CORPUS to its folder.")


def exactness(folder: Path) -> None:
    """Typed commands of the lab recordings, by form; those without a doubt apart, and the wrong ones among them."""
    print("\nlab recordings, typed commands exact      wanted  found  recall  precision | without doubt: found  precision  wrong")
    for name, write in WRITERS.items():
        marks, sure, silent = [], [], 0
        for raw in sorted(folder.glob("lab-*.raw")):
            found = read(Recording("s", *write(raw.read_bytes()))).typed
            truth = raw.with_suffix(".truth.json")
            marks.append(lab(truth, [command.text for command in found]))
            sure.append(lab(truth, [command.text for command in found if not command.doubt]))
            silent += unsaid(marks[-1], found)
        every, certain = total(marks), total(sure)
        print(
            f"  {name:38s} {every.wanted:7d} {every.found:6d} {every.recall:7.2%} {every.precision:9.2%}  | {certain.found:20d} {certain.precision:10.2%} {silent:6d}"
        )


def kinds(folder: Path) -> None:
    """How each kind of truth line fares; a strict count leaves the shell's history out."""
    wanted: Counter[str] = Counter()
    exact: Counter[str] = Counter()
    strict: list[Mark] = []
    for raw in sorted(folder.glob("lab-*.raw")):
        truth = json.loads(raw.with_suffix(".truth.json").read_text())
        found = [command.text for command in read(Recording("s", raw.read_bytes())).typed]
        strict.append(mark([line["text"] for line in truth["typed"] if line["kind"] not in UNSEEN], found))
        left = Counter(found)
        for line in truth["typed"]:
            wanted[line["kind"]] += 1
            if left[line["text"]]:
                left[line["text"]] -= 1
                exact[line["kind"]] += 1
    print("\nby kind, keystrokes alone:", ", ".join(f"{kind} {exact[kind]}/{wanted[kind]}" for kind in wanted))
    print(f"keystrokes alone, all kinds but password: recall {total(strict).recall:.2%}, precision {total(strict).precision:.2%}")
    print("(histexp is given as the shell expanded it; completion can change what the keys said: history decides in the table above)")


def fresh(count: int) -> None:
    """Sessions recorded now, of the bash on this machine, edited hard: the same table for what nobody has seen."""
    print(f"\n{count} fresh sessions each, half of the lines edited  ran  exact | wrong with a doubt  without")
    for marks, title in ((True, False), (True, True), (False, False)):
        recorded = [sessions.record(9000 + seed, marks=marks, title=title) for seed in range(count)]
        for streamed in (False, True):
            every = [sessions.marked(session, streamed=streamed) for session in recorded]
            ran = sum(one.ran for one in every)
            name = f"{'marks' if marks else 'no marks'}, {'titles' if title else 'no titles'}, {'streamed' if streamed else 'file'}"
            exact, said, silent = (sum(getattr(one, field) for one in every) for field in ("exact", "doubted", "silent"))
            print(f"  {name:46s} {ran:5d} {exact / ran:6.1%} | {said:18d} {silent:8d}")


def by_eye(folder: Path) -> None:
    """Recordings of other people's shells, against truth read off the screen."""
    truths = [truth for truth in sorted((ROOT / "tests/transcript/truth").glob("*.json")) if (folder / f"{truth.stem}.raw").is_file()]
    marks = [
        transcribed(truth, [c.text for c in read(Recording("s", (folder / f"{truth.stem}.raw").read_bytes())).typed]) for truth in truths
    ]
    every = total(marks)
    print(f"\nread by eye: {len(truths)} recordings, {every.wanted} commands: recall {every.recall:.2%}, precision {every.precision:.2%}")


def slices(bodies: list[bytes]) -> None:
    """Random slices give the same transcript."""
    chance, same = random.Random(4), 0
    for body in bodies:
        reader, at = Reader(), 0
        while at < len(body):
            step = chance.randint(1, 4096)
            reader.feed(body[at : at + step])
            at += step
        same += read(Recording("s", body)) == reader.finish()
    print(f"random slices give the same transcript: {same} of {len(bodies)} recordings")


def seconds(work: Callable[[], object], rounds: int = 3) -> float:
    """The least processor time of some rounds, children included."""
    best = float("inf")
    for _ in range(rounds):
        start = _used()
        work()
        best = min(best, _used() - start)
    return max(best, 1e-6)


def _used() -> float:
    """Processor seconds of this process and its children, to the microsecond: `grep` is done in few milliseconds."""
    both = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in both)


def pyte_screen(text: str) -> object:
    """What pyte needs to picture the text; it raises on some recordings, which are then left there."""
    screen = pyte.HistoryScreen(240, 50, history=100_000)
    stream = pyte.Stream(screen)
    for start in range(0, len(text), 4096):
        try:
            stream.feed(text[start : start + 4096])
        except Exception:  # noqa: BLE001 - a rival's faults are not ours to mend
            continue
    return screen.display


def speed(bodies: list[bytes], megabytes: float) -> None:
    """Bytes to typed commands, beside what pictures only (pyte) and what does neither (grep)."""
    rows: list[tuple[str, bytes]] = [
        ("whole corpus as one recording", _grown([body + END for body in bodies], megabytes)),
        ("recordings of 100 kB and more", _grown([body + END for body in bodies if len(body) > 100_000], megabytes)),
        ("recordings below 100 kB", _grown([body + END for body in bodies if len(body) <= 100_000], megabytes / 4)),
        (
            "a log of plain lines",
            _grown(
                [b"sh-5.2$ cat app.log\r\n" + b"2026-11-23T12:25:41Z INFO GET /healthz 200 id=9932 in 12 ms from 192.0.2.7\r\n" * 20_000],
                megabytes,
            ),
        ),
    ]
    print(f"\nMB/s of one core {'':24s} countersign   pyte  grep -E | x pyte  x grep |  typed  MB resident")
    for name, body in rows:
        ours = len(body) / seconds(lambda body=body: read(Recording("s", body))) / 1e6
        part = body[: max(1, len(body) // PYTE_SHARE // 8)]
        theirs = len(part) / seconds(lambda part=part: pyte_screen(part.decode("utf-8", "replace")), 1) / 1e6
        grep = (
            len(body)
            / seconds(lambda body=body: subprocess.run(["grep", "-aEc", RECIPE], input=body, stdout=subprocess.DEVNULL, check=False))
            / 1e6
        )
        typed = len(read(Recording("s", body)).typed)
        resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(f"  {name:38s} {ours:12.1f} {theirs:6.2f} {grep:8.1f} | {ours / theirs:6.0f} {ours / grep:7.2f} | {typed:6d} {resident:8.0f}")
    for name, write in WRITERS.items():
        recordings = [Recording("s", *write(body)) for body in bodies]
        size = sum(len(recording.body) for recording in recordings)
        taken = seconds(lambda recordings=recordings: [read(recording) for recording in recordings])
        print(f"  each recording by itself, {name:24s} {size / taken / 1e6:.1f} MB/s")


def _grown(pieces: list[bytes], megabytes: float) -> bytes:
    one = b"".join(pieces)
    return one * max(1, round(megabytes * 1e6 / len(one)))


def main() -> None:
    """Prints all tables."""
    folder = corpus()
    bodies = [raw.read_bytes() for raw in sorted(folder.glob("*.raw"))]
    print(f"{len(bodies)} recordings, {sum(map(len, bodies)) / 1e6:.1f} MB")
    exactness(folder)
    kinds(folder)
    by_eye(folder)
    if sessions.has_bash():
        fresh(FRESH)
    slices(bodies)
    speed(bodies, float(sys.argv[1]) if len(sys.argv) > 1 else 50)


if __name__ == "__main__":
    main()
