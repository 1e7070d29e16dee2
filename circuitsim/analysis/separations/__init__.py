"""Which architecture needs how much for which task, beside the papers' lower bounds."""
