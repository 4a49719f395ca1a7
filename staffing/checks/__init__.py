"""The rules about people: R03 and R14. Importing this package registers them."""

from staffing.checks import r03_staff, r14_accounted

__all__ = ["r03_staff", "r14_accounted"]
