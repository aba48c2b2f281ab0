/* Draws the charts of the figures from the tables that stand beside them. Without it, the tables say the same. */
(() => {
  "use strict";
  const COLOURS = ["--blue", "--accent", "--violet"];
  const HEIGHT = 220;
  const drawn = new Set();

  const colour = (name) => {
    // A canvas does not know light-dark(): let an element compute it.
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const computed = getComputedStyle(probe).color;
    probe.remove();
    return computed;
  };

  const numbersOf = (table, columns) => {
    const heads = [...table.tHead.rows[0].cells];
    const places = columns.map((name) => heads.findIndex((head) => head.dataset.name === name));
    const rows = [...table.tBodies[0].rows];
    return {
      labels: places.map((place) => heads[place].textContent),
      days: rows.map((row) => Date.parse(row.querySelector("time").dateTime) / 1000),
      values: places.map((place) => rows.map((row) => Number(row.cells[place].textContent))),
    };
  };

  const axis = (more) => ({ stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: "12px Inter, system-ui, sans-serif", ...more });

  const draw = (figure) => {
    const { labels, days, values } = numbersOf(document.getElementById(figure.dataset.chart), figure.dataset.columns.split(" "));
    const series = labels.map((label, at) => ({ label, stroke: colour(COLOURS[at]), width: 2, points: { show: days.length < 45, size: 5 } }));
    const options = {
      width: figure.clientWidth,
      height: HEIGHT,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
      scales: { y: { range: (chart, least, most) => [0, Math.max(4, most * 1.1)] } },
      axes: [axis({ values: (chart, moments) => moments.map((moment) => new Date(moment * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" })) , space: 70, incrs: [1, 2, 7, 14, 28, 56].map((each) => each * 86400) }), axis({ size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] })],
      series: [{ label: "Day", value: (chart, moment) => (moment == null ? "" : new Date(moment * 1000).toISOString().slice(0, 10)) }, ...series],
      cursor: { y: false, drag: { setScale: false } },
    };
    figure.querySelector(".uplot")?.remove();
    const chart = new uPlot(options, [days, ...values], figure);
    chart.root.setAttribute("aria-hidden", "true"); // its table is read instead
    return chart;
  };

  // Two bars for each row of a table: how many there are, and how many were expected.
  const drawBars = (figure) => {
    const table = document.getElementById(figure.dataset.bars);
    const rows = [...table.tBodies[0].rows].slice(0, 12);
    const heads = [...table.tHead.rows[0].cells];
    const values = ["count", "expected"].map((name) => {
      const place = heads.findIndex((head) => head.dataset.name === name);
      return rows.map((row) => Number(row.cells[place].textContent));
    });
    const bars = uPlot.paths.bars;
    const names = rows.map((row) => [...row.cells[0].querySelectorAll(".trait")].map((trait) => trait.lastChild.textContent.trim()).join(" · "));
    const series = ["Issues", "Expected"].map((label, at) => ({ label, stroke: colour(COLOURS[at]), fill: colour(COLOURS[at]), paths: bars({ size: [0.3, 40], align: at ? 1 : -1, gap: 2 }), points: { show: false } }));
    const options = {
      width: figure.clientWidth,
      height: HEIGHT,
      scales: { x: { time: false, range: () => [-0.6, rows.length - 0.4] }, y: { range: (chart, least, most) => [0, Math.max(4, most * 1.1)] } },
      axes: [axis({ values: (chart, places) => places.map((place) => (Number.isInteger(place) && figure.clientWidth > 140 * rows.length ? names[place] : place + 1)), incrs: [1], grid: { show: false } }), axis({ size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] })],
      series: [{ label: "Pattern", value: (chart, place) => (place == null ? "" : names[place]) }, ...series],
      cursor: { y: false, drag: { setScale: false } },
    };
    figure.querySelector(".uplot")?.remove();
    const chart = new uPlot(options, [rows.map((row, at) => at), ...values], figure);
    chart.root.setAttribute("aria-hidden", "true");
    return chart;
  };

  const drawAll = () => {
    drawn.clear();
    document.querySelectorAll("figure[data-bars]").forEach((figure) => drawn.add([figure, drawBars(figure)]));
    document.querySelectorAll("figure[data-chart]").forEach((figure) => drawn.add([figure, draw(figure)]));
  };

  document.addEventListener("DOMContentLoaded", drawAll);
  document.addEventListener("htmx:afterSwap", drawAll); // in one step with the tables: nobody sees the page without them
  addEventListener("resize", () => drawn.forEach(([figure, chart]) => chart.setSize({ width: figure.clientWidth, height: HEIGHT })));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
})();
