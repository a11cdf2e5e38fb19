// What every chart of the page shares: the data, elements made without markup, numbers, colours, redrawing.
// Text from a mission becomes text nodes and nothing else; no string is ever read as markup.

const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const ALL = 0; // The period that stands for the average of all.

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
  made.append(...children.map((child) => (child instanceof Node ? child : document.createTextNode(String(child)))));
  return made;
}

// A name may be written from right to left; it must not turn round what stands beside it.
const named = (name) => element("bdi", {}, name);

// The same where there are no elements, in the texts that the library draws: isolated, one line, not too long.
function label(name, longest = 28) {
  const line = String(name).replace(/[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]+/g, " ").trim();
  const cut = [...line];
  return "\u2068" + (cut.length > longest ? cut.slice(0, longest - 1).join("") + "…" : line) + "\u2069";
}

function number(value) {
  const size = Math.abs(value);
  if (size >= 100 || Math.abs(value - Math.round(value)) < 1e-6) return Math.round(value).toLocaleString("en");
  return value.toLocaleString("en", { maximumSignificantDigits: size < 0.1 ? 2 : 3, maximumFractionDigits: 2 });
}

function short(value) {
  for (const [size, suffix] of [[1e9, "bn"], [1e6, "M"], [1e3, "k"]])
    if (Math.abs(value) >= size * 0.9995) return (value / size).toFixed(Math.abs(value) >= 100 * size ? 0 : 1) + suffix;
  return number(value);
}

// As in the tables: never 100% for less than all, never 0% for more than nothing.
function percent(share) {
  if (!Number.isFinite(share)) return "–";
  const text = Math.round(share * 100) + "%";
  if (share < 1 && text === "100%") return ">99%";
  return share > 0 && text === "0%" ? "<1%" : text;
}

const CLASSES = 5;
const coverageClass = (share) => Math.min(CLASSES - 1, Math.floor(share * CLASSES + 1e-9));

function periodName(period) {
  if (period === ALL) return data.count > 1 ? `average of ${data.count} periods` : "the whole mission";
  const date = data.dates[data.periods.indexOf(period)];
  return `period ${period} of ${data.count}` + (date ? `, from ${date}` : "");
}

// Colours are those of the style sheet, so that light, dark and print are told in one place.
function theme() {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue("--" + name).trim();
}

const drawn = [];

function chart(id, draw) {
  const place = byId(id);
  if (!place) return null;
  place.textContent = "";
  place.classList.add("alive");
  const instance = echarts.init(place, null, { renderer: "svg" });
  // A view box lets print scale the picture to the paper without drawing it anew.
  instance.on("rendered", () => {
    const picture = place.querySelector("svg");
    if (picture) picture.setAttribute("viewBox", `0 0 ${instance.getWidth()} ${instance.getHeight()}`);
  });
  const redraw = () => draw(instance, theme());
  drawn.push(redraw);
  redraw();
  let width = place.clientWidth;
  new ResizeObserver(() => {
    if (place.clientWidth === width || document.documentElement.classList.contains("printing")) return;
    width = place.clientWidth;
    instance.resize();
    redraw();
  }).observe(place);
  return instance;
}

function redrawAll() {
  drawn.forEach((redraw) => redraw());
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
for (const [event, printing] of [["beforeprint", true], ["afterprint", false]])
  addEventListener(event, () => {
    document.documentElement.classList.toggle("printing", printing);
    redrawAll();
  });

const textStyle = (color) => ({ color: color("ink"), fontFamily: getComputedStyle(document.body).fontFamily });

function tooltip(color, formatter) {
  return {
    confine: true,
    backgroundColor: color("paper"),
    borderColor: color("line"),
    textStyle: textStyle(color),
    extraCssText: "max-width: 20rem; white-space: normal; overflow-wrap: anywhere;",
    formatter,
  };
}

const lines = (...parts) => element("div", {}, ...parts.filter(Boolean).map((part) => element("div", {}, part)));

function options(select, choices) {
  select.replaceChildren(...choices.map(([value, text]) => element("option", { value }, text)));
}

function show(id) {
  const controls = byId(id);
  if (controls) controls.hidden = false;
}
