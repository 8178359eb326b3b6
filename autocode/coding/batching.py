"""The batches of a run: handed in, left with the provider, and taken in whenever the run is called again.

Which batch holds which calls is written down before it is sent. So nothing is handed in twice, whatever happens between
two lines: what was about to be sent is looked for at the provider first. What is in a batch is asked by nobody else.
`handing_in` and `taking_in` are the two ways; here stands what both know of a run's batches.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from autocode.asking import BatchState, VendorBatches
from autocode.coding.patience import Patience
from autocode.coding.planning import Planner
from autocode.coding.progress import Progress
from autocode.coding.spending import Budget
from autocode.runs import BatchLine, HandedIn, Planned, Run, Waiting
from autocode.runs.read import WAITS
from autocode.runs.run import now


class Batching:
    """The batches of one run: what waits in them, and why a call has no answer yet."""

    def __init__(
        self,
        run: Run,
        planner: Planner,
        *,
        budget: Budget,
        sleep: Callable[[float], object] | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self.run = run
        self.planner = planner
        self.budget = budget
        self.patience = Patience(sleep or threading.Event().wait)
        self.reasons: dict[str, str] = {}
        """Why a call that was not answered was not, by key: in which batch it waits, or how it failed."""
        self.waiting: set[str] = set()
        """The keys of the calls that wait in a batch."""
        self.progress = Progress(total=0, budget=budget)
        self.report = progress or (lambda _progress: None)

    def free(self, todo: Iterable[Planned]) -> list[Planned]:
        """The calls that are in no batch that waits."""
        return [line for line in todo if line.key not in self.waiting]

    def submitted(self, batch: HandedIn, state: BatchState) -> None:
        """Write down that a batch is with the provider."""
        batch.batch, batch.input_file, batch.submitted = state.id, state.input_file, state.submitted
        self.run.batches.add(
            [BatchLine(batch.token, "submitted", state.submitted, batch=state.id, input_file=state.input_file)]
        )

    def never_arrived(self, batch: HandedIn, *, there: tuple[str, ...] | None) -> None:
        """Write down that a batch did not reach the provider; what is `there` (None: unknown) has to be deleted."""
        self.run.batches.add([BatchLine(batch.token, "never arrived", now(), there=there)])

    def waits(self, vendor: VendorBatches, batch: HandedIn, state: BatchState) -> None:
        """Note that a batch has no answers yet: its calls are asked by nobody else, and their cost is set aside."""
        since = batch.submitted or state.submitted
        self.run.waiting.append(Waiting(state.id, since, len(batch.keys), state.done, vendor.where))
        self.waiting.update(batch.keys)
        self.reasons.update(dict.fromkeys(batch.keys, f"{WAITS} {state.id}, submitted {since}"))
        if batch.usd is not None:
            self.budget.set_aside(batch.usd)
