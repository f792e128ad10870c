// One key each: / searches, ? lists the keys, g and a letter go somewhere, n watches something new.
const PLACES = { o: "/", i: "/incidents", h: "/heartbeats", c: "/channels" };
const CHORD = 1200;

let chordUntil = 0;

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (act(event.key, event.timeStamp)) event.preventDefault();
  });
}

function act(key, now) {
  const isChord = now < chordUntil;
  chordUntil = 0;
  if (isChord && PLACES[key]) return go(PLACES[key]);
  if (key === "/") return focusSearch();
  if (key === "?") return showKeys();
  if (key === "n") return go("/monitors/add");
  if (key === "g") chordUntil = now + CHORD;
  return false;
}

function isTyping(target) {
  return target.closest?.("input, textarea, select, [contenteditable]") !== null;
}

function go(path) {
  if (!document.getElementById("ways")) return false;
  location.href = path;
  return true;
}

function focusSearch() {
  const search = document.querySelector("input[type=search]");
  search?.focus();
  search?.select();
  return Boolean(search);
}

function showKeys() {
  document.getElementById("keys")?.showModal();
  return true;
}
