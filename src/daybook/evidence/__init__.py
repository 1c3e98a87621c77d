"""Evidence: exhibits taken in byte by byte, sealed, numbered, and read back unchanged."""
