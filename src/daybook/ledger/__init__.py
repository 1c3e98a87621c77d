"""Ledger: the rows of the custody chain, and of the access chain that says who looked at what."""
