"""Every length by counts: models that see how many letters of each kind there are."""
