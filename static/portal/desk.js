// The desk: keys as in a sheet, and nothing that was typed is lost. Rows are saved by htmx.
"use strict";

document.documentElement.classList.add("pp-js");

const sheet = document.querySelector(".pp-sheet");
const notice = document.getElementById("offline");
const store = `desk:${sheet.dataset.user}:${sheet.dataset.plan}`;

// --- What is typed and not saved yet, kept on this machine --------------------------------------

const readStore = () => {
  try { return JSON.parse(localStorage.getItem(store)) || {}; } catch { return {}; }
};
const writeStore = (kept) => {
  try {
    if (Object.keys(kept).length) localStorage.setItem(store, JSON.stringify(kept));
    else localStorage.removeItem(store);
  } catch { /* A full or closed store: the page still holds what was typed. */ }
};

const fieldsOf = (row) => row.querySelectorAll("[data-column], [data-seen]");

const keep = (row) => {
  const values = {};
  for (const field of fieldsOf(row)) values[field.name] = field.value;
  writeStore({ ...readStore(), [row.dataset.row]: values });
};

const forget = (row) => {
  const kept = readStore();
  delete kept[row.dataset.row];
  writeStore(kept);
};

const mark = (row, words) => {
  const place = document.getElementById(`errors-${row.dataset.row}`);
  const told = document.createElement("span");
  told.className = "pp-unsaved";
  told.textContent = words;
  place.replaceChildren(told);
};

const tell = (why) => {
  notice.hidden = false;
  notice.textContent = notice.dataset[why];
  if (why !== "expired") return;
  const link = document.createElement("a");
  link.href = notice.dataset.login;
  link.textContent = notice.dataset.signIn;
  notice.append(" ", link);
};

const rowOf = (element) => element.closest?.("tr[data-row]");
const waiting = new Set();

const save = (row) => row.dispatchEvent(new Event("change", { bubbles: true }));

sheet.addEventListener("input", (event) => {
  const row = rowOf(event.target);
  if (row && event.target.dataset.column) keep(row);
});

document.body.addEventListener("htmx:afterRequest", (event) => {
  const row = rowOf(event.detail.elt);
  if (!row || event.detail.requestConfig?.verb !== "post") return;
  const status = event.detail.xhr?.status || 0;
  if (status >= 200 && status < 300) {
    forget(row);
    waiting.delete(row.id);
    row.classList.remove("pp-is-unsaved");
    if (!waiting.size) notice.hidden = true;
  } else if (status === 409 || status === 422) {
    // Refused with a reason at the row: what was typed stays there and on this machine.
    keep(row);
  } else {
    keep(row);
    waiting.add(row.id);
    const why = status === 401 || status === 403 ? "expired" : status ? "refused" : "offline";
    tell(why);
    mark(row, "✗");
  }
});

const retry = () => {
  for (const id of [...waiting]) {
    waiting.delete(id);
    const row = document.getElementById(id);
    if (row) save(row);
  }
};
window.addEventListener("online", retry);
setInterval(() => { if (waiting.size && navigator.onLine) retry(); }, 8000);

window.addEventListener("beforeunload", (event) => { if (waiting.size) event.preventDefault(); });

// What an earlier visit could not save: put back as it was typed, with what it had seen then.
window.addEventListener("load", () => {
  let restored = false;
  for (const [key, values] of Object.entries(readStore())) {
    const row = document.getElementById(`row-${key}`);
    if (!row) continue;
    const fields = [...fieldsOf(row)];
    if (!fields.some((field) => field.dataset.column && values[field.name] !== undefined && values[field.name] !== field.value)) {
      forget(row);
      continue;
    }
    for (const field of fields) if (values[field.name] !== undefined) field.value = values[field.name];
    row.dataset.kind = row.querySelector("[data-column=kind]").value;
    restored = true;
    save(row);
  }
  if (restored) tell("restored");
});

// --- Keys as in a sheet --------------------------------------------------------------------------

const neighbour = (field, step) => {
  const rows = [...sheet.tBodies[0].rows];
  const column = field.dataset.column;
  for (let at = rows.indexOf(rowOf(field)) + step; rows[at]; at += step) {
    const found = [...rows[at].querySelectorAll(`[data-column="${column}"]`)].find((other) => other.offsetParent);
    if (found) return found;
  }
  return null;
};

sheet.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!field.dataset?.column) return;
  if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    const next = neighbour(field, event.shiftKey ? -1 : 1);
    // In the last row too, leaving the field is what saves it.
    field.blur();
    (next || field).focus();
  } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "d") {
    event.preventDefault();
    const above = neighbour(field, -1);
    if (above && field.value !== above.value) {
      field.value = above.value;
      if (field.value === above.value) field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
});

sheet.addEventListener("change", (event) => {
  const row = rowOf(event.target);
  if (row && event.target.dataset.column) keep(row);
  if (event.target.dataset.column === "kind") row.dataset.kind = event.target.value;
  count();
});

// --- Many rows -----------------------------------------------------------------------------------

const picks = () => [...sheet.querySelectorAll("[data-pick]")];
const picked = document.getElementById("picked");
function count() {
  const number = picks().filter((pick) => pick.checked).length;
  picked.textContent = number ? `(${number})` : "";
}
const all = document.getElementById("pick-all");
all.hidden = false;
all.addEventListener("change", () => {
  for (const pick of picks()) pick.checked = all.checked;
  count();
});
// Ticking chooses rows; it changes nothing that has to be saved.
for (const pick of [...picks(), all]) pick.addEventListener("change", (event) => { event.stopPropagation(); count(); });

// What the ticked rows had shown goes along, so that no colleague's change is overwritten unseen.
document.getElementById("many-form").addEventListener("formdata", (event) => {
  for (const seen of sheet.querySelectorAll("[data-seen]")) event.formData.append(seen.name, seen.value);
});

// Rows are saved one by one: the button for all of them is for browsers without a script.
document.getElementById("save-all").hidden = true;
