"""WSGI entry point: gunicorn app:app."""

from speechapp.config import read_config
from speechapp.web.app import create_app

app = create_app(read_config())
