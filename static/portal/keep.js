// What is typed into a form and not saved yet is kept on this machine: a session that ends or a
// connection that breaks loses nothing. The desk keeps its rows by itself (desk.js).
"use strict";

{
  const isSignedIn = "user" in document.body.dataset;
  const OWNER = isSignedIn ? `typed:${document.body.dataset.user}:` : "typed:";
  const note = document.getElementById("typed-again");
  // What was sent is saved where the answer says so, or leads on to a page that tells of no error.
  const [visit] = performance.getEntriesByType("navigation");
  const isLedOn = visit?.type === "navigate" && visit.redirectCount > 0;
  const isSaved = !!document.querySelector("main .pp-note--success") || (isLedOn && !document.querySelector("main [data-refused]"));

  // Two forms with one address differ by what they are about; what was seen is no part of that.
  const isSeen = (field) => /^seen(-|$)/.test(field.name);
  const keyOf = (form) => {
    const about = [...form.elements].filter(
      (field) => field.type === "hidden" && ["breach", "part", "subject", "subject_id"].includes(field.name),
    );
    return OWNER + new URL(form.action).pathname + about.map((field) => `|${field.value}`).join("");
  };
  // A confirmation is given anew, and a file cannot be kept.
  const isTyped = (field) =>
    field.name && !field.disabled && field.name !== "confirm" && field.name !== "pick" &&
    !["hidden", "file", "password", "submit", "button"].includes(field.type) && field.tagName !== "BUTTON";
  const isChoice = (field) => field.type === "checkbox" || field.type === "radio";
  const valueOf = (field) => (isChoice(field) ? String(field.checked) : field.value);
  const nameOf = (field) => (isChoice(field) ? `${field.name}=${field.value}` : field.name);

  const read = (key) => {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  };
  const write = (key, kept) => {
    try { localStorage.setItem(key, JSON.stringify(kept)); } catch { /* A full or closed store. */ }
  };
  const drop = (key) => {
    try { localStorage.removeItem(key); } catch { /* A closed store holds nothing. */ }
  };
  const keys = () => {
    try { return Object.keys(localStorage).filter((key) => key.startsWith(OWNER)); } catch { return []; }
  };

  const keep = (form, isSent) => {
    const kept = { isSent, values: {}, seen: {} };
    for (const field of form.elements) {
      if (isTyped(field)) kept.values[nameOf(field)] = valueOf(field);
      else if (isSeen(field)) kept.seen[field.name] = field.value;
    }
    write(keyOf(form), kept);
  };

  for (const key of keys()) {
    const kept = read(key);
    if (!kept?.isSent) continue;
    // Whoever has to sign in first has sent nothing.
    if (!isSignedIn) write(key, { ...kept, isSent: false });
    else if (isSaved) drop(key);
  }

  const putBack = (form, kept) => {
    let isOther = false;
    for (const field of form.elements) {
      const value = kept.values[nameOf(field)];
      if (!isTyped(field) || value === undefined || value === valueOf(field)) continue;
      isOther = true;
      if (isChoice(field)) field.checked = value === "true";
      else field.value = value;
    }
    if (!isOther) return false;
    for (const field of form.elements) if (isSeen(field) && field.name in kept.seen) field.value = kept.seen[field.name];
    for (let part = form; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    for (const field of form.elements) {
      const folded = field.closest("details");
      if (folded && isTyped(field) && kept.values[nameOf(field)]) folded.open = true;
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  };

  const forms = [...document.querySelectorAll("main form[method=post]")].filter(
    (form) => note && !["rows-form", "many-form"].includes(form.id),
  );
  const restored = [];
  for (const form of forms) {
    const key = keyOf(form);
    const kept = read(key);
    if (kept) {
      // What the server shows again as refused is newer than what is kept.
      if (!form.querySelector("[aria-invalid=true]") && putBack(form, kept)) restored.push(key);
      else drop(key);
    }
  }
  const formOf = (field) => (field.form && forms.includes(field.form) ? field.form : null);
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const form = formOf(event.target);
      if (form && isTyped(event.target)) keep(form, false);
    });
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (forms.includes(form) && (read(keyOf(form)) || form.querySelector("[aria-invalid=true]"))) keep(form, true);
  });

  if (restored.length) {
    note.hidden = false;
    note.querySelector("button").addEventListener("click", () => {
      restored.forEach(drop);
      location.reload();
    });
  }
}
