"""`python -m app` is `scanward`; the supervisor starts its children this way."""

from app.cli.main import main

main()
