"""The bill of a deployment, computed from its templates and list prices, before anything is paid for.

Offline. What is not in the price file is unknown, and a sum with something unknown in it is "at least".
"""
