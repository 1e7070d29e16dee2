"""What numbers a model's state may be: datatypes of the literature, each `exact` with roundings of its own."""
