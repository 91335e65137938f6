"""Runs: the rows of a file matched, checked, planned, written and taken back by SQL over sets, noun by noun."""
