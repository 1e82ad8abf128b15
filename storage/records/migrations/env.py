"""Alembic's entry: runs on the connection that Records.upgrade hands over."""

from alembic import context

from storage.records.base import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
context.run_migrations()
