"""What `autocode init` asks in six questions, and the study it writes from the answers: files a person goes on with.

Nothing that exists is written over. What only a person can know stays open, marked `[state here: …]`.
"""

from autocode.starting.new_study import NewStudy, Started
from autocode.starting.questions import Question

__all__ = ["NewStudy", "Question", "Started"]
