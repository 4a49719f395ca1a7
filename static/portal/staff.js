// The balance of each body as it is typed. The server says the same after saving.
"use strict";

// A whole number, nobody where nothing stands, or null where it is not known or no number.
function whole(text, whenEmpty) {
  const digits = text.normalize("NFKC").trim();
  if (digits === "") return whenEmpty;
  return /^[0-9]{1,6}$/.test(digits) ? Number(digits) : null;
}

function difference(form, category) {
  const own = (input) => input.name.endsWith(`-${category}`);
  const given = (kind) => form.querySelector(`[data-${kind}="${category}"]`).dataset.number;
  let left = whole(given("before"), null);
  const flows = [whole(given("arrivals"), 0)];
  for (const input of form.querySelectorAll("input[data-flow]")) {
    if (!own(input) || input.dataset.flow === "") continue;
    const number = whole(input.value, input.dataset.flow === "after" ? null : 0);
    flows.push(number === null ? null : -number);
  }
  for (const flow of flows) left = left === null || flow === null ? null : left + flow;
  return left;
}

function show(output, left) {
  const words = output.dataset;
  let look = "bad";
  let text = left > 0 ? words.tooFew : words.tooMany;
  if (left === null) [look, text] = ["open", words.unknown];
  if (left === 0) [look, text] = ["good", words.zero];
  const badge = document.createElement("span");
  badge.className = `pp-status pp-status--${look}`;
  badge.textContent = text.replace("{n}", Math.abs(left ?? 0));
  if (badge.textContent !== output.textContent.trim()) output.replaceChildren(badge);
}

for (const form of document.querySelectorAll("form[data-staff]")) {
  form.addEventListener("input", () => {
    for (const output of form.querySelectorAll("output[data-difference]")) {
      show(output, difference(form, output.dataset.difference));
    }
  });
}
