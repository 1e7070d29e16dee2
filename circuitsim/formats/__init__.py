"""Circuit files: one module a format, and one table of formats."""
