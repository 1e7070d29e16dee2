"""Circuit files, one module a format."""
