"""Properties of MiniStack's own resource types that it drops and our templates rely on."""
