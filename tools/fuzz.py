"""Opens damaged files of all kinds that sparring reads, and tells what ends otherwise than in data or a line of words.

Usage: python tools/fuzz.py --minutes 60 --seed 1 [--readers NAME ...] [--cases N] [--again READER NUMBER]

Each case is decided by seed, reader and number. It is opened in a child with ten seconds of processor time and 512 MB.
What it writes elsewhere, runs, or warns of in a library's words is a finding too. The same command goes on where the
last one ended. Findings are kept below .fuzz/findings with their files; `--again png 123` opens one case once more.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # threads of a parent are not there in a child

import argparse
import importlib
import json
import select
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

sys.path.insert(0, str(Path(__file__).parent))
sys.dont_write_bytecode = True

from fuzzing import arrivals, pictures, runs, tables, worker  # noqa: E402 - what is beside this file is found now
from fuzzing.reader import Reader  # noqa: E402

READERS = {reader.name: reader for reader in (*pictures.READERS, *tables.READERS, *runs.READERS, *arrivals.READERS)}

BATCH, PATIENCE, KEPT = 200, 60, 5
"""Cases of a child, seconds after which one that neither ends nor computes hangs, and files kept of findings alike."""


@dataclass
class Tally:
    """What came of the cases of a reader.

    Attributes:
        cases: How many there were.
        data: How many of them could be read.
        seconds: How long all took.
        slowest: Seconds of processor time of the slowest.
        troubles: The numbers of cases that ended wrong, by what was wrong.
    """

    cases: int = 0
    data: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    troubles: dict[str, list[int]] = field(default_factory=dict)

    def add(self, number: int, end: dict[str, Any]) -> None:
        """Counts a case."""
        self.cases, self.data = self.cases + 1, self.data + (end["outcome"] == "data")
        self.slowest = max(self.slowest, end["seconds"])
        if end["trouble"]:
            self.troubles.setdefault(end["trouble"], []).append(number)


def ends(reader: Reader, seed: int, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
    """How cases end, each opened in a child; one that it dies of is the last."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        ear, mouth = os.pipe()
        if not (child := os.fork()):
            _be_child(reader, seed, numbers, Path(folder), mouth)
        os.close(mouth)
        running, status = None, 0
        try:
            with os.fdopen(ear, "rb", buffering=0) as said:
                while _speaks(said, child) and (line := said.readline()):
                    event = json.loads(line)
                    running = event.get("start")
                    if "end" in event:
                        yield event
        finally:
            os.kill(child, signal.SIGKILL)  # one that has ended waits to be asked how
            status = os.waitpid(child, 0)[1]
        if running is not None:
            died = {signal.SIGXCPU: "over 10 s", signal.SIGKILL: "it hangs"}
            number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            why = died.get(number) or (f"ended by {signal.Signals(number).name}" if number else "ended its process")
            yield {"end": running, "seconds": 0.0, "outcome": why, "trouble": why}


def _speaks(said: IO[bytes], child: int) -> bool:
    """Waits for a child to say something; False if it neither does nor computes."""
    while not select.select([said], [], [], PATIENCE)[0]:
        before = _ticks(child)
        time.sleep(1)
        if _ticks(child) == before and not _waits_for_a_core(child):
            return False
    return True


def _ticks(child: int) -> list[str]:
    """The processor time that a child has had."""
    return _stat(child)[11:13]


def _waits_for_a_core(child: int) -> bool:
    return _stat(child)[0] == "R"


def _stat(child: int) -> list[str]:
    return Path(f"/proc/{child}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def _be_child(reader: Reader, seed: int, numbers: Sequence[int], folder: Path, mouth: int) -> None:
    loud = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1), os.dup2(nowhere, 2)  # where libraries in C complain
    try:
        worker.work(reader, seed, numbers, folder, mouth)
    except BaseException:  # noqa: BLE001 - it is printed, and this process ends here
        os.write(loud, traceback.format_exc().encode())
    os._exit(0)


def warm(readers: Sequence[Reader]) -> None:
    """Imports what the whole cases of all readers need, so that no child has to."""
    for reader in readers:
        for number in range(20):
            worker.files_of(reader, 0, number)  # what they are made of is kept, for all children
        with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
            ear, mouth = os.pipe()
            if not os.fork():
                devices = os.open(os.devnull, os.O_WRONLY)
                worker.work(reader, 0, [0], Path(folder), devices)
                os.write(mouth, "\n".join(sys.modules).encode())
                os._exit(0)
            os.close(mouth)
            with os.fdopen(ear, "rb") as said:
                for name in said.read().decode().split("\n"):
                    if name and name not in sys.modules:
                        importlib.import_module(name)
            os.wait()


def play(reader: Reader, seed: int, tally: Tally, out: Path, last: int, until: float) -> None:
    """Opens a batch of cases from the next one on; there is none when `last` has been opened."""
    begun = time.monotonic()
    for end in ends(reader, seed, range(tally.cases, min(tally.cases + BATCH, last))):
        tally.add(end["end"], end)
        if end["trouble"] and len(tally.troubles[end["trouble"]]) <= KEPT:
            keep(reader, seed, end, out)
        if time.monotonic() > until:
            break
    tally.seconds += time.monotonic() - begun


def keep(reader: Reader, seed: int, end: dict[str, Any], out: Path) -> None:
    """Writes the files of a finding, and what is wrong."""
    folder = out / "findings" / reader.name.replace(" ", "-") / f"{seed}-{end['end']}"
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath("finding.json").write_text(json.dumps(end, indent=1), encoding="utf-8")
    for place, (name, content) in enumerate(worker.files_of(reader, seed, end["end"]).items()):
        folder.joinpath(f"{place}.bytes").write_bytes(content)
        with folder.joinpath("names.txt").open("a", encoding="utf-8") as names:
            names.write(f"{place}.bytes {name!r}\n")


def table(tallies: dict[str, Tally]) -> str:
    """What came of all."""
    rows = [f"{'reader':<20}{'cases':>9}{'read':>7}{'a minute':>10}{'slowest':>9}  findings"]
    for name, tally in tallies.items():
        pace = 60 * tally.cases / max(tally.seconds, 1e-9)
        found = sum(map(len, tally.troubles.values()))
        rows.append(
            f"{name:<20}{tally.cases:>9,}{tally.data / max(tally.cases, 1):>7.0%}{pace:>10,.0f}{tally.slowest:>8.1f}s"
            f"  {found}"
        )
    kinds = Counter(
        {
            f"{name}: {why}, as {numbers[0]}": len(numbers)
            for name, tally in tallies.items()
            for why, numbers in tally.troubles.items()
        }
    )
    return "\n".join([*rows, *(f"  {count} x {what}" for what, count in kinds.most_common())])


def fuzz(options: argparse.Namespace) -> dict[str, Tally]:
    """Goes on with all readers in turn."""
    file = options.out / f"seed-{options.seed}.json"
    known = json.loads(file.read_bytes()) if file.exists() else {}
    tallies = {name: Tally(**known.get(name, {})) for name in READERS}
    warm([READERS[name] for name in options.readers or READERS])
    chosen, until = options.readers or [*READERS], time.monotonic() + 60 * options.minutes
    last = options.cases or 10**12
    while time.monotonic() < until and any(tallies[name].cases < last for name in chosen):
        for name in (name for name in chosen if tallies[name].cases < last and time.monotonic() < until):
            play(READERS[name], options.seed, tallies[name], options.out, last, until)
            if not options.quiet:
                found = sum(map(len, tallies[name].troubles.values()))
                print(f"{name}: {tallies[name].cases:,} cases, {found} findings", flush=True)
            options.out.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps({name: asdict(tally) for name, tally in tallies.items()}), encoding="utf-8")
    return {name: tallies[name] for name in chosen}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--readers", nargs="+", choices=READERS, metavar="NAME")
    parser.add_argument("--cases", type=int, help="of each reader, at most")
    parser.add_argument("--out", type=Path, default=Path(".fuzz"))
    parser.add_argument("--quiet", action="store_true", help="print the table alone")
    parser.add_argument("--again", nargs=2, metavar=("READER", "NUMBER"), help="open one case again")
    options = parser.parse_args()
    if options.again:
        reader, number = READERS[options.again[0]], int(options.again[1])
        warm([reader])
        for end in ends(reader, options.seed, [number]):
            print(json.dumps(end, indent=1))
        return 0
    tallies = fuzz(options)
    print(table(tallies))
    return int(any(tally.troubles for tally in tallies.values()))


if __name__ == "__main__":
    sys.exit(main())
