"""Training nets on the zoo's tasks, as files that compile at once; reading order: recipe, task_data, nets, training.

`distillation` trains any transformer further, on decisions of another. Needs torch (extra `train`), which `recipe`,
`task_data`, `named_numbers` and `requirements` do without.
"""
