"""Codes interview transcripts with a codebook and an LLM, proves every quote, and measures agreement."""
