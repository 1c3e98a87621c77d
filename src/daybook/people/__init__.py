"""People: accounts, unlocking and locking, recovery, what arrives after a lock."""
