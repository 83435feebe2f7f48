"""The embedded AWS as the commands use it: started, found, stopped, and reached on loopback only."""
