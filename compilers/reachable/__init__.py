"""Hard attention in circuits of AND and OR: activations coded one-hot over the exact values that they can reach.

After the proof that hard attention is in AC0 (Hao, Angluin and Frank, arXiv 2204.06618), which holds a value as the
information it carries, but built from the values that can be reached instead of all. From the ground up: `boxes`
(sets of inputs), `codes` (what a position can hold), `values` (the exact arithmetic of a layer), `choices` (what a
head can attend to), `reach` (the codes after every layer), `terms` and `plan` (gates as plain tables), `lowering`
(the schematic).
"""
