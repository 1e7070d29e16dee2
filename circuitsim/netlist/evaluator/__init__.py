"""Evaluation of flat circuits: 64 patterns a word, by a lowered program of machine instructions."""
