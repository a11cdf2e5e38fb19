// Coverage of every site, by sector or over time: a table with shades and figures, to be sorted and searched.

const gridState = { columns: "sectors", period: ALL, sector: null, order: "need", find: "" };

function gridColumns() {
  if (gridState.columns === "sectors")
    return data.sectors.map((name, sector) => ({ name, of: (site) => coverage(site, sector, gridState.period) }));
  return data.periods.map((period) => ({ name: String(period), of: (site) => coverage(site, gridState.sector, period) }));
}

const ORDERS = {
  need: (one, other) => other.sum.people - one.sum.people,
  least: (one, other) => (one.sum.share ?? 2) - (other.sum.share ?? 2) || other.sum.people - one.sum.people,
  name: (one, other) => places.name[one.site].localeCompare(places.name[other.site]),
};

function gridRows() {
  const period = gridState.columns === "sectors" ? gridState.period : ALL;
  const sector = gridState.columns === "sectors" ? null : gridState.sector;
  const wanted = gridState.find.trim().toLocaleLowerCase();
  const rows = data.sites.map((site) => {
    const sum = coverage(site, sector, period);
    return { site, sum: { people: sum.people, share: sum.people > 0 ? sum.share : undefined } };
  });
  const found = rows.filter(({ site }) => `${places.name[site]} ${places.region[site]}`.toLocaleLowerCase().includes(wanted));
  return found.sort(ORDERS[gridState.order]);
}

function gridCell(sum) {
  if (!(sum.people > 0)) return element("td", { class: "n h" });
  const told = `${number(sum.reached)} of ${number(sum.people)}`;
  return element("td", { class: "n h h" + coverageClass(sum.share), title: told }, percent(sum.share));
}

function drawGrid() {
  const columns = gridColumns();
  const rows = gridRows();
  const heads = columns.map(({ name }) => element("th", { scope: "col", class: "n" }, named(name)));
  const table = byId("grid").querySelector("table");
  table.tHead.replaceChildren(element("tr", {}, element("th", { scope: "col" }, "Site"), element("th", { scope: "col", class: "n" }, "In need"), ...heads));
  table.tBodies[0].replaceChildren(...rows.map(({ site, sum }) => element("tr", {},
    element("th", { scope: "row" }, named(places.name[site])),
    element("td", { class: "n" }, number(sum.people)),
    ...columns.map(({ of }) => gridCell(of(site))))));
  const what = gridState.columns === "sectors" ? `by sector, ${periodName(gridState.period)}` : `by period, ${gridState.sector === null ? "all sectors" : data.sectors[gridState.sector]}`;
  table.caption.replaceChildren(`Share of people covered, `, named(what), ` (${rows.length.toLocaleString("en")} sites)`);
}

function startGrid() {
  if (!byId("grid-controls")) return;
  const choices = periodChoices.map((period) => [`sectors ${period}`, `sectors, ${periodName(period)}`]);
  if (data.periods.length > 1) {
    choices.push(["periods ", "over time, all sectors"]);
    data.sectors.forEach((name, sector) => choices.push([`periods ${sector}`, `over time, ${name}`]));
  }
  options(byId("grid-columns"), choices);
  byId("grid-columns").addEventListener("change", (event) => {
    const [columns, which] = event.target.value.split(" ");
    gridState.columns = columns;
    if (columns === "sectors") gridState.period = Number(which);
    else gridState.sector = which === "" ? null : Number(which);
    drawGrid();
  });
  byId("grid-order").addEventListener("change", (event) => { gridState.order = event.target.value; drawGrid(); });
  byId("grid-find").addEventListener("input", (event) => { gridState.find = event.target.value; drawGrid(); });
  show("grid-controls");
}
