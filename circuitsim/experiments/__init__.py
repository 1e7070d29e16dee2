"""The papers' experiments on learning: what is run, what it gave, and the published figures beside it.

Read `experiment.py` first, then a module of one experiment; `table.py` lists them all.
"""
