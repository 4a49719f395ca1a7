// Small comforts. Every page works without this file.
"use strict";

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A menu closes when the reader goes elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.pp-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.pp-menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// What was refused is read first. (The desk's own note of that name is no summary.)
document.querySelector(".pp-note[data-refused][tabindex]")?.focus();

// A choice in a form that asks for it is sent at once; its button remains for everyone else.
for (const form of document.querySelectorAll("form[data-send-on-change]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

// Paper cannot be clicked: what is folded on the screen is printed open.
const folded = [];
window.addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("main details:not([open])")) {
    part.open = true;
    folded.push(part);
  }
});
window.addEventListener("afterprint", () => {
  while (folded.length) folded.pop().open = false;
});

// What was refused is read first: the summary, or the first field that is marked.
if (!document.querySelector("main [autofocus]")) {
  const refused = document.querySelector("main [data-refused]") || document.querySelector("main [aria-invalid='true']");
  refused?.focus();
}
