// The charts of the city page, drawn by ECharts from data in the page. Without it the tables stand open.
"use strict";

(() => {
  const paper = window.matchMedia("print");
  const read = (id) => {
    const element = document.getElementById(id);
    return element ? JSON.parse(element.textContent) : null;
  };
  const number = new Intl.NumberFormat(document.documentElement.lang === "en" ? "en" : "zh-CN");
  const INK = "#1f2937";
  const FAMILY = window.getComputedStyle(document.body).fontFamily;
  const FONT = { fontFamily: FAMILY, fontSize: 12, color: INK };
  const drawn = [];

  // Text, not markup: the site's policy allows no style inside what a tip would write.
  const TIP = { renderMode: "richText", confine: true, textStyle: { fontSize: 12 } };

  const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

  function flows(data, narrow, small) {
    const label = new Map(data.nodes.map((node) => [node.name, node.label]));
    const text = (node) => `${short(node.label, narrow ? 8 : small ? 14 : 24)} ${number.format(node.number)}`;
    return {
      tooltip: {
        ...TIP,
        formatter: ({ dataType, data: shown }) =>
          dataType === "edge"
            ? `${label.get(shown.source)} → ${label.get(shown.target)}: ${number.format(shown.value)}`
            : `${shown.label_text}: ${number.format(shown.number)}`,
      },
      series: [
        {
          type: "sankey",
          left: 4,
          right: small ? 116 : narrow ? 96 : 190,
          top: 8,
          bottom: 8,
          nodeWidth: 12,
          nodeGap: small ? 6 : 9,
          nodeAlign: "left",
          layoutIterations: 48,
          draggable: false,
          emphasis: { focus: "adjacency" },
          label: { ...FONT, fontSize: small ? 8 : 11 },
          data: data.nodes.map((node) => ({
            name: node.name,
            depth: node.depth,
            url: node.url,
            number: node.number,
            label_text: node.label,
            itemStyle: { color: node.colour, borderColor: "#475569", borderWidth: 0.5 },
            label: { formatter: text(node) },
          })),
          links: data.ribbons.map((ribbon) => ({
            source: ribbon.source,
            target: ribbon.target,
            value: ribbon.value,
            url: ribbon.url,
            lineStyle: { color: ribbon.colour, opacity: 0.55 },
          })),
        },
      ],
    };
  }

  // Lines differ by stroke as well as by colour, so that a grey print tells them apart.
  function burn(data, small) {
    const size = small ? 8 : 10;
    const words = data.words;
    const step = { type: "line", step: "end", showSymbol: false, animation: false };
    const marks = [];
    if (data.target !== null) {
      marks.push({
        yAxis: data.target,
        lineStyle: { color: "#14532d", type: [2, 3], width: 1.5 },
        label: { formatter: `${words.target} ≤ ${number.format(data.target)}`, position: "insideStartTop", color: "#14532d", fontSize: size },
      });
    }
    marks.push({
      xAxis: data.today,
      lineStyle: { color: "#6b7280", type: "solid", width: 1 },
      label: { formatter: data.today, position: "end", color: "#4b5563", fontSize: size },
    });
    return {
      tooltip: { ...TIP, trigger: "axis", valueFormatter: (value) => (value === null || value === undefined ? "—" : number.format(value)) },
      legend: { top: 0, left: 0, itemWidth: 22, itemHeight: 8, itemGap: 8, data: [words.actual, words.planned, ...(data.forecast.length ? [words.forecast] : [])], textStyle: { ...FONT, fontSize: small ? 8 : 11 } },
      grid: { left: small ? 32 : 42, right: 34, top: small ? 30 : 38, bottom: small ? 18 : 24 },
      xAxis: { type: "time", splitNumber: 3, axisLabel: { fontSize: size, color: "#4b5563", hideOverlap: true, showMinLabel: true, formatter: (day) => new Date(day).toISOString().slice(0, 7) } },
      yAxis: { type: "value", min: 0, splitNumber: 3, axisLabel: { fontSize: size, color: "#4b5563", formatter: (value) => number.format(value) } },
      series: [
        { ...step, name: words.planned, data: data.planned, lineStyle: { color: "#64748b", type: "dashed", width: 1.5 }, itemStyle: { color: "#64748b" } },
        {
          ...step,
          name: words.actual,
          data: data.actual,
          triggerLineEvent: true,
          lineStyle: { color: "#0b5cab", width: 2.5 },
          itemStyle: { color: "#0b5cab" },
          markLine: { symbol: "none", silent: true, animation: false, data: marks },
        },
        ...data.forecast.map((line) => ({
          type: "line",
          name: words.forecast,
          data: line,
          symbol: "diamond",
          symbolSize: 7,
          animation: false,
          lineStyle: { color: "#b45309", type: "dotted", width: 2 },
          itemStyle: { color: "#b45309" },
        })),
      ],
    };
  }

  function draw(box, optionFor, open) {
    box.hidden = false;
    const chart = window.echarts.init(box, null, { renderer: "svg" });
    const one = { box, chart, optionFor };
    chart.setOption({ animation: false, textStyle: { fontFamily: FAMILY }, ...optionFor(box, paper.matches) });
    chart.on("click", (event) => {
      const url = open(event);
      if (url) window.location.assign(url);
    });
    drawn.push(one);
    // Where a picture is drawn, its table is one click away; where none is, it stands open.
    box.closest("section").querySelector("details[data-beside-chart]").open = false;
  }

  function fit(one, onPaper) {
    const size = onPaper ? { width: Number(one.box.dataset.printWidth), height: Number(one.box.dataset.printHeight) } : { width: "auto", height: "auto" };
    one.chart.resize({ ...size, animation: { duration: 0 } });
    one.chart.setOption(one.optionFor(one.box, onPaper));
  }
  const fitAll = (onPaper) => drawn.forEach((one) => fit(one, onPaper));

  function start() {
    if (!window.echarts) return;
    const flowsBox = document.querySelector('[data-chart="flows"]');
    const flowsData = read("flows-data");
    if (flowsBox && flowsData && flowsData.ribbons.length) {
      draw(flowsBox, (box, small) => flows(flowsData, box.clientWidth < 480, small), ({ data }) => data && data.url);
    }
    for (const one of read("burn-data") || []) {
      const box = document.querySelector(`[data-chart="burn-${one.name}"]`);
      if (box) draw(box, (_box, small) => burn(one, small), ({ data, seriesIndex }) => (seriesIndex === 1 && Array.isArray(data) && one.url ? one.url.replace(/as_of=[^&]*/, `as_of=${data[0]}`) : ""));
    }
    let waiting = 0;
    window.addEventListener("resize", () => {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(() => fitAll(paper.matches), 100);
    });
    window.addEventListener("beforeprint", () => fitAll(true));
    window.addEventListener("afterprint", () => fitAll(false));
    paper.addEventListener("change", () => fitAll(paper.matches));
  }

  start();
})();
