"""The crash suite: a real Daybook is killed at random moments, and what it promised is looked for afterwards.

`rounds` kills, `kills` says when, `acts` is what people do meanwhile (add a line to its table to kill something new),
`journal` remembers what was promised to them, `endings` lets be due what is to be destroyed, `checker` and `files_seen` look
at what is there, `settling` holds one against the other.
"""
