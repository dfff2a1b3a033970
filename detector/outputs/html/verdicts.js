// What the person at the page says of the findings: kept in this browser, saved as review.json.

const KEPT_AS = `detect review ${data.clip.sha256} ${data.findings_sha256}`;
const SAYABLE = ["confirmed", "rejected", "relabelled"];
const known = new Set([
  ...data.tracks.map((track) => `track ${track.id}`),
  ...data.convoys.map((_, index) => `convoy ${index}`),
  ...data.events.map((_, index) => `event ${index}`),
]);
const verdicts = new Map(); // "track 7" to { verdict, label }
let keeps = true; // whether the browser lets the page keep anything

function accept(entries) {
  for (const { of, id, verdict, label } of entries) {
    const fits = verdict === "relabelled" ? data.labels[of]?.includes(label) : !label;
    const name = `${of} ${id}`;
    if (known.has(name) && SAYABLE.includes(verdict) && fits) verdicts.set(name, { verdict, label: label ?? null });
  }
}

// What was kept here comes before what the report brought along: it is what this person did last.
function startVerdicts() {
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem(KEPT_AS));
  } catch {
    keeps = false;
  }
  accept(Array.isArray(kept) ? kept : data.review?.verdicts ?? []);
}

function entries() {
  return [...verdicts].map(([name, { verdict, label }]) => {
    const [of, id] = name.split(" ");
    return label === null ? { of, id: Number(id), verdict } : { of, id: Number(id), verdict, label };
  });
}

function keep() {
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify(entries()));
  } catch {
    keeps = false;
  }
}

function judge(name, verdict, label = null) {
  if (verdict === null) verdicts.delete(name);
  else verdicts.set(name, { verdict, label });
  keep();
}

function forgetAll() {
  verdicts.clear();
  keep();
}

function reviewDocument() {
  return {
    schema: data.review_schema,
    clip: data.clip,
    findings_sha256: data.findings_sha256,
    saved: new Date().toISOString(),
    verdicts: entries(),
  };
}

function saveReview() {
  const text = `${JSON.stringify(reviewDocument(), null, 2)}\n`;
  const link = make("a", {
    href: URL.createObjectURL(new Blob([text], { type: "application/json" })), download: "review.json",
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function judgedInWords() {
  const judged = verdicts.size ? `${verdicts.size} of ${known.size} judged.` : "None judged yet.";
  const kept = "Verdicts are kept in this browser.";
  return `${judged} ${keeps ? kept : "This browser keeps nothing: save before you close the page."}`;
}
