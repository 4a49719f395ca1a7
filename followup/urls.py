"""The addresses of follow-up, below ``programmes/<code>/``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
