"""The workbook that goes back: its faulty cells marked, and a list of what is wrong with them."""

from exchange.marking.marked import write_marked

__all__ = ["write_marked"]
