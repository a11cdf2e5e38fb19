// The pipeline of a commodity: what comes in, what goes out, what is on hand, and the periods in which it breaks.

let commodity = 0;

const INCOMING = [["stock", "stock at the start", "goods-stock"], ["pledged", "pledged", "goods-pledged"], ["bought", "bought", "goods-bought"]];
const OUTGOING = [["given", "given out", "goods-given"], ["expired", "expired", "goods-expired"]];

function drawGoods(instance, color) {
  const goods = data.goods;
  const unit = goods.weightless.includes(goods.names[commodity]) ? "units" : "t";
  const bars = [...INCOMING.map((each) => [...each, 1]), ...OUTGOING.map((each) => [...each, -1])];
  const above = instance.getWidth() < 600 ? 84 : 36; // Room for the legend, in three lines on a phone.
  const missing = goods.missing[commodity];
  const shown = bars.filter(([name]) => goods[name][commodity].some((value) => value > 0));
  const series = shown.map(([name, text, shade, sign]) => ({
    type: "bar", name: text, stack: "goods", barMaxWidth: 34, itemStyle: { color: color(shade) },
    data: goods[name][commodity].map((value) => sign * value),
  }));
  series.push({
    type: "bar", name: "missing", stack: "goods", barMaxWidth: 34, data: missing.map((value) => (value > 0 ? -value : null)),
    itemStyle: { color: color("paper"), borderColor: color("bad"), borderWidth: 1.5, borderType: "dashed" },
    label: { show: true, position: "inside", color: color("bad"), fontWeight: "bold", formatter: ({ value }) => (value < 0 ? "✕" : "") },
  });
  series.push({
    type: "line", name: "on hand at the end", data: goods.left[commodity], step: false, symbol: "circle", symbolSize: 7,
    lineStyle: { color: color("ink"), width: 2 }, itemStyle: { color: color("ink") },
  });
  instance.setOption({
    animation: false,
    legend: { top: 0, left: 8, right: 8, textStyle: textStyle(color) },
    grid: { left: 8, right: 16, top: above + 4, bottom: 28, outerBoundsMode: "same", outerBounds: { left: 8, right: 8, top: above, bottom: 4 } },
    tooltip: {
      ...tooltip(color, (hits) => lines(
        element("strong", {}, named(goods.names[commodity]), ", ", periodName(data.periods[hits[0].dataIndex])),
        ...hits.filter((hit) => hit.value).map((hit) => `${hit.seriesName}: ${number(Math.abs(hit.value))} ${unit}`))),
      trigger: "axis", axisPointer: { type: "shadow" },
    },
    xAxis: { type: "category", data: data.periods.map(String), name: "period", nameLocation: "middle", nameGap: 24, axisLabel: textStyle(color), nameTextStyle: textStyle(color) },
    yAxis: { type: "value", name: unit, axisLabel: { ...textStyle(color), formatter: (value) => short(Math.abs(value)) }, nameTextStyle: textStyle(color), splitLine: { lineStyle: { color: color("line") } } },
    series,
  }, true);
  tellGoods(unit);
}

function tellGoods(unit) {
  const missing = data.goods.missing[commodity];
  const broken = data.periods.filter((_, n) => missing[n] > 0);
  byId("goods-breaks").replaceChildren(named(data.goods.names[commodity]), broken.length
    ? `: people go short in ${broken.length} of ${data.periods.length} periods (${broken.join(", ")}); ${number(missing.reduce((a, b) => a + b, 0))} ${unit} are missing.`
    : ": nobody goes short of it.");
}

function startGoods() {
  if (!byId("goods-chart") || !data.goods.names.length) return;
  options(byId("goods-choice"), data.goods.names.map((name, n) => [n, name]));
  show("goods-controls");
  const instance = chart("goods-chart", drawGoods);
  byId("goods-choice").addEventListener("change", (event) => { commodity = Number(event.target.value); drawGoods(instance, theme()); });
}
