"""Merged ranges of a sheet: which value stands in the cells that they cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange.reading.cells import Cell, CellState

if TYPE_CHECKING:
    from collections.abc import Sequence

    Range = tuple[tuple[int, int], tuple[int, int]]


class MergedCells:
    """Fills the covered cells row after row; it holds one entry for each column at most."""

    def __init__(self, ranges: Sequence[Range], columns: int) -> None:
        """Take the ranges of a sheet of so many columns, rows and columns from 0."""
        self._coming = sorted(ranges, reverse=True)
        self._columns = columns
        self._open: dict[int, tuple[int, Cell]] = {}  # By column: the last row, and what it gets.

    def fill(self, row: int, cells: list[Cell]) -> None:
        """Put the value of each range into those of its cells that lie in ``row``."""
        for column, (last, cell) in list(self._open.items()):
            if last < row:
                del self._open[column]
            else:
                _put(cells, column, cell)
        while self._coming and self._coming[-1][0][0] <= row:
            (top, left), (last, right) = self._coming.pop()
            if top != row or left >= len(cells) or not cells[left].text:
                continue
            below = cells[left]._replace(state=CellState.MERGED)
            across = cells[left]._replace(state=CellState.ACROSS)
            for column in range(left, min(right + 1, self._columns)):
                if column > left:
                    _put(cells, column, across)
                if last > row:
                    self._open[column] = last, across if column > left else below


def _put(cells: list[Cell], column: int, cell: Cell) -> None:
    if column < len(cells) and not cells[column].text:
        cells[column] = cell
