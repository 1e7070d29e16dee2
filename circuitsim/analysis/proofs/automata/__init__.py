"""Theorems at every length about hard attention: all states that a model can be in, between any two tokens.

`scope.py` says which models; `stages.py` what one position computes; `winners.py` what a head remembers of the tokens
on one side; `graph.py` has the strings as paths, and `layers.py` takes them through one layer after another;
`theorem.py` asks whether all decisions are right, and `counting.py` how many are not.
"""
