"""What the test provider (eval/faults/provider.py) is made of, one idea a file.

connections          bytes on a socket -> requests, answers -> bytes
serving              which address does what; how late, and with which fault, answers come
settings, drawing    everything that can be set; which fault a request meets
model                truth, settings and counts together: what is said to a request, at once or by batch
asked                a request's body, in either vendor's form -> what is asked
planted, answered    a passage -> proposals, from the planted truth; proposals -> an answer, whole, bent or cut
openai, anthropic    the vendors' forms of answers and errors
batches, work        work handed in to be fetched later; openai_batches, uploads and anthropic_batches are its forms
tally                what is counted: requests, tokens, prefixes that were sent before
"""
