// The video, where there is one, and the moment that is looked at, which there always is.

const LANDING_S = 0.001; // a little after a stamp, so that rounding cannot land on the frame before
const video = byId("video");
const whenMoved = []; // called with the second of the clip that is looked at
let moment_s = data.start_s;

function clipSecond() {
  return video.currentTime - data.material.video_start_s + data.start_s;
}

function seek(second) {
  moment_s = Math.min(Math.max(second, data.start_s), data.end_s);
  if (video && !video.hidden) video.currentTime = moment_s - data.start_s + data.material.video_start_s + LANDING_S;
  whenMoved.forEach((tell) => tell(moment_s));
}

function playOrStop() {
  if (!video || video.hidden) return;
  if (video.paused) video.play();
  else video.pause();
}

function missing() {
  video.hidden = true;
  byId("no-video").hidden = false;
}

function startPlayer() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-seek]");
    if (button) show(Number(button.dataset.seek));
  });
  if (!video) return;
  video.addEventListener("error", missing);
  if (video.error) missing();
  video.addEventListener("timeupdate", () => {
    moment_s = clipSecond();
    whenMoved.forEach((tell) => tell(moment_s));
  });
}

// Seek, and bring the player into view where it is not beside the cards.
function show(second) {
  seek(second);
  const place = byId("timeline").parentElement.getBoundingClientRect();
  if (place.bottom < 80 || place.top > window.innerHeight - 80) byId("timeline").parentElement.scrollIntoView();
}
