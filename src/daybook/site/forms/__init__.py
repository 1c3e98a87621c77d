"""How Django forms are drawn: GOV.UK Frontend markup with the safe defaults every field has here."""
