"""The door: what can be reached without unlocking – the front page, starting, unlocking, leaving, and help."""
