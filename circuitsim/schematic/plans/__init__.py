"""Plans: how sums and wide gates are built from fan-in 2, decided from arrival depths alone."""
