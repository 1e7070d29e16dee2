"""Every length by automata: models with hard attention."""
