"""The example study, coded by the workers of a cluster.

    pip install 'autocode-qda[dask]'
    python examples/cluster.py [STUDY] [ADDRESS]

The address is that of a dask scheduler, for example tcp://scheduler:8786; without one, two workers on this machine.
Each worker needs the same autocode and, for a model behind a key, the key in its own environment. The calls go to the
workers, interviews and all; the run folder stays here. It may be stopped and started again.

With a Python older than 3.11.9 set DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED=False where the workers start: dask's
profiler can make such a worker stand still (github.com/python/cpython/issues/106883).
"""

import sys
from pathlib import Path

from distributed import Client

import autocode as ac

if __name__ == "__main__":  # the workers import this file
    study = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "study"
    codebook = ac.read_codebook(study / "codebook.yaml")
    coder = ac.model_coder("lexical", codebook)  # for instance openai/gpt-5-mini
    run = ac.Run(study / "runs" / "cluster", exclude_speakers=("INT",))
    transcripts = ac.read_transcripts(study / "interviews")
    with Client(sys.argv[2]) if len(sys.argv) > 2 else Client(n_workers=2, dashboard_address=None) as client:
        workers = client.get_executor(pure=False)
        at_once = sum(client.nthreads().values())  # as many calls as the workers have threads
        ac.code(transcripts, codebook, coder=coder, run=run, executor=workers, concurrency=at_once)
    print(f"{run.table}: {len(run.coding().segments)} segments, {len(run.gaps)} gaps")
