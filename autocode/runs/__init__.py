"""A run: a folder that remembers every call, so that resuming is reading it.

run.json      what was asked of whom: codebook and prompt in full, model, parameters, transcripts with their hashes
plan.jsonl    which stretches make a call, and under which key; written before the first call
calls.jsonl   every paid attempt with the whole reply, a line each, written before it counts
batches.jsonl which batch at the provider holds which calls, written before it is sent, and what of it is deleted there
coding.csv    the coded segments, derived from the calls
verdicts.csv  what people decided about single quotes
run.lock      held by the process that works on it; holder.json says which, and since when

Calls are only ever added. A run of one codebook, model, prompt and set of parameters never becomes another's.
"""

from autocode.runs.answers import Answers, Covered
from autocode.runs.batches import Batches, BatchStory, HandedIn, Waiting
from autocode.runs.holder import Holder, holder_of
from autocode.runs.info import Approval, CodeSet, RunInfo, RunSample, RunTranscript, Since, Workers
from autocode.runs.journal import Calls, Journal
from autocode.runs.lines import BatchLine, CallHead, Planned
from autocode.runs.read import Gap, Read
from autocode.runs.run import Run
from autocode.runs.table import COLUMNS, Row, each_row, read_table, write_table
from autocode.runs.verdicts import Verdict, add_verdicts, read_verdicts

__all__ = [
    "COLUMNS",
    "Answers",
    "Approval",
    "BatchLine",
    "BatchStory",
    "Batches",
    "CallHead",
    "Calls",
    "CodeSet",
    "Covered",
    "Gap",
    "HandedIn",
    "Holder",
    "Journal",
    "Planned",
    "Read",
    "Row",
    "Run",
    "RunInfo",
    "RunSample",
    "RunTranscript",
    "Since",
    "Verdict",
    "Waiting",
    "Workers",
    "add_verdicts",
    "each_row",
    "holder_of",
    "read_table",
    "read_verdicts",
    "write_table",
]
