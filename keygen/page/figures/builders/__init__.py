"""The builders of figures: a function for each kind of picture that an exercise names."""
