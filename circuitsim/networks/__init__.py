"""The program of numbers: what a model of any architecture computes on n letters, and its meanings, a file each.

Read `network` (the primitives), `draw` (a model as a program), `definition` (the meaning, in fractions), then any
other: `exact` and `floating` (batches), `intervals` (a program at one precision) and `integer` (its run), `datatypes/`.
"""
