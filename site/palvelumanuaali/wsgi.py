"""The door for a web server: gunicorn --pythonpath site palvelumanuaali.wsgi."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palvelumanuaali.settings.production")
application = get_wsgi_application()
