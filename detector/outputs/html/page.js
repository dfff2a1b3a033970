// Filters, keys and buttons, and the start of everything.

const MADE_OF = { "": "Everything", track: "Vehicles", convoy: "Convoys", event: "Smoke and fire" };
const JUDGED = {
  "": "Judged or not", open: "Not judged yet", confirmed: "Confirmed", rejected: "Rejected", relabelled: "Relabelled",
};

function choice(name, label, options) {
  const select = make("select", { name });
  for (const [value, text] of Object.entries(options)) select.append(make("option", { value }, text));
  return make("label", {}, make("span", {}, label), select);
}

function startFilters() {
  const form = byId("filters");
  const kinds = [...new Set(data.tracks.map((track) => track.class))].map((kind) => [`is ${kind}`, className(kind)]);
  // No bare numbers as keys: an object would put them before the empty one.
  const shots = data.shots.map((_, index) => [`is ${index}`, `Shot ${index + 1}`]);
  form.append(
    choice("of", "Show", MADE_OF),
    choice("kind", "Kind", { "": "All kinds", ...Object.fromEntries(kinds) }),
    choice("shot", "Shot", { "": "All shots", ...Object.fromEntries(shots) }),
    choice("judged", "Verdict", JUDGED),
  );
  if (findings.some((finding) => !finding.counted)) {
    form.append(make("label", {}, make("input", { type: "checkbox", name: "counted" }), " only what is counted"));
  }
  form.addEventListener("change", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
}

function filter() {
  const wanted = Object.fromEntries(new FormData(byId("filters")));
  showFindings(findings.filter((finding) => {
    const verdict = verdicts.get(finding.name)?.verdict ?? "open";
    return (!wanted.of || wanted.of === finding.of)
      && (!wanted.kind || wanted.kind === `is ${finding.kind}`)
      && (!wanted.shot || wanted.shot === `is ${finding.shot}`)
      && (!wanted.judged || wanted.judged === verdict)
      && (!wanted.counted || finding.counted);
  }));
}

function decide(made, verdict, label = null) {
  judge(made.dataset.name, verdict, label);
  mark(made);
  byId("judged").textContent = judgedInWords();
  byId("saved").textContent = "";
}

function startJudging() {
  const cards = byId("cards");
  cards.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-verdict]");
    if (!button) return;
    const pressed = button.getAttribute("aria-pressed") === "true";
    decide(button.closest(".card"), pressed ? null : button.dataset.verdict);
  });
  cards.addEventListener("change", (event) => {
    const label = event.target.value;
    decide(event.target.closest(".card"), label ? "relabelled" : null, label || null);
  });
  byId("save").addEventListener("click", () => {
    saveReview();
    byId("saved").textContent = "Saved as review.json. Put it into the folder of this page; "
      + "detect --apply-review review.json then writes it into the report.";
  });
  byId("forget").addEventListener("click", () => {
    if (!verdicts.size || !window.confirm(`Forget ${verdicts.size} verdicts?`)) return;
    forgetAll();
    cards.querySelectorAll(".card").forEach(mark);
    byId("judged").textContent = judgedInWords();
  });
}

function step(made, back) {
  if (!back && !made.nextElementSibling) buildMore();
  const next = back ? made.previousElementSibling : made.nextElementSibling;
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

// Letters work only while a card has the focus, so that they cannot get in the way of anything else.
function startKeys() {
  byId("cards").addEventListener("keydown", (event) => {
    const made = event.target;
    if (!made.classList.contains("card") || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = {
      j: () => step(made, false),
      k: () => step(made, true),
      c: () => decide(made, "confirmed"),
      r: () => decide(made, "rejected"),
      u: () => decide(made, null),
      l: () => made.querySelector("select").focus(),
      Enter: () => seek(Number(made.querySelector(".time").dataset.seek)),
    };
    if (!(event.key in keys)) return;
    keys[event.key]();
    event.preventDefault();
  });
}

startPlayer();
startTimeline();
startVerdicts();
startFilters();
filter();
startJudging();
startKeys();
byId("judged").textContent = judgedInWords();
new IntersectionObserver((seen) => {
  if (seen.some((place) => place.isIntersecting)) buildMore();
}, { rootMargin: "600px" }).observe(byId("more"));
window.addEventListener("beforeprint", () => buildMore(shown.list.length));
