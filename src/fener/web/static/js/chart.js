// The latency chart: phases stacked upon one another, drawn by uPlot, told in the reader's language.
// Long spans know no phases: then it is the mean, and within which time most checks were done.
const PHASES = ["dns", "connect", "tls", "first_byte", "transfer"];
const HEIGHT = 240;
const NARROW = 480;
const REREAD = 30000;
const FEW = 60;

export function drawCharts() {
  for (const box of document.querySelectorAll("[data-chart]")) draw(box);
}

async function draw(box) {
  if (!window.uPlot) return;
  let columns = await read(box);
  let chart = null;
  const redraw = () => {
    chart?.destroy();
    chart = null;
    box.querySelector("[data-empty]").hidden = columns.at.length > 0;
    tellFigures(columns.within);
    if (!columns.at.length) return;
    const layers = layersOf(columns);
    const data = [columns.at, ...layers.map((layer) => layer.heights)];
    chart = new window.uPlot(options(box, columns, layers), data, box);
  };
  redraw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new ResizeObserver(() => chart?.setSize({ width: box.clientWidth, height: HEIGHT })).observe(box);
  let readAt = performance.now();
  document.addEventListener("fener:changes", async () => {
    if (performance.now() - readAt < REREAD) return;
    readAt = performance.now();
    columns = await read(box);
    redraw();
  });
}

async function read(box) {
  const answer = await fetch(box.dataset.chart);
  return answer.ok ? answer.json() : { at: [] };
}

function tellFigures(within = {}) {
  for (const [name, figure] of Object.entries(within)) {
    const place = document.querySelector(`[data-within="${name}"]`);
    if (place) place.textContent = figure;
  }
}

// From the one drawn first to the one drawn last; `name` is of the column that a layer tells.
function layersOf(columns) {
  const phases = PHASES.filter((phase) => has(columns[phase]));
  if (phases.length) return stacked(columns, phases);
  const total = { name: "total", colour: "--phase-connect", isFilled: true, heights: columns.total };
  const slow = { name: "p95", colour: "--phase-tls", isFilled: false, heights: columns.p95 };
  return has(columns.p95) ? [total, slow] : [total];
}

const has = (column) => column.some((value) => value);

// The tallest sum is drawn first, so that each lower one covers its own part.
function stacked(columns, phases) {
  const layers = [];
  let below = columns.at.map(() => 0);
  for (const phase of phases) {
    below = below.map((sum, at) => sum + (columns[phase][at] ?? 0));
    const heights = below.map((sum, at) => (columns.total[at] === null ? null : sum));
    layers.unshift({ name: phase, colour: `--phase-${phase.replace("_", "-")}`, isFilled: true, heights });
  }
  return layers;
}

function options(box, columns, layers) {
  const { locale, time } = box.dataset;
  const zone = document.documentElement.dataset.zone;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium", timeZone: zone });
  const milliseconds = new Intl.NumberFormat(locale, { style: "unit", unit: "millisecond", maximumFractionDigits: 1 });
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => resolved(box, style.getPropertyValue(name));
  const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: `12px ${style.getPropertyValue("--font")}` };
  return {
    width: box.clientWidth,
    height: HEIGHT,
    tzDate: (seconds) => window.uPlot.tzDate(new Date(seconds * 1000), zone),
    cursor: { drag: { x: true, y: false }, points: { size: 6 } },
    scales: {
      x: { range: (_, low, high) => (isWhole(columns.at, low, high) ? columns.shown : [low, high]) },
      y: { range: (_, low, high) => [0, Math.max(high * 1.1, 1)] },
    },
    axes: [
      { ...axis, space: box.clientWidth < NARROW ? 70 : 90, values: (_, splits) => timeLabels(splits, locale, zone) },
      { ...axis, size: 64, values: (_, splits) => splits.map((value) => milliseconds.format(value)) },
    ],
    series: [
      { label: time, value: (_, at) => (at === null ? "–" : moment.format(at * 1000)) },
      ...layers.map((layer) => ({
        label: box.dataset[camel(layer.name)],
        stroke: colour(layer.colour),
        fill: layer.isFilled ? colour(layer.colour) + "66" : null,
        width: layer.isFilled ? 1 : 2,
        spanGaps: false,
        points: { show: columns.at.length < FEW, size: 4 },
        value: (_, __, ___, at) => (at === null || columns[layer.name][at] === null ? "–" : `${number.format(columns[layer.name][at])} ms`),
      })),
    ],
  };
}

// Nobody has zoomed in: then the whole span is shown, also where the first checks are only minutes old.
function isWhole(at, low, high) {
  return low <= at[0] && high >= at.at(-1);
}

function timeLabels(splits, locale, zone) {
  const isLong = splits.length > 1 && splits.at(-1) - splits[0] > 36 * 3600;
  const format = new Intl.DateTimeFormat(locale, isLong
    ? { day: "numeric", month: "short", timeZone: zone }
    : { hour: "2-digit", minute: "2-digit", timeZone: zone });
  return splits.map((at) => format.format(at * 1000));
}

const camel = (phase) => phase.replace(/_(.)/, (_, letter) => letter.toUpperCase());

// A canvas needs the colour itself, not light-dark() of two.
function resolved(box, text) {
  const probe = document.createElement("span");
  probe.style.color = text;
  box.append(probe);
  const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
  probe.remove();
  return "#" + [red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("");
}
