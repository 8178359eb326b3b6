"""How long it takes until autocode answers: `import autocode` and `autocode --help`, each in a fresh process.

    python eval/speed/startup.py [RUNS]

Prints the median of RUNS (default 15) runs after one warm-up, beside an empty Python and `import pydantic`, which is
the one library that the import loads, so that the machine's own speed can be told apart. The package is compiled
first, as an installer does it.
"""

import compileall
import statistics
import subprocess
import sys
import time
from pathlib import Path

import autocode

ALL_ROOMS = "import autocode; [getattr(autocode, name) for name in autocode.__all__]"
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import pydantic": [sys.executable, "-c", "from pydantic import BaseModel"],
    "import autocode": [sys.executable, "-c", "import autocode"],
    "import autocode, all rooms": [sys.executable, "-c", ALL_ROOMS],
    "autocode --help": [sys.executable, "-m", "autocode", "--help"],
}


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main(runs: int) -> None:
    compileall.compile_dir(Path(autocode.__file__).parent, quiet=1)
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for at in range(runs + 1):
        for name, command in COMMANDS.items():
            took = seconds(command)
            if at:
                times[name].append(took)
    empty = statistics.median(times["python -c pass"])
    print(f"{'':28} {'median s':>9} {'less Python':>12}")
    for name, each in times.items():
        median = statistics.median(each)
        print(f"{name:28} {median:9.3f} {median - empty:12.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
