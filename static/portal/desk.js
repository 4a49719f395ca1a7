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
// How often a row was typed in, and the rows that are being saved: what was typed meanwhile is not.
const changes = new WeakMap();
const saving = new Set();
let leavingFor = "";

const save = (row) => row.dispatchEvent(new Event("change", { bubbles: true }));

for (const kind of ["input", "change"]) {
  sheet.addEventListener(kind, (event) => {
    const row = rowOf(event.target);
    if (!row || !event.target.dataset.column) return;
    changes.set(row, (changes.get(row) || 0) + 1);
    keep(row);
  }, { capture: true });
}

const isSaveOf = (event) => event.detail.requestConfig?.verb === "post" && rowOf(event.detail.elt);

document.body.addEventListener("htmx:beforeRequest", (event) => {
  const row = isSaveOf(event);
  if (!row) return;
  event.detail.requestConfig.changes = changes.get(row);
  saving.add(row.id);
});

// Whoever goes on to another page finds there what was typed here last.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
  if (!link || !isPlain || link.hash || link.target || !saving.size || waiting.size) return;
  event.preventDefault();
  leavingFor = link.href;
});

document.body.addEventListener("htmx:afterRequest", (event) => {
  const row = isSaveOf(event);
  if (!row) return;
  saving.delete(row.id);
  const status = event.detail.xhr?.status || 0;
  if (status < 200 || status >= 300) leavingFor = "";
  if (status >= 200 && status < 300) {
    if (event.detail.requestConfig.changes === changes.get(row)) forget(row);
    else keep(row);
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
  // A row that was typed in meanwhile is saved again at once, before anybody leaves.
  setTimeout(() => { if (leavingFor && !saving.size) location.assign(leavingFor); });
});

// Whoever takes what a colleague saved gives up what was typed here.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, target, xhr } = event.detail;
  if ("takeTheirs" in requestConfig.elt.dataset && xhr.status === 200) forget(target);
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

// The fields of a column from top to bottom; a row may have several, a body's and its plates'.
const neighbour = (field, step, isAlike = () => true) => {
  const column = [...sheet.tBodies[0].querySelectorAll(`[data-column="${field.dataset.column}"]`)];
  for (let at = column.indexOf(field) + step; column[at]; at += step) {
    if (column[at].offsetParent && isAlike(column[at])) return column[at];
  }
  return null;
};

// An arrow in a list goes through what nobody means on its way, and a disposition passed by would
// take the target away; so does a date, digit by digit. What it stops at is saved: once the field is
// left, in a list already after a moment.
const PAUSE = 600;
let stepping = null;

const settle = () => {
  if (!stepping) return;
  const { field, timer, isChanged } = stepping;
  clearTimeout(timer);
  stepping = null;
  if (isChanged) field.dispatchEvent(new Event("change", { bubbles: true }));
};

sheet.addEventListener("change", (event) => {
  const field = event.target;
  if (!event.isTrusted || stepping?.field !== field) return;
  event.stopPropagation();
  clearTimeout(stepping.timer);
  stepping.isChanged = true;
  if (field.tagName === "SELECT") stepping.timer = setTimeout(settle, PAUSE);
}, { capture: true });
sheet.addEventListener("focusout", settle);
window.addEventListener("pagehide", settle);

const STEPS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"];

sheet.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!field.dataset?.column) return;
  const isList = field.tagName === "SELECT";
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  const isDate = field.type === "date" && !["Enter", "Tab"].includes(event.key);
  if (isPlain && (isDate || (isList && STEPS.includes(event.key)))) {
    if (stepping?.field !== field) settle();
    stepping ||= { field, timer: 0, isChanged: false };
  } else if (isList && isPlain && /^[0-9]$/.test(event.key) && field.options[event.key]) {
    event.preventDefault();
    stepping = null;
    if (field.selectedIndex === Number(event.key)) return;
    field.selectedIndex = Number(event.key);
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    const next = neighbour(field, event.shiftKey ? -1 : 1);
    // In the last row too, leaving the field is what saves it.
    field.blur();
    (next || field).focus();
  } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "d") {
    event.preventDefault();
    const row = rowOf(field);
    const isAlike = (other) => rowOf(other) !== row && "plate" in other.dataset === "plate" in field.dataset;
    const above = neighbour(field, -1, isAlike);
    if (above && field.value !== above.value) {
      field.value = above.value;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
});

sheet.addEventListener("change", (event) => {
  if (event.target.dataset.column === "kind") rowOf(event.target).dataset.kind = event.target.value;
  count();
});

// --- From a breach to the field that causes it ---------------------------------------------------

const goTo = (row, record) => {
  if (!row?.matches("tr[data-row]")) return;
  const fields = [...row.querySelectorAll("[data-column]")].filter((field) => field.offsetParent);
  const field = fields.find((one) => record && one.name.endsWith(`-${record}`)) || fields[0];
  field?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "center" });
};
document.getElementById("effect").addEventListener("click", (event) => {
  const link = event.target.closest("a[data-record]");
  const row = link && document.getElementById(link.hash.slice(1));
  if (!row) return;
  event.preventDefault();
  history.replaceState(null, "", link.hash);
  goTo(row, link.dataset.record);
});
if (location.hash) goTo(document.getElementById(location.hash.slice(1)), "");

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
