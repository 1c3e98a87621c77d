"""Where sealed file bodies are kept: a local folder now, behind the same library that speaks S3."""
