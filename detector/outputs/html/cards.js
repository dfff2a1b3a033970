// One card for each finding, built only when it is about to be seen: there may be thousands.

const AT_ONCE = 40; // cards built in one go
const JPEG = "data:image/jpeg;base64,";
const convoyOf = new Map(data.convoys.flatMap((convoy, index) => convoy.tracks.map((track) => [track, index + 1])));

const findings = [
  ...data.events.map((event, index) => ({
    name: `event ${index}`, of: "event", kind: event.kind, shot: event.shot, at_s: event.peak_s, counted: true,
    title: `${capital(event.kind)}`, score: event.score, first_s: event.start_s, last_s: event.end_s,
    lines: [`Strongest at ${clock(event.peak_s)}`, capital(data.sentences.events[index])],
  })),
  ...data.convoys.map((convoy, index) => ({
    name: `convoy ${index}`, of: "convoy", kind: "convoy", shot: shotAt(convoy.start), at_s: convoy.start_s,
    counted: true, title: `Convoy ${index + 1}`, score: null, first_s: convoy.start_s, last_s: convoy.end_s,
    lines: [capital(data.sentences.convoys[index])],
  })),
  ...data.tracks.map((track) => ({
    name: `track ${track.id}`, of: "track", kind: track.class, shot: track.shot, at_s: track.first_s,
    counted: track.counted, title: `Vehicle ${track.id}: ${className(track.class)}`,
    score: track.score, first_s: track.first_s, last_s: track.last_s, lines: trackLines(track),
  })),
];

function shotAt(frame) {
  return data.shots.findIndex((shot) => shot.start <= frame && frame <= shot.end);
}

function trackLines(track) {
  const lines = [`${Math.round(track.class_share * 100)}% of the vote for this kind`];
  if (convoyOf.has(track.id)) lines.push(`In convoy ${convoyOf.get(track.id)}`);
  if (track.burning || track.smoking) lines.push(track.burning ? "On fire" : "Smoke comes from it");
  if (!track.counted) lines.push("Not in the count: more likely none, or another again");
  return lines;
}

function said(name) {
  const found = verdicts.get(name);
  if (!found) return "";
  return `A person: ${found.verdict === "relabelled" ? `it is ${className(found.label)}` : found.verdict}`;
}

function card(finding) {
  const picture = data.material.pictures[finding.name];
  const title = make("h3", { id: `title-${finding.name.replace(" ", "-")}` }, finding.title);
  const made = make(
    "article",
    { className: `card ${finding.of}`, tabIndex: 0, "aria-labelledby": title.id, "data-name": finding.name },
    make(
      "button",
      { type: "button", className: "picture", tabIndex: -1, title: "Show in the video", "data-seek": finding.at_s },
      picture ? make("img", { src: JPEG + picture, alt: finding.title, decoding: "async" }) : "no picture",
    ),
    title,
    make(
      "p", { className: "when" },
      seekButton(finding.at_s, range(finding.first_s, finding.last_s)),
      `, shot ${finding.shot + 1}`,
      finding.score === null ? "" : `, score ${finding.score.toFixed(2)}`,
    ),
    ...finding.lines.map((line) => make("p", { className: "line" }, line)),
    buttons(finding),
    make("p", { className: "said" }),
  );
  mark(made);
  return made;
}

function seekButton(second, text) {
  return make("button", { type: "button", className: "time", "data-seek": second }, text);
}

function buttons(finding) {
  const choice = make("select", { "aria-label": `${finding.title}: it is something else`, className: "relabel" });
  choice.append(make("option", { value: "" }, "Relabel …"));
  for (const label of data.labels[finding.of]) choice.append(make("option", { value: label }, className(label)));
  return make(
    "div", { className: "buttons" },
    make("button", { type: "button", "data-verdict": "confirmed", "aria-pressed": "false" }, "Confirm"),
    make("button", { type: "button", "data-verdict": "rejected", "aria-pressed": "false" }, "Reject"),
    choice,
  );
}

// Show on a card what was said of it.
function mark(made) {
  const found = verdicts.get(made.dataset.name);
  made.dataset.verdict = found?.verdict ?? "";
  for (const button of made.querySelectorAll("[data-verdict]")) {
    button.setAttribute("aria-pressed", String(button.dataset.verdict === found?.verdict));
  }
  made.querySelector("select").value = found?.label ?? "";
  made.querySelector(".said").textContent = said(made.dataset.name);
}

// The findings of a filter, a few at a time.
const shown = { list: [], built: 0 };

function buildMore(count = AT_ONCE) {
  const next = shown.list.slice(shown.built, shown.built + count);
  shown.built += next.length;
  byId("cards").append(...next.map(card));
}

function showFindings(list) {
  shown.list = list;
  shown.built = 0;
  byId("cards").replaceChildren();
  buildMore();
  byId("shown").textContent = list.length === findings.length
    ? `${findings.length} findings.` : `${list.length} of ${findings.length} findings shown.`;
}
