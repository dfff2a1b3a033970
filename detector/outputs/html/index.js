"use strict";
// Sorting and searching the rows of a page over many clips. The rows themselves are there without it.

const table = document.getElementById("clips");
const body = table.tBodies[0];
const rows = [...body.rows];
const heads = [...table.tHead.querySelectorAll("[data-key]")];
const order = document.getElementById("order");
const form = document.getElementById("filters");

// Of texts the first letters come first, of numbers the largest; what is not known comes last in either direction.
function sortBy(key, up) {
  const numbers = key !== "clip";
  const value = (row) => row.getAttribute(`data-${key}`);
  const known = rows.filter((row) => value(row) !== null);
  known.sort((one, other) => (numbers
    ? Number(value(one)) - Number(value(other))
    : value(one).localeCompare(value(other), undefined, { numeric: true })) * (up ? 1 : -1));
  body.append(...known, ...rows.filter((row) => value(row) === null));
  for (const head of heads) head.removeAttribute("aria-sort");
  heads.find((head) => head.dataset.key === key).setAttribute("aria-sort", up ? "ascending" : "descending");
}

function reorder() {
  if (order.value) {
    const [key, direction] = order.value.split(" ");
    sortBy(key, direction === "up");
    return;
  }
  body.append(...rows);
  for (const head of heads) head.removeAttribute("aria-sort");
}

const SHOWN = {
  "": () => true,
  vehicles: (row) => row.dataset.vehicles > 0,
  convoys: (row) => row.dataset.convoys > 0,
  smoke: (row) => row.dataset.smoke > 0 || row.dataset.fire > 0,
  trouble: (row) => row.dataset.exitCode !== "0",
};

function filter() {
  const wanted = Object.fromEntries(new FormData(form));
  const part = wanted.name.toLowerCase();
  let count = 0;
  for (const row of rows) {
    row.hidden = !row.dataset.clip.toLowerCase().includes(part) || !SHOWN[wanted.show](row);
    count += !row.hidden;
  }
  document.getElementById("shown").textContent = count === rows.length ? "" : `${count} of ${rows.length} clips shown.`;
}

function addOrder(value, text) {
  const option = document.createElement("option");
  option.value = value;
  option.textContent = text;
  order.append(option);
}

addOrder("", "As named");
for (const head of heads) {
  const name = head.textContent.trim();
  const first = head.dataset.key === "clip" ? ["up", "down"] : ["down", "up"];
  const words = head.dataset.key === "clip" ? ["A to Z", "Z to A"] : ["most first", "least first"];
  first.forEach((direction, index) => addOrder(`${head.dataset.key} ${direction}`, `${name}, ${words[index]}`));
  head.firstElementChild.addEventListener("click", () => {
    const again = order.value === `${head.dataset.key} ${first[0]}`;
    order.value = `${head.dataset.key} ${first[again ? 1 : 0]}`;
    reorder();
  });
}
order.addEventListener("change", reorder);
form.addEventListener("input", filter);
form.addEventListener("change", filter);
form.addEventListener("submit", (event) => event.preventDefault());
reorder();
filter(); // a browser that goes back keeps what was chosen
