"""PostgreSQL and Valkey from the wheels, for the demo, for development and for tests.

The rest of the product knows two addresses, DATABASE_URL and REDIS_URL, and nothing of this
module. Production settings refuse to start without addresses of their own, so these servers
never keep real promises. Why these packages, and why only their programs are used:
docs/embedded-servers.md.
"""
