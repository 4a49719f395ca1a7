"""The addresses of evaluation, below ``programmes/<code>/``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
