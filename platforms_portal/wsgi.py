"""What a WSGI server (gunicorn platforms_portal.wsgi) serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platforms_portal.settings")

application = get_wsgi_application()
