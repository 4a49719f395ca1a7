"""Safe reading of what was uploaded: the cells of workbooks and CSV files, or a refusal."""

from exchange.reading.book import Book, Cell, CellState, SheetInfo, TemplateMark, open_book

__all__ = ["Book", "Cell", "CellState", "SheetInfo", "TemplateMark", "open_book"]
