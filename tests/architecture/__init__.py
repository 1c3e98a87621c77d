"""The shape of the code: who may import whom, where rows may point, how files are named."""
