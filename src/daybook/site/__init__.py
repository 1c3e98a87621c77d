"""Site: settings, addresses, pages, templates and the command line. The only room that knows all the others."""
