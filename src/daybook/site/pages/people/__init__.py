"""People and places: who is doing this, who saw it, and the places of hers that must not be given away."""
