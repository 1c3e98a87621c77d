"""The police pack: what it is made from, how it is written, and how a stranger checks it."""
