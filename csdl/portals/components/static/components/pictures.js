/* Pictures drawn from the tables beside them: what a table says is what is drawn. Without this script the tables stay. */
"use strict";

(() => {
  if (typeof echarts === "undefined") return;
  // Okabe and Ito: told apart by colour-blind people; the patterns (decal) tell them apart in grey print too.
  const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"];
  const NARROW = 560; // a map of tiles says nothing there
  const TILE = "#c6dff0"; // a tile says its figure by its size and in words, not by its colour
  const style = getComputedStyle(document.body);
  const INK = style.getPropertyValue("--tblr-body-color").trim() || "#1f2933";
  const LINE = style.getPropertyValue("--csdl-line").trim() || "#d9dfe6";
  const FONT = style.fontFamily;
  const ROW = 30;
  const TREE = 420;
  // Said outright: otherwise it is measured by a Chinese letter, which our typeface does not have.
  const LEADING = 16;

  const whole = new Intl.NumberFormat("vi-VN", { maximumFractionDigits: 1 });
  const percent = (value) =>
    `${new Intl.NumberFormat("vi-VN", { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value)}%`;

  // A table as lines: name, where it leads, the drawn columns' values; and what those columns are called.
  const read = (table) => {
    const heads = [...table.tHead.rows[0].cells].slice(1);
    const places = heads.flatMap((head, place) => ("drawn" in head.dataset ? [place] : []));
    const lines = [...table.tBodies[0].rows].map((row) => ({
      // As people say it: of thirty-eight offices each name begins alike; the table has it whole.
      name: row.cells[0].textContent.trim().replace(/^Phòng (Giáo dục và Đào tạo|GDĐT) /, ""),
      url: row.cells[0].querySelector("a")?.href,
      values: places.map((place) => Number(row.cells[place + 1].dataset.value || 0)),
    }));
    const say = places.some((place) => "share" in heads[place].dataset) ? percent : (value) => whole.format(value);
    return { lines, names: places.map((place) => heads[place].textContent.trim()), say };
  };

  // The picture as a file of its own: what it shows, of whom and when stands in it.
  const charts = new WeakMap();
  const save = (box) => {
    const scale = 2;
    const chart = charts.get(box);
    chart.setOption({ toolbox: { show: false } });
    const drawn = chart.renderToCanvas({ pixelRatio: scale, backgroundColor: "#ffffff" });
    chart.setOption({ toolbox: { show: true } });
    const sheet = document.createElement("canvas");
    const pen = sheet.getContext("2d");
    const [title, text] = [`600 ${16 * scale}px ${FONT}`, `${13 * scale}px ${FONT}`];
    const broken = (words, font) => {
      pen.font = font;
      return words.split(" ").reduce((lines, word) => {
        const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
        if (!lines.length || pen.measureText(longer).width > drawn.width - 24 * scale) lines.push(word);
        else lines[lines.length - 1] = longer;
        return lines;
      }, []);
    };
    const heads = [
      ...broken(box.dataset.title, title).map((line) => [line, title]),
      ...broken(box.dataset.under, text).map((line) => [line, text]),
    ];
    const top = (heads.length * 22 + 20) * scale;
    [sheet.width, sheet.height] = [drawn.width, drawn.height + top];
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, sheet.width, sheet.height);
    pen.fillStyle = "#1f2933";
    heads.forEach(([line, font], place) => {
      pen.font = font;
      pen.fillText(line, 12 * scale, (place * 22 + 26) * scale);
    });
    pen.drawImage(drawn, 0, top);
    const link = document.createElement("a");
    link.download = `${box.dataset.name}.png`;
    link.href = sheet.toDataURL("image/png");
    link.click();
  };

  const base = (box, found) => ({
    animation: false,
    color: COLOURS,
    textStyle: { fontFamily: FONT, color: INK },
    aria: {
      enabled: true,
      label: { description: `${box.dataset.name}. Số liệu ở bảng ngay sau hình.` },
      decal: { show: found.names.length > 1 },
    },
    tooltip: {
      // Text drawn on the canvas: the policy of the pages takes no styles written into markup.
      renderMode: "richText",
      confine: true,
      valueFormatter: (value) => found.say(Math.abs(value)),
    },
    toolbox: {
      right: 0,
      top: 0,
      itemSize: 18,
      feature: {
        mySave: {
          show: true,
          title: "Lưu ảnh PNG",
          icon: "path://M12 3v12M6 10l6 6l6-6M4 20h16",
          iconStyle: { borderColor: INK },
          onclick: () => save(box),
        },
      },
    },
  });

  const label = (say, position) => ({
    show: true,
    position,
    color: INK,
    fontFamily: FONT,
    lineHeight: LEADING,
    formatter: ({ value }) => (value ? say(Math.abs(value)) : ""),
  });

  // Bars that lie: names stand to the left, a long one cut short (the table beside has it whole).
  const lying = (box, found, more) => {
    const width = box.clientWidth < 480 ? 96 : 170;
    return {
      grid: { left: width + 12, right: 56, top: 40, bottom: 28 },
      legend: found.names.length > 1 ? { left: 0, top: 0, textStyle: { color: INK }, itemWidth: 18 } : undefined,
      xAxis: {
        type: "value",
        minInterval: 1,
        splitNumber: 4,
        splitLine: { lineStyle: { color: LINE } },
        axisLabel: { color: INK, hideOverlap: true, formatter: (value) => found.say(Math.abs(value)) },
        ...more?.xAxis,
      },
      yAxis: {
        type: "category",
        inverse: !more?.upwards,
        data: found.lines.map((line) => line.name),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: INK } },
        axisLabel: { color: INK, width, overflow: "truncate", ellipsis: "…", interval: 0 },
      },
    };
  };

  const longest = (found) => Math.max(...found.lines.map((line) => line.values.reduce((sum, value) => sum + value, 0)));

  const SHAPES = {
    bars: (box, found) => ({
      ...lying(box, found),
      series: [
        {
          type: "bar",
          name: found.names[0],
          data: found.lines.map((line) => line.values[0]),
          label: label(found.say, "right"),
          barMaxWidth: 22,
        },
      ],
    }),
    shares: (box, found) => SHAPES.bars(box, found),
    stack: (box, found) => {
      // A figure stands in its bar where it fits; the axis ends somewhat beyond the longest bar.
      const { left, right } = lying(box, found).grid;
      const room = box.clientWidth - left - right;
      const fits = (value) => (value / (1.2 * longest(found))) * room > 8 * found.say(value).length + 10;
      return {
        ...lying(box, found),
        tooltip: { ...base(box, found).tooltip, trigger: "axis", axisPointer: { type: "shadow" } },
        series: found.names.map((name, place) => ({
          type: "bar",
          name,
          stack: "all",
          // A label without text would still draw its ground.
          data: found.lines.map(({ values }) => ({ value: values[place], label: { show: fits(values[place]) } })),
          label: {
            ...label(found.say, "inside"),
            backgroundColor: "rgba(255,255,255,.88)",
            color: "#1f2933",
            padding: [1, 3],
            borderRadius: 2,
          },
          barMaxWidth: 22,
        })),
      };
    },
    pyramid: (box, found) => {
      // Room for the figures beyond the bars.
      const most = Math.ceil((box.clientWidth < 480 ? 1.6 : 1.25) * Math.max(...found.lines.flatMap((line) => line.values)));
      return {
        ...lying(box, found, { upwards: true, xAxis: { min: -most, max: most } }),
        tooltip: { ...base(box, found).tooltip, trigger: "axis", axisPointer: { type: "shadow" } },
        series: found.names.map((name, place) => ({
          type: "bar",
          name,
          stack: "age",
          data: found.lines.map((line) => (place ? 1 : -1) * line.values[place]),
          label: label(found.say, place ? "right" : "left"),
          barMaxWidth: 22,
        })),
      };
    },
    lines: (box, found) => ({
      grid: { left: 64, right: 40, top: 40, bottom: 28 },
      xAxis: {
        type: "category",
        data: found.lines.map((line) => line.name),
        axisLabel: { color: INK, hideOverlap: true },
        axisLine: { lineStyle: { color: INK } },
      },
      yAxis: {
        type: "value",
        minInterval: 1,
        splitLine: { lineStyle: { color: LINE } },
        axisLabel: { color: INK, formatter: (value) => found.say(value) },
      },
      series: found.names.map((name, place) => ({
        type: "line",
        name,
        symbolSize: 9,
        lineStyle: { width: 3 },
        data: found.lines.map((line) => line.values[place]),
        label: label(found.say, "top"),
      })),
    }),
    tree: (box, found, total = found.lines.reduce((sum, line) => sum + line.values[0], 0)) => ({
      series: [
        {
          type: "treemap",
          roam: false,
          nodeClick: "link",
          breadcrumb: { show: false },
          top: 40,
          left: 0,
          right: 0,
          bottom: 0,
          itemStyle: { borderColor: "#ffffff", borderWidth: 2, gapWidth: 2 },
          label: {
            color: "#1f2933",
            fontFamily: FONT,
            fontSize: 13,
            lineHeight: LEADING + 2,
            overflow: "truncate",
            ellipsis: "…",
            padding: 2,
            // A tile too small for a name stays without one: its name is in the table and under the pointer.
            formatter: ({ name, value }) =>
              (value / total) * box.clientWidth * (TREE - 40) > 4200 ? `${name}\n${found.say(value)}` : "",
          },
          data: found.lines
            .filter((line) => line.values[0])
            .map((line) => ({
              name: line.name,
              value: line.values[0],
              link: line.url,
              target: "self",
              itemStyle: { color: TILE },
            })),
        },
      ],
    }),
  };

  // On a phone the tiles are bars, the longest first.
  const asDrawn = (box, found) => {
    if (box.dataset.picture !== "tree" || box.clientWidth >= NARROW) return [box.dataset.picture, found];
    const lines = found.lines.filter((line) => line.values[0]).sort((a, b) => b.values[0] - a.values[0]);
    return ["bars", { ...found, lines }];
  };

  const heightOf = (shape, found) =>
    shape === "tree" ? TREE : shape === "lines" ? 300 : Math.max(180, found.lines.length * ROW + 80);

  const draw = (box) => {
    const found = read(document.getElementById(box.dataset.table));
    box.hidden = false;
    const fit = () => {
      const [shape, shown] = asDrawn(box, found);
      box.style.height = `${heightOf(shape, shown)}px`;
      return [shape, shown];
    };
    fit();
    const chart = echarts.init(box, null, { renderer: "canvas", devicePixelRatio: Math.max(2, devicePixelRatio) });
    charts.set(box, chart);
    const refit = () => {
      const [shape, shown] = fit();
      chart.resize();
      chart.setOption({ ...base(box, shown), ...SHAPES[shape](box, shown) }, true);
    };
    refit();
    let waiting = 0;
    addEventListener("resize", () => {
      clearTimeout(waiting);
      waiting = setTimeout(refit, 150);
    });
    addEventListener("beforeprint", refit);
    addEventListener("afterprint", refit);
  };

  document.querySelectorAll("[data-picture]").forEach(draw);
})();
