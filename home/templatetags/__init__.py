"""Template tags of the front doors."""
