"""Diary: entries and their versions, suspects, witnesses, her own places, drafts, and which exhibits belong to which entry."""
