// What pages do beyond links and forms: keys, copying, and a trial that is watched in place. All works without it too.
"use strict";

const typing = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const search = document.getElementById("find");
  if (event.key === "/" && search && !typing(event.target)) {
    event.preventDefault();
    search.focus();
    search.select();
    return;
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  if (typing(event.target) && event.target !== search) return;
  const names = [...document.querySelectorAll("#hits .name")];
  const at = names.indexOf(document.activeElement);
  // A click on the page, or the skip link, leaves the focus on the page's main part.
  const nowhere = event.target === document.body || event.target.id === "main";
  if (!names.length || (at < 0 && event.target !== search && !nowhere)) return;
  if (at < 0 && event.key === "ArrowUp") return;
  event.preventDefault();
  if (event.key === "ArrowUp" && at === 0) {
    if (search) search.focus();
    return;
  }
  const next = names[event.key === "ArrowDown" ? Math.min(at + 1, names.length - 1) : at - 1];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
});

for (const button of document.querySelectorAll("[data-copy]")) {
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy).textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "✓";
      setTimeout(() => { button.textContent = label; }, 1500);
    } catch {
      getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
    }
  });
}

const wide = matchMedia("(min-width: 48rem)");
const unfold = () => {
  // On a narrow screen they would stand before the results; what is chosen stands above as chips.
  // Who opened them there goes on choosing.
  const wanted = sessionStorage.getItem("zukan-filters") === "open";
  for (const filters of document.querySelectorAll(".all-filters")) filters.open = wide.matches || wanted || "chosen" in filters.dataset;
};
unfold();
wide.addEventListener("change", unfold);
for (const summary of document.querySelectorAll(".all-filters > summary")) {
  summary.addEventListener("click", () => sessionStorage.setItem("zukan-filters", summary.parentElement.open ? "shut" : "open"));
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// Whether it was left to its end.
async function watch(form, place, model) {
  const stop = document.querySelector("[data-trial-stop]");
  let whole = true;
  const button = form.querySelector("button");
  const body = new URLSearchParams(new FormData(form));
  if (model) body.set("model", model);
  // Not disabled: that would take the focus from whoever pressed it.
  button.setAttribute("aria-disabled", "true");
  try {
    const started = await fetch(form.action, { method: "POST", body, headers: { accept: "text/html" } });
    if (!started.redirected) {
      show(place, await started.text());
      return whole;
    }
    const address = new URL(started.url).pathname;
    stop.hidden = false;
    stop.onclick = () => {
      whole = false;
      fetch(`${address}/stop`, { method: "POST", body: new URLSearchParams({ token: body.get("token") }) }).catch(() => unanswered(place));
    };
    for (;;) {
      const answer = await fetch(`${address}?part=1`);
      show(place, await answer.text());
      if (!answer.ok || place.querySelector("[data-over=yes]")) return whole;
      await pause(400);
    }
  } finally {
    button.removeAttribute("aria-disabled");
    if (stop) {
      if (document.activeElement === stop) button.focus();
      stop.hidden = true;
    }
  }
}

// The server has escaped everything; of a whole page only what it says is taken.
function show(place, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const piece = page.querySelector(".trial") || page.querySelector(".warn");
  // What has not changed is not said again to who listens, and stays selected.
  if (piece && place.firstElementChild && place.firstElementChild.outerHTML === piece.outerHTML) return;
  if (piece) place.replaceChildren(piece);
  else place.textContent = html.slice(0, 300);
}

// What a browser says of a server that is gone helps nobody.
function unanswered(place) {
  const said = document.createElement("p");
  said.className = "warn";
  said.setAttribute("role", "alert");
  said.textContent = document.getElementById("main").dataset.silent;
  place.replaceChildren(said);
}

// The same question to every model of a comparison, one after the other.
for (const part of document.querySelectorAll("[data-trial-all-place]")) part.hidden = false;
for (const form of document.querySelectorAll("form[data-trial-all]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.querySelector("[aria-disabled=true]")) return;
    document.querySelector("[data-trial-row]").hidden = false;
    for (const place of document.querySelectorAll("[data-trial-model]")) {
      try {
        if (!(await watch(form, place, place.dataset.trialModel))) return;
      } catch {
        unanswered(place);
        return;
      }
    }
  });
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-trial]")) return;
  const place = event.target.closest("[data-trial-model]") || document.querySelector("[data-trial-place]");
  if (!place) return;
  event.preventDefault();
  if (event.target.querySelector("[aria-disabled=true]")) return;
  watch(event.target, place).catch(() => unanswered(place));
});
