"""The addresses of signals, below ``programmes/<code>/``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
