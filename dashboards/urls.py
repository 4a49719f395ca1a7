"""The addresses of dashboards, below ``programmes/<code>/``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
