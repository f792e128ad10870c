// The installed app: its service worker, and the hint how to install, hidden once it is.
const STANDALONE = window.matchMedia("(display-mode: standalone)");

export function hintInstalling() {
  const show = () => {
    const isInstalled = STANDALONE.matches || navigator.standalone === true;
    for (const hint of document.querySelectorAll("[data-install-hint]")) {
      hint.hidden = isInstalled;
    }
  };
  show();
  STANDALONE.addEventListener("change", show);
  window.addEventListener("appinstalled", () => {
    for (const hint of document.querySelectorAll("[data-install-hint]")) hint.hidden = true;
  });
}

export function registerWorker() {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/service-worker.js").catch(() => {
    // private windows and plain HTTP have none: the page works without it
  });
}
