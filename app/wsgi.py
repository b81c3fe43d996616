"""What the server runs: finished pages in front of the site."""

from __future__ import annotations

from app import create_app
from app.pages import FinishedPages

app = create_app()
application = FinishedPages(app, lambda: app.extensions["guide"].library.revision)
