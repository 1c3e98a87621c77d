"""Commands: one module for each, with ``add_parser`` and ``run``; each calls the same services as the pages."""
