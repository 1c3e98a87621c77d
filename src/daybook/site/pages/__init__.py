"""Pages: one package for each part of the site. A page combines several rooms, so pages live above them all."""
