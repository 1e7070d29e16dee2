"""Pictures of circuits at three altitudes, and a page in which a circuit runs."""
