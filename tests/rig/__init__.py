"""The rig: real parts for tests. A database server, a browser, a running Daybook, no way to the network."""
