"""One door to each thing outside, each with a null twin. Settings name them; nobody imports them."""
