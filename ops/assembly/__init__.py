"""Cloud assemblies: made from the app, read, and compared with what is deployed."""
