"""From a model to a family of schematics."""
