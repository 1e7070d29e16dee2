"""One length: all inputs, simulation, decision diagrams, words, and satisfiability."""
