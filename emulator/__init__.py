"""Embedded AWS: enough of the AWS APIs on loopback to deploy this app without an account.

MiniStack does most of the work; this package starts it, registers the CloudFormation types our
templates use and it lacks, completes properties it drops, and puts a real PostgreSQL behind the
embedded RDS. A green deployment here means that templates, references, ordering and custom
resources work. It never means that AWS would accept a value.
"""
