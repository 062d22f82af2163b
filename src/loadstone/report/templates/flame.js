"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const ROW = 18, PAD = 4, THIN = 0.4, LETTER = 6.7, TABLE = 200;
  const canvas = document.getElementById("graph"), context = canvas.getContext("2d");
  const live = document.getElementById("live"), told = document.getElementById("told");
  const search = document.getElementById("search"), found = document.getElementById("found");
  const body = document.querySelector("#functions tbody");
  const lower = data.names.map(name => name.toLowerCase());
  const moved = data.judged ? new Set(data.changed) : null;
  const upright = tree(data.parents, data.functions, data.base, data.head);
  let inverted = null, way = upright, zoom = 0, focus = 0, mode = "difference", matches = null, rows = [];

  // A tree as arrays; `own` is what a node cost without those below it.
  function tree(parents, functions, base, head) {
    const size = parents.length, below = Array.from({length: size}, () => []);
    const own = [base.slice(), head.slice()];
    for (let node = 1; node < size; node++) {
      below[parents[node]].push(node);
      own[0][parents[node]] -= base[node];
      own[1][parents[node]] -= head[node];
    }
    for (const list of below)
      list.sort((a, b) => data.names[functions[a]] < data.names[functions[b]] ? -1 : 1);
    return {parents, functions, base, head, below, own};
  }

  // The same costs from the functions that had them up to their callers.
  function turned(of) {
    const parents = [-1], functions = [of.functions[0]], base = [0], head = [0], known = [new Map()];
    for (let node = 0; node < of.parents.length; node++) {
      const before = Math.max(0, of.own[0][node]), after = Math.max(0, of.own[1][node]);
      if (node === 0 || before + after <= 0) continue;
      let at = 0, from = node;
      base[0] += before; head[0] += after;
      while (from > 0) {
        const name = of.functions[from];
        let next = known[at].get(name);
        if (next === undefined) {
          next = parents.length;
          known[at].set(name, next);
          parents.push(at); functions.push(name); base.push(0); head.push(0); known.push(new Map());
        }
        base[next] += before; head[next] += after;
        at = next; from = of.parents[from];
      }
    }
    return tree(parents, functions, base, head);
  }

  const width = node => mode === "base" ? way.base[node] : mode === "head" ? way.head[node]
    : (way.base[node] + way.head[node]) / 2;

  function cost(value) {
    const size = Math.abs(value);
    const steps = data.unit === "s" ? [[1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]]
      : data.unit === "By" ? [[2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"], [1, "B"]] : [[1, ""]];
    const [factor, sign] = steps.find(step => size >= step[0]) || steps[steps.length - 1];
    return `${Number((value / factor).toPrecision(3))} ${sign}`.trim().replace("-", "−");
  }
  const signed = value => (value > 0 ? "+" : "") + cost(value);
  const share = (value, whole) => whole ? `${(100 * value / whole).toFixed(1)} %` : "–";
  const name = node => data.names[way.functions[node]];
  const noise = node => moved !== null && node !== 0 && !moved.has(way.functions[node]);

  function words(node) {
    const change = way.head[node] - way.base[node];
    return `${name(node)}: base ${cost(way.base[node])} (${share(way.base[node], way.base[0])}), ` +
      `head ${cost(way.head[node])} (${share(way.head[node], way.head[0])}), change ${signed(change)}` +
      (noise(node) ? ", which is noise" : "");
  }

  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    return Object.fromEntries(["ink", "soft", "faint", "line", "more", "less", "match", "card"]
      .map(key => [key, style.getPropertyValue(`--${key}`).trim()]));
  };

  function layout(wide) {
    rows = [];
    const above = [];
    for (let node = way.parents[zoom]; node >= 0; node = way.parents[node]) above.unshift(node);
    above.forEach((node, level) => { rows[level] = [{node, left: 0, wide}]; });
    const start = above.length, whole = width(zoom) || 1, waiting = [[zoom, 0, start]];
    while (waiting.length) {
      const [node, left, level] = waiting.pop(), size = wide * width(node) / whole;
      if (size < THIN && node !== zoom) continue;
      (rows[level] ||= []).push({node, left, wide: size});
      let at = left;
      for (const next of way.below[node]) {
        waiting.push([next, at, level + 1]);
        at += wide * width(next) / whole;
      }
    }
    for (const row of rows) row.sort((a, b) => a.left - b.left);
  }

  function paint() {
    performance.mark("paint-begins");
    const scale = window.devicePixelRatio || 1, wide = canvas.parentElement.clientWidth;
    layout(wide);
    const high = rows.length * ROW + 2;
    canvas.style.height = `${high}px`;
    canvas.width = Math.round(wide * scale); canvas.height = Math.round(high * scale);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.font = "11px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";
    const colour = colours(), full = 0.05 * Math.max(way.base[0], way.head[0]);
    rows.forEach((row, level) => row.forEach(box => {
      const {node, left, wide: size} = box, top = level * ROW;
      context.fillStyle = colour.faint;
      context.fillRect(left, top, Math.max(size - 0.5, 0.4), ROW - 1);
      const change = way.head[node] - way.base[node];
      if (mode === "difference" && !noise(node) && change) {
        context.globalAlpha = Math.min(1, 0.15 + Math.abs(change) / full) * 0.8;
        context.fillStyle = change > 0 ? colour.more : colour.less;
        context.fillRect(left, top, Math.max(size - 0.5, 0.4), ROW - 1);
        context.globalAlpha = 1;
      }
      if (matches && matches.has(way.functions[node])) {
        context.fillStyle = colour.match;
        context.fillRect(left, top + ROW - 5, Math.max(size - 0.5, 0.8), 4);
      }
      const letters = Math.floor((size - 2 * PAD) / LETTER);
      if (letters >= 3) {
        context.fillStyle = colour.ink;
        context.fillText(fitting(name(node), letters), left + PAD, top + 13);
      }
      if (node === focus) {
        context.strokeStyle = colour.ink;
        context.lineWidth = 2;
        context.strokeRect(left + 1, top + 1, Math.max(size - 2, 1), ROW - 3);
      }
    }));
    performance.measure("paint", "paint-begins");
  }

  function fitting(text, letters) {
    const shown = text.length <= letters ? text : text.slice(text.lastIndexOf("/") + 1) || text;
    return shown.length <= letters ? shown : shown.slice(0, letters - 1) + "…";
  }

  // The functions below what is zoomed, each once, however often it calls itself.
  function listed() {
    const sums = new Map(), waiting = [[zoom, []]];
    while (waiting.length) {
      const [node, above] = waiting.pop(), key = way.functions[node];
      const sum = sums.get(key) || [0, 0, 0, 0];
      sum[0] += way.own[0][node]; sum[1] += way.own[1][node];
      if (!above.includes(key)) { sum[2] += way.base[node]; sum[3] += way.head[node]; }
      sums.set(key, sum);
      const inside = way.below[node].length ? above.concat(key) : above;
      for (const next of way.below[node]) waiting.push([next, inside]);
    }
    const chosen = [...sums].filter(([key]) => !matches || matches.has(key));
    chosen.sort((a, b) => Math.abs(b[1][1] - b[1][0]) - Math.abs(a[1][1] - a[1][0]) || b[1][3] - a[1][3]);
    body.replaceChildren(...chosen.slice(0, TABLE).map(([key, sum]) => line(key, sum)));
  }

  function line(key, sum) {
    const row = document.createElement("tr"), first = document.createElement("th");
    const button = document.createElement("button");
    first.scope = "row";
    button.type = "button";
    button.textContent = data.names[key];
    button.addEventListener("click", () => { search.value = data.names[key]; searched(); });
    first.append(button);
    if (moved && !moved.has(key)) row.className = "noise";
    row.append(first, ...[cost(sum[0]), cost(sum[1]), signed(sum[1] - sum[0]), signed(sum[3] - sum[2])].map(text => {
      const cell = document.createElement("td");
      cell.textContent = text;
      return cell;
    }));
    return row;
  }

  function searched() {
    performance.mark("search-begins");
    const wanted = search.value.trim().toLowerCase();
    matches = null;
    found.textContent = "";
    if (wanted) {
      matches = new Set();
      lower.forEach((text, key) => { if (text.includes(wanted)) matches.add(key); });
      let before = 0, after = 0;
      const waiting = [zoom];
      while (waiting.length) {
        const node = waiting.pop();
        if (matches.has(way.functions[node])) { before += way.base[node]; after += way.head[node]; }
        else waiting.push(...way.below[node]);
      }
      found.textContent = `${matches.size} function${matches.size === 1 ? "" : "s"}: base ` +
        `${share(before, way.base[zoom])}, head ${share(after, way.head[zoom])}, change ${signed(after - before)}`;
    }
    listed();
    paint();
    performance.measure("search", "search-begins");
  }

  function said(node) { told.textContent = words(node); }
  function focused(node) {
    focus = node;
    said(node);
    live.textContent = words(node);
    paint();
  }
  function zoomed(node) {
    zoom = node;
    focused(node);
    listed();
  }

  function at(event) {
    const box = canvas.getBoundingClientRect(), row = rows[Math.floor((event.clientY - box.top) / ROW)] || [];
    const left = event.clientX - box.left;
    return row.find(each => left >= each.left && left < each.left + Math.max(each.wide, 1));
  }

  canvas.addEventListener("mousemove", event => { const box = at(event); if (box) said(box.node); });
  canvas.addEventListener("click", event => { const box = at(event); if (box) zoomed(box.node); });
  canvas.addEventListener("keydown", event => {
    const parent = way.parents[focus], alike = parent >= 0 ? way.below[parent].filter(width) : [focus];
    const place = alike.indexOf(focus), below = way.below[focus].filter(width);
    const widest = below.reduce((best, next) => best < 0 || width(next) > width(best) ? next : best, -1);
    const steps = {
      ArrowUp: () => parent >= 0 && focused(parent),
      ArrowDown: () => widest >= 0 && focused(widest),
      ArrowLeft: () => place > 0 && focused(alike[place - 1]),
      ArrowRight: () => place < alike.length - 1 && focused(alike[place + 1]),
      Enter: () => zoomed(focus),
      " ": () => zoomed(focus),
      Escape: () => zoomed(0),
    };
    if (steps[event.key]) { event.preventDefault(); steps[event.key](); }
  });
  document.addEventListener("keydown", event => {
    if (event.key === "/" && document.activeElement !== search) { event.preventDefault(); search.focus(); }
  });
  search.addEventListener("input", searched);
  search.addEventListener("keydown", event => {
    if (event.key === "Escape") { search.value = ""; searched(); canvas.focus(); }
  });
  document.getElementById("invert").addEventListener("change", event => {
    if (event.target.checked) inverted ||= turned(upright);
    way = event.target.checked ? inverted : upright;
    zoomed(0);
  });
  for (const each of document.querySelectorAll("input[name=mode]"))
    each.addEventListener("change", () => { mode = each.value; paint(); });
  document.getElementById("whole").addEventListener("click", () => zoomed(0));
  new ResizeObserver(paint).observe(canvas.parentElement);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  listed();
  paint();
  said(0);
})();
