"""The model of a product, and the products. Never imports ``aws_cdk``, so every tool loads it fast."""
