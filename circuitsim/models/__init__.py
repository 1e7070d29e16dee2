"""What is compiled: a transformer, its meanings (float, exact, integer) and its files."""
