"""Safe reading of what was uploaded: the cells of workbooks and CSV files, or a refusal."""

from exchange.reading.book import open_book
from exchange.reading.cells import EMPTY, Book, Cell, CellState, SheetInfo, TemplateMark

__all__ = ["EMPTY", "Book", "Cell", "CellState", "SheetInfo", "TemplateMark", "open_book"]
