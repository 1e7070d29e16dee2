"""Size and depth against n: rows, fits, trends, figures, and what the papers' own circuits would cost."""
