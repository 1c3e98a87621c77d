"""One file for each promise about speed. Each prints one JSON line with ratios measured in one run."""
