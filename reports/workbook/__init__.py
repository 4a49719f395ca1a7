"""The report workbook: a module for each of its sheets. What each holds is in docs/reports.md."""
