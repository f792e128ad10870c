// What every page runs. Pages work without it: it makes them live, quick and installable.
import { watchAsking } from "./asking.js";
import { offerCopying } from "./copying.js";
import { fillZones } from "./zones.js";
import { hintInstalling, registerWorker } from "./installing.js";
import { listenToKeys } from "./keys.js";
import { startLive } from "./live.js";
import { tendToasts } from "./toasts.js";

offerCopying(document);
fillZones(document);
watchAsking();
listenToKeys();
tendToasts();
hintInstalling();
registerWorker();
startLive();

if (document.querySelector("[data-chart]")) {
  import("./chart.js").then(({ drawCharts }) => drawCharts());
}

document.addEventListener("htmx:after:swap", () => offerCopying(document));
