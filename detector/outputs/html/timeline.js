// Vehicles over time, shots, convoys, smoke, fire and gaps under the video; a click or a key seeks.

const WIDE = 1000; // units of the drawing, stretched to the width of the page
const NARROWEST = 4; // that can be seen; also what lasts no time at all, as where a file ends
const HIGH = { vehicles: 64, band: 14 };
const length_s = Math.max(data.end_s - data.start_s, 1e-6);

function across(second) {
  return ((second - data.start_s) / length_s) * WIDE;
}

function rectangle(from_s, to_s, kind, title) {
  const width = Math.max(across(to_s) - across(from_s), NARROWEST);
  const box = drawn("rect", {
    x: Math.min(across(from_s), WIDE - width), y: 0, width, height: "100%", class: kind,
  });
  box.append(drawn("title", {}, title));
  return box;
}

function vehiclesLine() {
  const columns = data.material.vehicles;
  const most = Math.max(1, ...columns);
  const wide = WIDE / columns.length;
  const corners = columns.flatMap((count, column) => {
    const y = HIGH.vehicles * (1 - count / most);
    return [`${(column * wide).toFixed(2)},${y.toFixed(2)}`, `${((column + 1) * wide).toFixed(2)},${y.toFixed(2)}`];
  });
  return drawn("polygon", {
    class: "vehicles", points: `0,${HIGH.vehicles} ${corners.join(" ")} ${WIDE},${HIGH.vehicles}`,
  });
}

function eventBands(kind) {
  return data.events
    .filter((event) => event.kind === kind)
    .map((event) => rectangle(
      event.start_s, event.end_s, event.uncertain ? `${kind} uncertain` : kind,
      `${capital(kind)}, ${range(event.start_s, event.end_s)}${event.uncertain ? ", uncertain" : ""}`,
    ));
}

function lanes() {
  const most = Math.max(0, ...data.material.vehicles);
  const shots = data.shots.map((shot, index) => rectangle(
    shot.start_s, data.shots[index + 1]?.start_s ?? shot.end_s,
    shot.kind === "footage" ? `shot ${index % 2 ? "odd" : "even"}` : "shot blank",
    `Shot ${index + 1}, ${shot.kind}, ${range(shot.start_s, shot.end_s)}`,
  ));
  const convoys = data.convoys.map((convoy, index) => rectangle(
    convoy.start_s, convoy.end_s, "convoy", `Convoy ${index + 1}, ${range(convoy.start_s, convoy.end_s)}`,
  ));
  const rows = [
    [`Vehicles, 0 to ${most}`, [vehiclesLine()], HIGH.vehicles],
    ["Shots", shots, HIGH.band],
    ["Convoys", convoys, HIGH.band],
    ["Smoke", eventBands("smoke"), HIGH.band],
    ["Fire", eventBands("fire"), HIGH.band],
  ];
  if (data.events.some((event) => event.kind === "flash")) rows.push(["Flashes", eventBands("flash"), HIGH.band]);
  if (data.material.gaps.length) {
    const gaps = data.material.gaps.map(([from, to]) => rectangle(from, to, "gap", `Not read, ${range(from, to)}`));
    rows.push(["Not read", gaps, HIGH.band]);
  }
  return rows;
}

// What there is at a moment, in words: for the line under the timeline and for screen readers.
function inWords(second) {
  const columns = data.material.vehicles;
  const column = Math.min(Math.floor((across(second) / WIDE) * columns.length), columns.length - 1);
  const count = columns[Math.max(column, 0)];
  const after = data.shots.findIndex((shot) => shot.start_s > second);
  const parts = [clock(second), `${count} vehicle${count === 1 ? "" : "s"}`];
  parts.push(`shot ${after === -1 ? data.shots.length : Math.max(after, 1)} of ${data.shots.length}`);
  const there = data.events.filter((event) => event.start_s <= second && second <= event.end_s);
  parts.push(...new Set(there.map((event) => event.kind)));
  if (data.convoys.some((convoy) => convoy.start_s <= second && second <= convoy.end_s)) parts.push("convoy");
  return parts.join(", ");
}

function axis() {
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => make("span", {}, clock(data.start_s + share * length_s)));
  return make("div", { className: "axis", "aria-hidden": "true" }, ...marks);
}

function startTimeline() {
  if (!data.shots.length) return;
  const head = make("div", { className: "head" });
  const slider = make("div", {
    className: "lanes", id: "slider", tabIndex: 0, role: "slider", "aria-label": "Moment in the clip",
    "aria-valuemin": data.start_s, "aria-valuemax": data.end_s,
  });
  const labels = make("div", { className: "labels", "aria-hidden": "true" });
  for (const [label, shapes, height] of lanes()) {
    labels.append(make("span", { className: height === HIGH.band ? "band" : "tall" }, label));
    slider.append(drawn("svg", {
      viewBox: `0 0 ${WIDE} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true",
      class: height === HIGH.band ? "band" : "tall",
    }, ...shapes));
  }
  slider.append(head);
  byId("timeline").append(labels, slider, axis());
  steer(slider);
  whenMoved.push((second) => {
    const words = inWords(second);
    head.style.left = `${Math.min(Math.max(across(second) / WIDE, 0), 1) * 100}%`;
    slider.setAttribute("aria-valuenow", second.toFixed(2));
    slider.setAttribute("aria-valuetext", words);
    byId("now").textContent = words;
  });
  whenMoved.forEach((tell) => tell(moment_s));
}

function steer(slider) {
  const follow = (event) => {
    const place = slider.getBoundingClientRect();
    seek(data.start_s + ((event.clientX - place.left) / place.width) * length_s);
  };
  slider.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    slider.setPointerCapture(event.pointerId);
    follow(event);
  });
  slider.addEventListener("pointermove", (event) => {
    if (slider.hasPointerCapture(event.pointerId)) follow(event);
  });
  const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
  slider.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in steps) seek(moment_s + steps[event.key]);
    else if (event.key === "Home") seek(data.start_s);
    else if (event.key === "End") seek(data.end_s);
    else if (event.key === " ") playOrStop();
    else return;
    event.preventDefault();
  });
}
