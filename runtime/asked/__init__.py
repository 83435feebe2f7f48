"""What functions are asked for: compared with JSON Schemas before anything is done, and refused in words."""
