"""Hand-specified models of the tasks, one module a family of constructions."""
