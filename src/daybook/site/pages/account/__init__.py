"""The account: passphrase and recovery code, who opened the record and who tried, what came while it was locked."""
