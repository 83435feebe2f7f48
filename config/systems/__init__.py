"""The products. One module each, nothing else names them."""
