"""What the Worker at Cloudflare is told of a deployment."""
