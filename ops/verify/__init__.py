"""Whether what exists is what was described: asked of the AWS API, not of the templates."""
