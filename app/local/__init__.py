"""``make run``: PostgreSQL and Redis from wheels, then the Procfile."""
