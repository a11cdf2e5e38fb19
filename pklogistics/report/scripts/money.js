// Money from donor to organisation to sector: the wider the band, the more money.

function drawMoney(instance, color) {
  const { nodes, links } = data.money;
  const narrow = instance.getWidth() < 600;
  const shades = [color("c4"), color("post"), color("depot")];
  const through = nodes.map((_, node) => Math.max(...[1, 0].map((end) =>
    links.filter((link) => link[end] === node).reduce((sum, link) => sum + link[2], 0))));
  const tell = (name, amount) => lines(name, `${number(amount)} ${data.currency}`);
  const deepest = Math.max(...nodes.map(([, depth]) => depth));
  instance.setOption({
    animation: false,
    tooltip: tooltip(color, ({ dataType, data: hit }) => (dataType === "edge"
      ? tell(element("strong", {}, named(nodes[hit.source][0]), " → ", named(nodes[hit.target][0])), hit.value)
      : tell(element("strong", {}, named(nodes[hit.name][0])), through[hit.name]))),
    series: [{
      type: "sankey", left: 4, top: 8, bottom: 8, right: narrow ? 100 : 250, nodeGap: 16, nodeWidth: 12,
      draggable: false, nodeAlign: "justify", emphasis: { focus: "adjacency" },
      data: nodes.map(([name, depth], node) => ({
        name: String(node), depth, itemStyle: { color: shades[depth % shades.length] },
        label: { formatter: `${label(name, narrow ? 16 : 30)}  ${narrow ? "" : short(through[node])}`, ...(depth === deepest || !narrow ? {} : { width: 90 }) },
      })),
      links: links.map(([source, target, value]) => ({ source: String(source), target: String(target), value })),
      lineStyle: { color: "source", opacity: 0.3, curveness: 0.5 },
      label: { ...textStyle(color), fontSize: narrow ? 10 : 12, position: "right", overflow: "truncate", textBorderColor: color("paper"), textBorderWidth: 2 },
    }],
  }, true);
}

function startMoney() {
  if (!byId("money-chart") || !data.money.links.length) return;
  const most = Math.max(...[0, 1, 2].map((depth) => data.money.nodes.filter((node) => node[1] === depth).length));
  byId("money-chart").style.height = `${Math.max(220, 60 + 38 * most)}px`;
  chart("money-chart", drawMoney);
}
