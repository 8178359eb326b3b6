"""What the test provider (eval/faults/provider.py) is made of, one idea a file.

connections  bytes on a socket -> requests, answers -> bytes          serving     which address does what; latency and faults
settings     everything that can be set, also while it runs           drawing     which fault a request meets
asked        a request's body -> what is asked, in one form           planted     a passage -> proposals, from the planted truth
answered     proposals -> an answer, whole, bent or cut               tally       what is counted; which prefixes were sent before
openai, anthropic   the vendors' forms of answers and errors          batches     work handed in to be fetched later
"""
