"""The addresses of solver, below ``programmes/<code>/``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
