"""Measurements, as ratios within one run. ``make bench`` runs them; nothing here is a test."""
