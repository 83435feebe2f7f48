"""Tenants on the embedded AWS: starts there what ``aws stepfunctions`` starts in a real account."""
