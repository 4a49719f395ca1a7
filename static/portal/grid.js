// The grid of values: Enter moves down the column, Shift+Enter up, and never sends the form.
"use strict";

for (const grid of document.querySelectorAll("form[data-grid]")) {
  grid.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    if (event.key !== "Enter" || event.isComposing || !cell || event.target.type !== "text") return;
    event.preventDefault();
    const row = cell.parentElement;
    const next = event.shiftKey ? row.previousElementSibling : row.nextElementSibling;
    const field = next?.cells[cell.cellIndex]?.querySelector("input[type=text]");
    field?.focus();
    field?.select();
  });
}
