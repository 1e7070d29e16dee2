"""Training nets on the zoo's tasks, as files that compile at once; reading order: recipe, task_data, nets, training.

Needs torch (extra `train`), which `recipe`, `task_data` and `requirements` do without.
"""
