"""Tags that the pages of every room load."""
