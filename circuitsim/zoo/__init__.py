"""Tasks with their definitions, models that solve them by the papers' constructions, and these models' rivals."""
