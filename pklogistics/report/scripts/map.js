// The map: sites sized by need and coloured by coverage, posts, depots, flows, and the way to the next surgeon.

const places = data.places;
const onMap = (place) => places.x[place] !== null;
const at = (place) => [places.x[place], places.y[place]];
const mapState = { sector: null, period: ALL, site: null, whole: false, engaged: false };
const KM_PER_DEGREE = 111.2;
const NAME_MARGIN = 3; // Pixels between a name and the edge.
const layer = (name) => byId("map-show-" + name)?.checked ?? false;

function frame(shown, margin) {
  const xs = shown.map((place) => places.x[place]);
  const ys = shown.map((place) => places.y[place]);
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const more = margin * Math.max(east - west, north - south, 0.2);
  return [[west - more, north + more], [east + more, south - more]];
}

// What is in sight at first: the sites; far ports are found with the button for everything.
function sight() {
  const all = places.x.map((_, place) => place).filter(onMap);
  const sites = all.filter((place) => !places.depot[place]);
  return frame(mapState.whole || !sites.length ? all : sites, 0.06);
}

function flat([[west, north], [east, south]]) {
  const ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
  const geometry = { type: "Polygon", coordinates: [ring] };
  return { type: "FeatureCollection", features: [{ type: "Feature", properties: { name: "" }, geometry }] };
}

function siteItems(period) {
  const narrow = byId("map-chart").clientWidth < 500;
  const found = data.sites.filter(onMap).map((site) => ({ site, ...coverage(site, mapState.sector, period) }));
  const most = Math.max(1, ...found.map((each) => each.people));
  const largest = (narrow ? 17 : 26) / (found.length > 150 ? 2 : 1);
  for (const each of found) each.radius = Math.max(4, largest * Math.sqrt(each.people / most));
  return found.sort((one, other) => other.radius - one.radius);
}

function siteText({ site, people, reached, served, share }) {
  const where = places.region[site] ? [", ", named(places.region[site])] : [];
  const post = postRow(site, mapState.period);
  const persons = post === undefined ? 0 : data.posts.persons[post];
  return lines(
    element("strong", {}, named(places.name[site]), ...where),
    people > 0 ? `${percent(share)} covered: ${number(reached)} of ${number(people)} in need` : "nobody in need",
    people > 0 && `${number(served)} by this plan, ${number(Math.max(0, people - reached))} by nobody`,
    persons > 0 && `${number(persons)} troops and police`,
  );
}

function postItems(items, color) {
  const held = items.map((each) => ({ ...each, row: postRow(each.site, mapState.period) }));
  const some = held.filter(({ row }) => row !== undefined && data.posts.persons[row] > 0);
  return some.map(({ site, radius, row }) => ({
    value: at(site),
    tell: () => postText(site, row),
    site,
    symbolSize: 7 + Math.min(7, Math.sqrt(data.posts.persons[row]) / 4),
    symbolOffset: [radius * 0.75 + 3, -radius * 0.75 - 3],
    itemStyle: { color: color("post"), borderColor: color("paper"), borderWidth: 1 },
  }));
}

// What is counted at the end of a period is that of the last one, where all of them are shown.
const atTheEnd = data.count > 1 ? `, period ${data.periods[data.periods.length - 1]}` : "";

function postText(site, row) {
  const { persons, units, texts, security, required, surgeon, minutes } = data.posts;
  const reach = surgeon[row] < 0 ? null : ["surgeon: ", named(places.name[surgeon[row]]), `, ${minutes[row]} minutes`];
  return lines(
    element("strong", {}, "Post at ", named(places.name[site]), mapState.period === ALL ? atTheEnd : ""),
    `${number(persons[row])} persons`,
    named(texts[units[row]]),
    required[row] > 0 && `security ${number(security[row])} of ${number(required[row])} points`,
    reach && element("span", {}, ...reach),
  );
}

function depotItems(color) {
  const depots = places.x.map((_, place) => place).filter((place) => places.depot[place] && onMap(place));
  return depots.map((place) => {
    const row = stockRow(place, mapState.period);
    const tonnes = row === undefined ? 0 : data.stock.tonnes[row];
    return {
      value: at(place),
      tell: () => lines(element("strong", {}, "Depot ", named(places.name[place]), mapState.period === ALL ? atTheEnd : ""), `${number(tonnes)} t on hand at the end`),
      symbolSize: 12,
      itemStyle: { color: color("depot"), borderColor: color("paper"), borderWidth: 1 },
    };
  });
}

function flowItems(color) {
  const { from, to, period, tonnes, escort, mode, modes } = data.flows;
  const rows = from.map((_, row) => row).filter((row) => period[row] === mapState.period);
  const shown = rows.filter((row) => onMap(from[row]) && onMap(to[row]) && String(at(from[row])) !== String(at(to[row])));
  const most = Math.max(1, ...shown.map((row) => tonnes[row]));
  const widest = shown.length > 150 ? 2.5 : 5; // Where there are many, thinner ones are told apart.
  return shown.map((row) => ({
    coords: [at(from[row]), at(to[row])],
    tell: () => lines(
      element("strong", {}, named(places.name[from[row]]), " → ", named(places.name[to[row]])),
      element("span", {}, `${number(tonnes[row])} t by `, named(modes[mode[row]]), escort[row] ? ", under escort" : "", mapState.period === ALL && data.count > 1 ? ", all periods" : ""),
    ),
    lineStyle: { color: color("flow"), width: 1 + widest * Math.sqrt(tonnes[row] / most), type: escort[row] ? "dashed" : "solid" },
  }));
}

function reachItems(items, color) {
  const rows = items.map(({ site }) => [site, postRow(site, mapState.period)]);
  const known = rows.filter(([site, row]) => row !== undefined && data.posts.surgeon[row] >= 0 && data.posts.surgeon[row] !== site);
  return known.filter(([, row]) => onMap(data.posts.surgeon[row])).map(([site, row]) => ({
    coords: [at(site), at(data.posts.surgeon[row])],
    tell: () => postText(site, row),
    lineStyle: { color: color("reach"), width: 1.5, type: "dotted" },
  }));
}

const bySeverity = (color) => (each) => color(Number.isFinite(each.share) ? "c" + coverageClass(each.share) : "empty");

function siteSeries(items, color) {
  const shade = bySeverity(color);
  const chosen = items.filter((each) => each.site === mapState.site);
  return [
    {
      type: "scatter", coordinateSystem: "geo", z: 4,
      data: items.map((each) => ({
        value: at(each.site), site: each.site, tell: () => siteText(each), symbolSize: 2 * each.radius,
        itemStyle: { color: color("paper"), opacity: 0.85, borderColor: shade(each), borderWidth: 2 },
      })),
      emphasis: { scale: 1.1 },
    },
    {
      // The disc inside fills as much of the circle as there are people reached: read without any colour.
      type: "scatter", coordinateSystem: "geo", z: 5, silent: true,
      data: items.filter((each) => each.share > 0).map((each) => ({
        value: at(each.site), symbolSize: 2 * each.radius * Math.sqrt(each.share), itemStyle: { color: shade(each), opacity: 0.95 },
      })),
    },
    {
      type: "scatter", coordinateSystem: "geo", z: 6, silent: true,
      data: chosen.map((each) => ({ value: at(each.site), symbolSize: 2 * each.radius + 10 })),
      itemStyle: { color: "transparent", borderColor: color("ink"), borderWidth: 2.5 },
    },
    {
      // Names lie over all circles, and give way to one another.
      type: "scatter", coordinateSystem: "geo", z: 8, silent: true, labelLayout: inside,
      data: items.map((each) => ({ value: at(each.site), symbolSize: 2 * each.radius, label: { formatter: label(places.name[each.site]) } })),
      itemStyle: { color: "transparent" },
      label: { show: layer("names"), position: "bottom", distance: 4, ...textStyle(color), color: color("ink"), fontSize: 11, textBorderColor: color("ground"), textBorderWidth: 4 },
    },
  ];
}

// A name that would be cut by the edge of the map is moved inside, if what it names is in sight.
function inside({ rect, labelRect }) {
  const width = byId("map-chart").clientWidth;
  const middle = rect.x + rect.width / 2;
  const most = width - NAME_MARGIN - labelRect.width;
  const left = Math.max(NAME_MARGIN, Math.min(most, labelRect.x));
  if (left === labelRect.x || middle < 0 || middle > width) return { hideOverlap: true };
  return { hideOverlap: true, x: left, y: labelRect.y, align: "left", verticalAlign: "top" };
}

function drawMap(instance, color) {
  const items = siteItems(mapState.period);
  const ways = { type: "lines", coordinateSystem: "geo", symbolSize: 7 };
  const points = { type: "scatter", coordinateSystem: "geo", z: 7 };
  instance.setOption({
    animation: false,
    tooltip: tooltip(color, (hit) => (hit.data && hit.data.tell ? hit.data.tell() : "")),
    geo: {
      map: "mission", roam: roaming(), silent: true, preserveAspect: true, left: 24, right: 24, top: 24, bottom: 28,
      boundingCoords: sight(), aspectScale: Math.cos((middle() * Math.PI) / 180), scaleLimit: { min: 0.2, max: 400 },
      itemStyle: { areaColor: data.boundaries ? color("land") : "transparent", borderColor: data.boundaries ? color("border") : "transparent", borderWidth: 1 },
      label: { show: false },
    },
    series: [
      { ...ways, z: 2, symbol: ["none", "arrow"], lineStyle: { curveness: 0.12, opacity: 0.75 }, data: layer("flows") ? flowItems(color) : [] },
      { ...ways, z: 3, symbol: ["none", "none"], lineStyle: { opacity: 0.9 }, data: layer("reach") ? reachItems(items, color) : [] },
      ...siteSeries(items, color),
      { ...points, symbol: "rect", data: layer("posts") ? postItems(items, color) : [] },
      { ...points, symbol: "triangle", data: layer("depots") ? depotItems(color) : [] },
    ],
  }, { replaceMerge: ["series"] });
  drawScale(instance, color);
  byId("map-when").textContent = periodName(mapState.period);
  tellSite();
}

// A bar of a round number of kilometres, no longer than a fifth of the map.
function drawScale(instance, color) {
  const [[west, north]] = sight();
  const [one, other] = [[west, north], [west, north - 0.01]].map((spot) => instance.convertToPixel("geo", spot));
  const pixelsPerKm = Math.abs(other[1] - one[1]) / (0.01 * KM_PER_DEGREE);
  const most = instance.getWidth() / 5 / pixelsPerKm;
  const size = 10 ** Math.floor(Math.log10(most));
  const km = size * [5, 2, 1].find((times) => times * size <= most);
  const text = { text: `${km.toLocaleString("en")} km`, fill: color("ink"), fontSize: 12, fontFamily: textStyle(color).fontFamily };
  const bar = { x: 0, y: 0, width: km * pixelsPerKm, height: 3 };
  instance.setOption({
    graphic: [{
      id: "scale", type: "group", left: 14, bottom: 12, silent: true,
      children: [{ id: "bar", type: "rect", z: 20, shape: bar, style: { fill: color("ink") } }, { id: "km", type: "text", z: 20, y: -16, style: text }],
    }],
  });
}

function middle() {
  const [[, north], [, south]] = sight();
  return (north + south) / 2;
}

// What is known of the chosen site, for those who cannot point at it.
function tellSite() {
  const site = mapState.site;
  const place = byId("map-detail");
  if (site === null) return place.replaceChildren();
  const head = ["Sector", "In need", "Covered", "Served", "Share"];
  const rows = data.sectors.map((sector, position) => [sector, coverage(site, position, mapState.period)]);
  const table = element("table", {},
    element("caption", {}, named(places.name[site]), `, ${periodName(mapState.period)}`),
    element("thead", {}, element("tr", {}, ...head.map((text, n) => element("th", { scope: "col", class: n ? "n" : "" }, text)))),
    element("tbody", {}, ...rows.filter(([, sum]) => sum.people > 0).map(([sector, sum]) => element("tr", {},
      element("th", { scope: "row" }, named(sector)),
      ...[number(sum.people), number(sum.reached), number(sum.served), percent(sum.share)].map((text) => element("td", { class: "n" }, text))))));
  const row = postRow(site, mapState.period);
  const who = data.who.site.map((each, n) => [each, n]).filter(([each]) => each === site).map(([, n]) => data.who.names[data.who.organisation[n]]);
  place.replaceChildren(table, ...(row === undefined ? [] : [postText(site, row)]),
    ...(who.length ? [element("p", {}, "At work here: ", ...who.flatMap((name, n) => (n ? [", ", named(name)] : [named(name)])))] : []));
  return undefined;
}

const byTouch = matchMedia("(pointer: coarse)").matches;
const roaming = () => (byTouch && !mapState.engaged ? "scale" : true);

function zoomBy(instance, factor) {
  const zoom = instance.getOption().geo[0].zoom || 1;
  instance.setOption({ geo: { zoom: Math.min(400, Math.max(0.2, zoom * factor)) } });
  drawScale(instance, theme());
}

function moveBy(instance, right, down) {
  const [width, height] = [instance.getWidth(), instance.getHeight()];
  instance.setOption({ geo: { center: instance.convertFromPixel("geo", [width * (0.5 + right), height * (0.5 + down)]) } });
}

function look(instance, whole, redraw) {
  mapState.whole = whole;
  instance.setOption({ geo: { zoom: 1, center: null } });
  redraw();
}

const KEYS = {
  "+": (map) => zoomBy(map, 1.4), "=": (map) => zoomBy(map, 1.4), "-": (map) => zoomBy(map, 1 / 1.4),
  ArrowLeft: (map) => moveBy(map, -0.15, 0), ArrowRight: (map) => moveBy(map, 0.15, 0),
  ArrowUp: (map) => moveBy(map, 0, -0.15), ArrowDown: (map) => moveBy(map, 0, 0.15),
};

function startMap() {
  if (!byId("map-chart")) return;
  const everything = frame(places.x.map((_, place) => place).filter(onMap), 0.06);
  echarts.registerMap("mission", data.boundaries && data.boundaries.features.length ? data.boundaries : flat(everything));
  options(byId("map-sector"), [["", "all sectors"], ...data.sectors.map((name, n) => [n, name])]);
  options(byId("map-site"), [["", "none"], ...data.sites.filter(onMap).map((site) => [site, places.name[site]])]);
  const slider = byId("map-period");
  slider.max = periodChoices.length - 1;
  slider.closest("label").hidden = periodChoices.length < 2;
  show("map-controls");
  const map = chart("map-chart", drawMap);
  const redraw = () => drawMap(map, theme());
  const choice = (value) => (value === "" ? null : Number(value));
  byId("map-sector").addEventListener("change", (event) => { mapState.sector = choice(event.target.value); redraw(); });
  byId("map-site").addEventListener("change", (event) => {
    mapState.site = choice(event.target.value);
    if (mapState.site !== null) map.setOption({ geo: { center: at(mapState.site) } }); // So that + zooms to it.
    redraw();
  });
  slider.addEventListener("input", () => {
    mapState.period = periodChoices[slider.value];
    slider.setAttribute("aria-valuetext", periodName(mapState.period));
    redraw();
  });
  for (const box of byId("map-controls").querySelectorAll("input[type=checkbox]")) box.addEventListener("change", redraw);
  byId("map-in").addEventListener("click", () => zoomBy(map, 1.5));
  byId("map-out").addEventListener("click", () => zoomBy(map, 1 / 1.5));
  byId("map-sites").addEventListener("click", () => look(map, false, redraw));
  byId("map-all").addEventListener("click", () => look(map, true, redraw));
  map.on("georoam", () => drawScale(map, theme()));
  map.on("click", (hit) => {
    if (hit.data && hit.data.site !== undefined) {
      mapState.site = hit.data.site;
      byId("map-site").value = String(mapState.site);
      redraw();
    }
  });
  steer(map);
}

// The wheel and a finger scroll the page until somebody clicks or taps on the map (Ctrl and the wheel, and two
// fingers, zoom at once); arrows, + and - work while it has the focus.
function steer(map) {
  const place = byId("map-chart");
  const engage = (engaged) => {
    if (mapState.engaged === engaged) return;
    mapState.engaged = engaged;
    map.setOption({ geo: { roam: roaming() } });
  };
  place.addEventListener("click", () => engage(true));
  place.addEventListener("pointerdown", (event) => { if (event.pointerType === "mouse") engage(true); }, true);
  document.addEventListener("pointerdown", (event) => { if (!place.contains(event.target)) engage(false); });
  place.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") engage(false); });
  place.addEventListener("wheel", (event) => { if (!mapState.engaged && !event.ctrlKey) event.stopPropagation(); }, true);
  place.addEventListener("keydown", (event) => {
    if (!KEYS[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    KEYS[event.key](map);
  });
}
