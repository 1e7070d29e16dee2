"""The theorems of the papers, tried on one model: what holds, and how that is known."""
