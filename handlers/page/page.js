// SPDX-License-Identifier: ISC
// The status page. Whatever superd says is put in as text, never as markup:
// peers, descriptions and messages are other people's words.
"use strict";

const WINDOW_S = 300;
const GAP_S = 5;
const SERVICES_SHOWN = 200;
const SVG = "http://www.w3.org/2000/svg";

const $ = (id) => document.getElementById(id);
const number = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

const page = {
  admin: false, headline: null, services: [], connections: [], total: 0,
  samples: [], lostSince: null, source: null, poll: 0, notice: 0,
  asking: () => {},
};

// ---- words ----

function text(node, value) {
  const words = value === undefined || value === null ? "" : String(value);
  if (node.textContent !== words)
    node.textContent = words;
  return words;
}

function count(value) {
  return typeof value === "number" ? number.format(value) : "–";
}

function rate(value) {
  return typeof value === "number" ? short.format(value) : "–";
}

function perSecond(value) {
  return typeof value === "number" ? `${rate(value)} /s` : "–";
}

function times(n) {
  return n === 1 ? "once" : `${count(n)} times`;
}

// The two largest units.
function age(seconds) {
  if (typeof seconds !== "number" || !(seconds >= 0))
    return "–";
  const s = Math.floor(seconds);
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const first = parts.findIndex(([size]) => s >= size);
  if (first < 0)
    return "0 s";
  const [size, unit] = parts[first];
  const next = parts[first + 1];
  const rest = next ? Math.floor((s % size) / next[0]) : 0;
  return `${Math.floor(s / size)} ${unit}` + (rest ? ` ${rest} ${next[1]}` : "");
}

function since(time) {
  const then = Date.parse(time);
  return isNaN(then) ? String(time) : age(Math.max(0, (Date.now() - then) / 1000)) + " ago";
}

function clock(time) {
  return new Date(time).toLocaleTimeString([], { hour12: false });
}

function tone(state) {
  if (state === "running")
    return "good";
  if (["full", "waiting", "short", "draining", "stopping"].includes(state))
    return "busy";
  return state === "lost" ? "bad" : "off";
}

// ---- tables: one row for each key, changed in place ----

function make(tag, className, role) {
  const node = document.createElement(tag);
  if (className)
    node.className = className;
  if (role)
    node.setAttribute("role", role);
  return node;
}

function pill(node, state) {
  if (!node.firstChild) {
    const dot = make("span", "dot");
    dot.setAttribute("aria-hidden", "true");
    node.append(dot, make("span"));
  }
  node.className = "pill " + tone(state);
  text(node.lastChild, state);
}

function fill(body, keys, create, update) {
  const rows = new Map([...body.children].map((row) => [row.dataset.key, row]));
  let place = body.firstElementChild;
  for (const item of keys) {
    let row = rows.get(item.key);
    if (row) {
      rows.delete(item.key);
    } else {
      row = make("tr", "", "row");
      row.dataset.key = item.key;
      create(row, item.value);
    }
    if (row === place)
      place = place.nextElementSibling;
    else
      body.insertBefore(row, place);
    update(row, item.value);
  }
  for (const row of rows.values())
    row.remove();
}

function cell(row, label, className) {
  const node = make("td", className, "cell");
  node.dataset.label = label;
  row.append(node);
  return node;
}

function headerCell(row) {
  const node = make("th", "", "rowheader");
  node.scope = "row";
  row.append(node);
  return node;
}

function button(label, about, act) {
  const node = make("button");
  node.type = "button";
  node.textContent = label;
  node.setAttribute("aria-label", `${label} ${about}`);
  node.addEventListener("click", act);
  return node;
}

function createService(row, service) {
  const name = headerCell(row);
  name.append(make("span"), make("span", "sub"));
  cell(row, "State", "state").append(make("span", "pill"));
  cell(row, "Listens at", "mono");
  cell(row, "Live", "load").append(make("span"), make("span", "bar"));
  row.cells[3].lastChild.append(make("i"));
  row.cells[3].lastChild.setAttribute("aria-hidden", "true");
  cell(row, "Rate", "num");
  cell(row, "Accepted", "num");
  cell(row, "Refused", "reasons").append(make("span"), make("span", "sub"));
  cell(row, "Last failure", "failure wide").append(make("span"), make("span", "sub"));
  const acts = make("div", "acts");
  const key = service.service;
  row.append(cell(row, "Actions", "act acts-cell"));
  row.lastChild.append(acts);
  row.dataset.acts = "";
  row.actions = {
    pause: button("Pause", key, () => act("pause", { service: key })),
    resume: button("Resume", key, () => act("resume", { service: key })),
    disable: button("Disable", key, () => act("disable", { service: key },
      "Its sockets are closed and clients are turned away; handlers that run go on.")),
    enable: button("Enable", key, () => act("enable", { service: key })),
  };
}

function refusals(refused) {
  return Object.entries(refused || {}).filter(([, n]) => typeof n === "number");
}

function showActs(row, wanted) {
  if (row.dataset.acts === wanted)
    return;
  row.dataset.acts = wanted;
  row.lastChild.firstChild.replaceChildren(
    ...wanted.split(" ").filter(Boolean).map((name) => row.actions[name]));
}

// What can be done to a service, by its state.
function actsFor(state) {
  if (state === "disabled" || state === "draining")
    return "enable";
  if (state === "paused")
    return "resume disable";
  return state === "retired" || state === "off" ? "" : "pause disable";
}

function failureOf(service) {
  if (service.last_failure)
    return since(service.last_failure.time);
  return typeof service.failures === "number" ? "none" : "–";
}

// One that the file has switched off has no figures.
function updateService(row, service) {
  const cells = row.cells;
  const full = service.max > 0 ? Math.min(1, service.live / service.max) : 0;
  const reasons = refusals(service.refused);
  const failure = service.last_failure;
  text(cells[0].firstChild, service.service);
  text(cells[0].lastChild, service.description);
  pill(cells[1].firstChild, service.state);
  lines(cells[2], Array.isArray(service.listen) && service.listen.length > 0 ? service.listen : ["–"]);
  text(cells[3].firstChild, typeof service.live === "number"
    ? `${count(service.live)} of ${count(service.max)}` : "–");
  cells[3].lastChild.className = full >= 0.9 ? "bar full" : "bar";
  cells[3].lastChild.firstChild.style.width = (full * 100).toFixed(1) + "%";
  text(cells[4], perSecond(service.rate));
  text(cells[5], count(service.accepted));
  text(cells[6].firstChild, service.refused ? count(reasons.reduce((sum, [, n]) => sum + n, 0)) : "–");
  lines(cells[6].lastChild, reasons.map(([why, n]) => `${why} ${count(n)}`));
  cells[7].classList.toggle("empty", !failure);
  text(cells[7].firstChild, failureOf(service));
  text(cells[7].lastChild, failure ? failure.what : "");
  cells[8].hidden = !page.admin;
  if (page.admin)
    showActs(row, actsFor(service.state));
}

// One span a line.
function lines(node, words) {
  while (node.childElementCount > words.length)
    node.lastElementChild.remove();
  words.forEach((word, i) => {
    const line = node.children[i] || node.appendChild(make("div"));
    text(line, word);
  });
}

function createConnection(row, connection) {
  headerCell(row).className = "num";
  cell(row, "Service", "").append(make("span"), make("span", "sub"));
  cell(row, "Client", "mono wide");
  cell(row, "At", "mono");
  cell(row, "Process", "num");
  cell(row, "Age", "num");
  const acts = cell(row, "Actions", "act acts-cell");
  acts.append(button("End", `connection ${connection.id}`, () => act("kill",
    { what: `id:${connection.id}` }, "Its handler gets TERM, and KILL if it does not go.")));
}

function updateConnection(row, connection) {
  const cells = row.cells;
  text(cells[0], connection.id);
  text(cells[1].firstChild, connection.service);
  text(cells[1].lastChild, connection.ending ? `ending: ${connection.ending}` : "");
  text(cells[2], connection.peer || "unknown");
  text(cells[3], connection.listen);
  text(cells[4], connection.pid === undefined ? "–" : connection.pid);
  text(cells[5], age(connection.age));
  cells[6].hidden = !page.admin;
}

// ---- charts ----

function niceTop(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((top) => top >= most) || power * 10;
}

function shape(svg, tag, attributes, words) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes))
    node.setAttribute(name, value);
  if (words !== undefined)
    node.textContent = words;
  svg.append(node);
}

// How long nothing may come without a gap in the line: a busy superd is asked
// less often.
function patience(samples) {
  const steps = samples.slice(1).map((s, i) => s.time - samples[i].time).sort((a, b) => a - b);
  return Math.max(GAP_S, 3 * (steps[steps.length >> 1] || 0));
}

// Pieces of a line: where samples are missing there is none.
function pieces(samples, key) {
  const gap = patience(samples);
  const found = [];
  let last = -Infinity;
  for (const sample of samples) {
    if (typeof sample[key] !== "number")
      continue;
    if (sample.time - last > gap)
      found.push([]);
    found[found.length - 1].push(sample);
    last = sample.time;
  }
  return found;
}

function drawChart(svg, key, unit) {
  const width = svg.clientWidth || 300;
  const height = svg.clientHeight || 150;
  const now = Date.now() / 1000;
  const left = 38, right = 8, top = 8, bottom = 20;
  const values = page.samples.map((s) => s[key]).filter((v) => typeof v === "number");
  const most = niceTop(Math.max(1, ...values));
  const x = (time) => width - right - (now - time) / WINDOW_S * (width - left - right);
  const y = (value) => height - bottom - value / most * (height - top - bottom);
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  for (const part of [0, 0.5, 1]) {
    const at = Math.round(y(most * part)) + 0.5;
    shape(svg, "line", { class: "grid", x1: left, x2: width - right, y1: at, y2: at });
    shape(svg, "text", { x: left - 6, y: at + 4, "text-anchor": "end" }, short.format(most * part));
  }
  for (const minutes of [4, 3, 2, 1, 0])
    shape(svg, "text", { x: x(now - minutes * 60), y: height - 4,
      "text-anchor": minutes ? "middle" : "end" }, minutes ? `−${minutes} min` : "now");
  for (const piece of pieces(page.samples, key)) {
    const points = piece.map((s) => `${Math.max(left, x(s.time)).toFixed(1)} ${y(s[key]).toFixed(1)}`);
    const line = "M" + points.join("L");
    const end = piece[piece.length - 1];
    shape(svg, "path", { class: "area", d: `${line}V${y(0)}H${Math.max(left, x(piece[0].time)).toFixed(1)}Z` });
    shape(svg, "path", { class: "line", d: line });
    if (now - end.time < patience(page.samples))
      shape(svg, "circle", { class: "end", cx: x(end.time).toFixed(1), cy: y(end[key]).toFixed(1), r: 3.5 });
  }
  const last = values[values.length - 1];
  svg.setAttribute("aria-label", values.length === 0 ? `${unit}: nothing yet`
    : `${unit} in the last five minutes: now ${short.format(last)}, ` +
      `least ${short.format(Math.min(...values))}, most ${short.format(Math.max(...values))}`);
}

function drawCharts() {
  drawChart($("rate-chart"), "rate", "New connections per second");
  drawChart($("live-chart"), "live", "Live connections");
}

function keepSample(sample) {
  page.samples.push(sample);
  const oldest = sample.time - WINDOW_S - 2;
  page.samples = page.samples.filter((s) => s.time >= oldest && s.time <= sample.time);
  try {
    sessionStorage.setItem("samples", JSON.stringify(page.samples));
  } catch { /* charts begin anew after a reload of the page then */ }
}

function oldSamples() {
  try {
    const found = JSON.parse(sessionStorage.getItem("samples"));
    const now = Date.now() / 1000;
    return Array.isArray(found) ? found.filter((s) => s.time <= now && s.time > now - WINDOW_S) : [];
  } catch {
    return [];
  }
}

// ---- what comes ----

function showHeadline(superd) {
  const refusedOf = superd.accepted + superd.refused;
  pill($("state"), superd.state);
  text($("facts"), [`version ${superd.version}`, `process ${superd.pid}`,
    `configuration ${superd.generation}`, superd.config,
    superd.upgrades ? `upgraded ${times(superd.upgrades)}` : ""].filter(Boolean).join(" · "));
  text($("live"), count(superd.live));
  text($("live-of"), `of ${count(superd.max)}`);
  $("live-bar").style.width = (superd.max > 0 ? Math.min(1, superd.live / superd.max) * 100 : 0).toFixed(1) + "%";
  text($("rate"), rate(superd.rate));
  text($("accepted"), count(superd.accepted));
  text($("refused"), count(superd.refused));
  text($("refused-of"), refusedOf > 0 ? `${short.format(superd.refused / refusedOf * 100)} %` : "");
  text($("bans"), count(superd.bans));
  text($("sources"), typeof superd.sources === "number" ? `of ${count(superd.sources)} known` : "");
  text($("uptime"), age(superd.uptime));
  text($("since"), superd.start ? "since " + String(superd.start).slice(0, 10) : "");
  text($("rate-now"), perSecond(superd.rate));
  text($("live-now"), count(superd.live));
  document.title = `superd: ${count(superd.live)} live`;
}

function matches(item, words) {
  const found = [item.service, item.description, item.peer, item.state, item.listen, item.id];
  return words === "" || found.flat().some((part) =>
    part !== undefined && String(part).toLowerCase().includes(words));
}

function showTables() {
  const words = $("filter").value.trim().toLowerCase();
  const services = page.services.filter((item) => matches(item, words));
  const connections = page.connections.filter((item) => matches(item, words));
  const hidden = services.length - SERVICES_SHOWN;
  const others = page.total - page.connections.length;
  fill($("services-table").tBodies[0], services.slice(0, SERVICES_SHOWN).map((value) =>
    ({ key: "s" + value.service, value })), createService, updateService);
  fill($("connections-table").tBodies[0], connections.map((value) =>
    ({ key: "c" + value.id, value })), createConnection, updateConnection);
  text($("services-count"), services.length === page.services.length ? count(services.length)
    : `${count(services.length)} of ${count(page.services.length)}`);
  text($("connections-count"), words === "" ? count(page.total)
    : `${count(connections.length)} of ${count(page.connections.length)}`);
  more("services-more", services.length === 0 ? "No service is like that."
    : hidden > 0 ? `${count(hidden)} more: filter to see them.` : "");
  more("connections-more", page.total === 0 ? "Nobody is connected."
    : connections.length === 0 ? "No connection shown is like that."
      : others > 0 ? `The newest ${count(page.connections.length)}; ${count(others)} older ones are not shown.` : "");
}

function more(id, words) {
  text($(id), words);
  $(id).hidden = words === "";
}

// The first of those that share a key: a row is found by it, so a second one
// would be a new row at each turn.
function firsts(items, key) {
  const found = new Map();
  for (const item of items)
    if (!found.has(item[key]))
      found.set(item[key], item);
  return [...found.values()];
}

function takeStatus(message) {
  const found = message.status.find((row) => row.type === "superd");
  page.admin = message.admin === true;
  page.services = firsts(message.status.filter((row) => row.type === "service"), "service");
  for (const node of document.querySelectorAll("thead .act"))
    node.hidden = !page.admin;
  $("tools").hidden = !page.admin;
  if (found) {
    page.headline = found;
    keepSample({ time: Date.now() / 1000, rate: found.rate, live: found.live });
    showHeadline(found);
  }
  recovered();
  showTables();
  drawCharts();
}

function takeConnections(message) {
  page.connections = firsts(message.connections, "id");
  page.total = message.total;
  showTables();
}

function notice(words, kind, forget) {
  const node = $("notice");
  clearTimeout(page.notice);
  node.className = "notice " + kind;
  node.hidden = false;
  text(node, words);
  if (forget)
    page.notice = setTimeout(() => { node.hidden = true; }, forget);
}

function lost(why) {
  if (page.lostSince === null)
    page.lostSince = Date.now();
  pill($("state"), "lost");
  document.title = "superd: lost";
  notice(`No figures since ${clock(page.lostSince)}: ${why}${/[.?!]$/.test(why) ? "" : "."} ` +
    (page.headline ? "What stands below is from before." : ""), "bad");
  drawCharts();
}

function recovered() {
  if (page.lostSince === null)
    return;
  notice(`Figures are back after ${age((Date.now() - page.lostSince) / 1000)}.`, "good", 8000);
  page.lostSince = null;
}

function guarded(take) {
  return (event) => {
    try {
      take(JSON.parse(event.data));
    } catch (error) {
      lost(`superd's answer cannot be read (${error.message})`);
    }
  };
}

// Events if they can be had, else a question every two seconds.
function connect() {
  disconnect();
  const source = page.source = new EventSource("events");
  source.addEventListener("status", guarded(takeStatus));
  source.addEventListener("connections", guarded(takeConnections));
  source.addEventListener("lost", guarded((message) => lost(message.error)));
  source.onerror = () => {
    page.errors = setTimeout(() => {
      if (page.source === source && source.readyState !== EventSource.OPEN)
        lost("this page's server does not answer");
    }, 2500);
    if (source.readyState === EventSource.CLOSED)
      page.poll = setTimeout(() => ask(30), 1000);
  };
}

function disconnect() {
  if (page.source)
    page.source.close();
  clearTimeout(page.poll);
  clearTimeout(page.errors);
  page.source = null;
}

async function ask(times) {
  try {
    for (const [path, take] of [["status.json", takeStatus], ["connections.json", takeConnections]]) {
      const answer = await fetch(path, { cache: "no-store" });
      const type = answer.headers.get("Content-Type") || "";
      if (!type.startsWith("application/json"))
        throw new Error((await answer.text()).trim().replace(/\.$/, ""));
      const message = await answer.json();
      if (!answer.ok)
        throw new Error(message.error);
      take(message);
    }
  } catch (error) {
    lost(error instanceof TypeError ? "this page's server does not answer" : error.message);
  }
  page.poll = setTimeout(() => (times > 0 ? ask(times - 1) : connect()), 2000);
}

// ---- what is done ----

function askPerson(title, words, withToken, yes) {
  const dialog = $("ask");
  page.asking(null);
  text($("ask-title"), title);
  text($("ask-text"), words);
  text($("ask-yes"), yes);
  $("ask-token").hidden = !withToken;
  $("token").value = "";
  dialog.showModal();
  (withToken ? $("token") : $("ask-no")).focus();
  return new Promise((resolve) => {
    const over = new AbortController();
    const on = (node, event, done) => node.addEventListener(event, done, { signal: over.signal });
    const end = (answer) => {
      over.abort();
      page.asking = () => {};
      if (dialog.open)
        dialog.close();
      resolve(answer);
    };
    on($("ask-form"), "submit", (event) => {
      event.preventDefault();
      end($("token").value.trim() || true);
    });
    on($("ask-no"), "click", () => end(null));
    // Told late: by then the next question may be open, which ends this one.
    on(dialog, "close", () => dialog.open || end(null));
    page.asking = end;
  });
}

async function token() {
  const kept = sessionStorage.getItem("token");
  if (kept)
    return kept;
  const given = await askPerson("The token, please",
    "To change something you need the token of this page. It is kept until you close the tab. " +
    "A wrong one may lock your address out for a while.", true, "Go on");
  if (typeof given !== "string")
    return null;
  sessionStorage.setItem("token", given);
  return given;
}

async function act(command, fields, warning) {
  const what = Object.values(fields)[0] || "";
  const title = `${command[0].toUpperCase()}${command.slice(1)} ${what}`.trim();
  if (warning && !await askPerson(title + "?", warning, false, title))
    return;
  const bearer = await token();
  if (!bearer)
    return;
  try {
    const answer = await fetch(command, {
      method: "POST", body: new URLSearchParams(fields), cache: "no-store",
      headers: { Authorization: "Bearer " + bearer },
    });
    if (answer.status === 401 || answer.status === 403)
      sessionStorage.removeItem("token");
    const words = await answer.text();
    told(title, answer.ok, words);
  } catch {
    notice(`${title}: this page's server does not answer.`, "bad", 15000);
  }
}

function told(title, ok, words) {
  let error = words.trim();
  try {
    const message = JSON.parse(words);
    const mistakes = message.answer.filter((row) => row.text);
    error = [message.error, ...mistakes.map((row) => `${row.file}:${row.line}: ${row.text}`)]
      .filter(Boolean).join("; ");
  } catch { /* a sentence */ }
  notice(ok ? `${title}: done.` + (error ? ` ${error}` : "") : `${title}: ${error}`,
    ok ? "good" : "bad", ok ? 8000 : 20000);
}

// ---- the start ----

$("filter").addEventListener("input", showTables);
$("reload").addEventListener("click", () => act("reload", {},
  "superd reads its configuration again. With mistakes in it nothing changes."));
$("connections-table").classList.add("connections");
addEventListener("resize", drawCharts);
document.addEventListener("visibilitychange", () => {
  if (document.hidden)
    disconnect();
  else if (!page.source)
    connect();
});
page.samples = oldSamples();
drawCharts();
connect();
