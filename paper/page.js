// What the page does beyond being read: cards behind numbers, the ledger as an instrument, values in figures, the
// theme. Without it the whole text stands, and numbers lead to their rows. Types are checked by `tsc --checkJs`.
"use strict";

// --- Elements --------------------------------------------------------------------------------------------------------

/** @typedef {Record<string, string>} Attributes */

/** @type {(selector: string, root?: ParentNode) => HTMLElement[]} */
const all = (selector, root = document) => [...root.querySelectorAll(selector)].map(it => /** @type {HTMLElement} */ (it));

/**
 * An element; text given as a child stays text.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Attributes} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// A shape of a drawing.
/** @type {(name: string, attributes: Attributes) => SVGElement} */
const draw = (name, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

// Hands a file to the reader.
/** @type {(name: string, text: string, type: string) => void} */
const download = (name, text, type) => {
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};

// --- Theme: set before the first paint -------------------------------------------------------------------------------

const themes = ["system", "light", "dark"];

/** @type {(theme?: string) => string} */
const themed = theme => {
  try {
    if (theme) localStorage.setItem("theme", theme);
    theme ??= localStorage.getItem("theme") ?? "system";
  } catch {
    theme ??= "system"; // Some browsers keep nothing for files.
  }
  document.documentElement.dataset.theme = theme;
  return theme;
};

function themeButton() {
  const button = make("button", { id: "theme", type: "button" });
  const show = (/** @type {string} */ theme) => (button.textContent = `Theme: ${theme}`);
  show(themed());
  button.addEventListener("click", () => {
    const next = themes[(themes.indexOf(themed()) + 1) % themes.length];
    show(themed(next));
  });
  document.querySelector("header")?.append(button);
}

// --- Cards -----------------------------------------------------------------------------------------------------------

/** @type {HTMLElement} */
let card;
/** @type {HTMLElement | null} */
let asked = null;
/** Whether the card was asked for by a click or a key, not just passed over. */
let pinned = false;
/** Whether the page may still be scrolling to the link that got the focus: the card goes with it. */
let following = false;
let timer = 0;

// What a card says about a claim: its row in the ledger, whole.
/** @type {(row: HTMLElement) => HTMLElement[]} */
const aboutClaim = row => {
  const id = row.id.slice("claim-".length);
  const copy = (/** @type {string} */ selector) => {
    const found = row.querySelector(selector)?.cloneNode(true);
    if (!(found instanceof HTMLElement)) return [];
    for (const region of all("[role='region']", found)) region.removeAttribute("role"); // The row's own keep their names.
    return [found];
  };
  return [
    make("p", { class: "card-id" }, make("a", { href: `#claim-${id}` }, make("code", {}, id)), ...copy("td:last-child .badge")),
    ...copy(".statement"), ...copy(".whole"), ...copy(".used"),
  ];
};

// What a list of facts in the ledger says under a name.
/** @type {(facts: HTMLElement, name: string) => HTMLElement | undefined} */
const factOf = (facts, name) => {
  const term = all("dt", facts).find(term => term.textContent === name);
  return /** @type {HTMLElement | undefined} */ (term?.nextElementSibling ?? undefined);
};

// What a card says about a number of a table: its place, and what the ledger knows of the claims that rest on that table.
/** @type {(link: HTMLElement) => HTMLElement[]} */
const aboutValue = link => {
  const { table, column = "", row, error } = link.dataset;
  const folder = (link.getAttribute("href") ?? "").slice("#how-".length);
  const name = `${folder}/tables/${table}.csv`;
  const run = `cargo xtask reproduce ${folder.split("-")[0]} `;
  const known = all("#ledger-table .facts").filter(facts => factOf(facts, "again")?.textContent?.startsWith(run));
  const resting = known.filter(facts => factOf(facts, "table")?.textContent === name);
  const facts = make("dl", { class: "facts" });
  const fact = (/** @type {string} */ name, /** @type {(Node | string)[]} */ ...said) => facts.append(make("dt", {}, name), make("dd", {}, ...said));
  fact("number", `${link.textContent}${plusMinus(error)}`);
  fact("table", make("code", {}, name));
  fact("column", make("code", {}, column), ...(row ? [`, row: ${row}`] : []));
  const bases = new Set((resting.length ? resting : known).map(facts => factOf(facts, "basis")?.textContent?.split(";")[0] ?? ""));
  fact("basis", [...bases].join("; "));
  for (const said of ["computed", "again"]) {
    const found = known.map(facts => factOf(facts, said)).find(found => found);
    if (found) fact(said, ...found.cloneNode(true).childNodes);
  }
  const ids = new Set(resting.map(facts => facts.closest("tr[id]")?.id ?? ""));
  if (ids.size) fact("judged in", ...[...ids].flatMap((id, index) => [index ? ", " : "", make("a", { href: `#${id}` }, id.slice("claim-".length))]));
  else fact("code", make("code", {}, `crates/${folder}/src/report/tables.rs`));
  const code = all(".listing", resting[0]?.closest(".whole") ?? facts)[0]?.cloneNode(true);
  return [make("p", { class: "statement" }, "A number of this reproduction; the original states none for it."), facts, .../** @type {HTMLElement[]} */ (code ? [code] : [])];
};

// Opens the card of a link.
/** @type {(link: HTMLElement, stay: boolean) => void} */
const openCard = (link, stay) => {
  clearTimeout(timer);
  const target = document.getElementById(decodeURIComponent(link.getAttribute("href")?.slice(1) ?? "") || `claim-${link.dataset.claim}`);
  if (!target) return;
  pinned = stay;
  if (asked !== link || !card.matches(":popover-open")) {
    card.replaceChildren(...(link.matches(".value") ? aboutValue(link) : aboutClaim(target)), closeButton());
    card.setAttribute("aria-label", link.matches(".value") ? "A number" : `Claim ${target.id.slice(6)}`);
    if (!card.matches(":popover-open")) card.showPopover();
    asked = link;
    card.scrollTop = 0;
    place(link);
  }
  if (stay) card.focus();
};

function closeButton() {
  const button = make("button", { type: "button", class: "close", "aria-label": "Close" }, "×");
  button.addEventListener("click", () => card.hidePopover());
  return button;
}

// Puts the card below the link, or above it where there is more room. On narrow screens the styles put it at the foot.
/** @type {(link: HTMLElement) => void} */
const place = link => {
  card.style.maxHeight = ""; // What an earlier place allowed is not how tall it is.
  const { clientWidth, clientHeight } = document.documentElement;
  const [width, height] = [card.offsetWidth, card.offsetHeight];
  const { left, top, bottom } = link.getBoundingClientRect();
  // A link outside the window counts as at its edge.
  const [start, end] = [top, bottom].map(edge => Math.max(0, Math.min(edge, clientHeight)));
  const below = end + height + 8 < clientHeight || start < clientHeight - end;
  const room = Math.max(below ? clientHeight - end - 16 : start - 16, 160);
  const tall = Math.min(height, room);
  const within = (/** @type {number} */ at, /** @type {number} */ most) => Math.max(8, Math.min(at, most - 8));
  card.style.maxHeight = `${room}px`;
  card.style.left = `${within(left - 16, clientWidth - width) + scrollX}px`;
  card.style.top = `${within(below ? end + 6 : start - 6 - tall, clientHeight - tall) + scrollY}px`;
};

function cards() {
  card = make("div", { id: "card", popover: "auto", role: "dialog", tabindex: "-1" });
  document.body.append(card);
  // The card stands at the end of the page: who leaves it by a key goes on from the link.
  card.addEventListener("keydown", event => {
    const last = event.shiftKey ? card : card.lastElementChild;
    if (event.key !== "Tab" || document.activeElement !== last) return;
    card.hidePopover();
    if (event.shiftKey) event.preventDefault();
  });
  let returning = false;
  card.addEventListener("beforetoggle", event => {
    if (/** @type {ToggleEvent} */ (event).newState !== "closed") return;
    pinned = following = false;
    returning = true;
    if (card.contains(document.activeElement)) asked?.focus({ preventScroll: true });
    returning = false;
  });
  const linkOf = (/** @type {Event} */ event) => {
    const target = event.target instanceof Element ? event.target.closest("a[data-claim], a.value") : null;
    return target && !target.closest("#card") ? /** @type {HTMLElement} */ (target) : null;
  };
  document.addEventListener("click", event => {
    const link = linkOf(event);
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      openCard(link, true);
    } else if (event.target instanceof Element && event.target.closest("#card a[href^='#']")) {
      card.hidePopover();
    }
  });
  document.addEventListener("pointerover", event => {
    if (event.pointerType !== "mouse" || following) return; // What scrolls by under a pointer at rest is not pointed at.
    const link = linkOf(event);
    clearTimeout(timer);
    if (link && !pinned) timer = setTimeout(() => openCard(link, false), 180);
    else if (!link && !pinned && !(event.target instanceof Node && card.contains(event.target))) timer = setTimeout(() => pinned || card.hidePopover(), 320);
  });
  document.addEventListener("focusin", event => {
    const link = linkOf(event);
    if (returning) return;
    if (link?.matches(":focus-visible")) {
      openCard(link, false);
      following = true;
    } else if (!link && !pinned && !(event.target instanceof Node && card.contains(event.target))) card.hidePopover();
  });
  document.addEventListener("scroll", () => following && asked && place(asked), { passive: true });
  for (const kind of ["wheel", "touchmove", "keydown", "pointerdown", "pointermove"]) {
    document.addEventListener(kind, () => (following = false), { passive: true });
  }
}

/** Shows what the address names: a claim's card at its row, or a filter of the ledger. */
function followAddress() {
  const name = decodeURIComponent(location.hash.slice(1));
  if (name.startsWith("show?")) return filterBy(new URLSearchParams(name.slice("show?".length)));
  const row = name.startsWith("claim-") ? document.getElementById(name) : null;
  const link = row?.querySelector("a");
  if (!row || !link) return;
  if (row.hidden) filterBy(new URLSearchParams());
  row.scrollIntoView({ block: "start", behavior: "instant" });
  openCard(link, true);
}

// --- Commands --------------------------------------------------------------------------------------------------------

/** @type {(root: ParentNode) => void} */
const copyable = root => {
  for (const code of all("code.command", root)) {
    const button = make("button", { type: "button", class: "copy", "aria-label": `Copy ${code.textContent}` }, "copy");
    code.after(button);
  }
};

function commands() {
  copyable(document);
  document.addEventListener("click", async event => {
    const button = event.target instanceof Element ? event.target.closest("button.copy") : null;
    if (!button) return;
    const code = button.previousElementSibling;
    try {
      await navigator.clipboard.writeText(code?.textContent ?? "");
      button.textContent = "copied";
    } catch {
      if (code) getSelection()?.selectAllChildren(code);
      button.textContent = "selected";
    }
    setTimeout(() => (button.textContent = "copy"), 1500);
  });
}

// --- Ledger ----------------------------------------------------------------------------------------------------------

const facets = ["verdict", "section", "kind", "scale", "data", "origin", "changed"];
const order = ["not reproduced", "not measured", "inconclusive", "misprint", "reproduced (by construction)", "reproduced"];
/** @type {HTMLElement[]} */
let rows = [];
/** @type {(filter: URLSearchParams) => void} */
let filterBy = () => {};

/** @type {() => Promise<Record<string, any>[]>} */
const claims = async () => {
  const packed = Uint8Array.from(atob(document.getElementById("data")?.textContent ?? ""), letter => letter.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
};

/** @param {unknown} value */
const csvCell = value => {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** @type {(kind: string) => Promise<void>} */
const downloadShown = async kind => {
  const shown = new Set(rows.filter(row => !row.hidden).map(row => row.id.slice("claim-".length)));
  const known = await claims();
  const found = known.filter(claim => shown.has(claim.id));
  if (kind === "json") return download("claims.json", JSON.stringify(found, null, 1), "application/json");
  const columns = Object.keys(known[0] ?? {}).filter(key => known.every(claim => claim[key] === null || typeof claim[key] !== "object"));
  const lines = [columns, ...found.map(claim => columns.map(key => claim[key]))].map(line => line.map(csvCell).join(","));
  download("claims.csv", `${lines.join("\n")}\n`, "text/csv");
};

/** @type {(a: HTMLElement, b: HTMLElement, by: string) => number} */
const compare = (a, b, by) => {
  if (by === "z") return Number(a.dataset.z ?? -1) - Number(b.dataset.z ?? -1);
  if (by === "verdict") return order.indexOf(b.dataset.verdict ?? "") - order.indexOf(a.dataset.verdict ?? "");
  return a.id.localeCompare(b.id, "en", { numeric: true });
};

function ledger() {
  const tools = document.getElementById("ledger-tools");
  const table = document.getElementById("ledger-table");
  const body = table?.querySelector("tbody");
  if (!tools || !table || !body) return;
  rows = all(":scope > tr", body);
  const paperOrder = [...rows];
  const text = new Map(rows.map(row => [row, (row.textContent ?? "").toLowerCase()]));
  const search = make("input", { type: "search", name: "q", placeholder: "Search (press /)", "aria-label": "Search the ledger" });
  const count = make("output", { id: "ledger-count", "aria-live": "polite" });
  const sorts = all("th[data-sort]", table);
  const form = make("form", { role: "search" }, search);
  for (const facet of facets) {
    const values = [...new Set(rows.map(row => row.dataset[facet]).filter(value => value !== undefined))];
    if (values.length < 2) continue;
    values.sort((a = "", b = "") => order.indexOf(b) - order.indexOf(a) || a.localeCompare(b, "en", { numeric: true }));
    const options = values.map(value => make("option", { value: value ?? "" }, `${value} (${rows.filter(row => row.dataset[facet] === value).length})`));
    form.append(make("label", {}, facet, make("select", { name: facet }, make("option", { value: "" }, "all"), ...options)));
  }
  const reset = make("button", { type: "reset" }, "Show all");
  const files = ["csv", "json"].map(kind => {
    const button = make("button", { type: "button" }, kind.toUpperCase());
    button.addEventListener("click", () => downloadShown(kind));
    return button;
  });
  form.append(reset, ...files, count);
  tools.append(form);

  /** @param {URLSearchParams} filter */
  const apply = filter => {
    const words = (filter.get("q") ?? "").toLowerCase().split(/\s+/).filter(word => word);
    for (const row of rows) {
      const fits = facets.every(facet => !filter.get(facet) || row.dataset[facet] === filter.get(facet));
      row.hidden = !fits || !words.every(word => text.get(row)?.includes(word));
    }
    const sort = filter.get("sort") ?? "";
    const [by, sign] = [sort.replace(/^-/, ""), sort.startsWith("-") ? -1 : 1];
    body.append(...(by ? [...paperOrder].sort((a, b) => sign * compare(a, b, by)) : paperOrder));
    for (const head of sorts) head.setAttribute("aria-sort", head.dataset.sort !== by ? "none" : sign > 0 ? "ascending" : "descending");
    const shown = rows.filter(row => !row.hidden);
    const verdicts = [...order].reverse().map(verdict => [shown.filter(row => row.dataset.verdict === verdict).length, verdict]);
    const parts = verdicts.filter(([number]) => number).map(([number, verdict]) => `${number} ${verdict}`);
    const ours = shown.filter(row => row.dataset.origin !== "paper").length;
    count.textContent = `${shown.length} of ${rows.length} claims${ours ? `, ${ours} of them our own` : ""}${parts.length ? `: ${parts.join(", ")}` : ""}`;
  };
  const present = () => {
    const filter = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) filter.set(name, String(value));
    const sorted = sorts.find(head => !["none", null].includes(head.getAttribute("aria-sort")));
    if (sorted) filter.set("sort", (sorted.getAttribute("aria-sort") === "descending" ? "-" : "") + sorted.dataset.sort);
    return filter;
  };
  const changed = (/** @type {URLSearchParams} */ filter) => {
    apply(filter);
    history.replaceState(null, "", filter.size ? `#show?${filter}` : "#ledger");
  };
  filterBy = filter => {
    for (const field of form.elements) {
      if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = filter.get(field.name) ?? "";
    }
    apply(filter);
    tools.scrollIntoView({ block: "start", behavior: "instant" });
  };
  for (const head of sorts) {
    const button = make("button", { type: "button" }, head.textContent ?? "");
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const filter = present();
      const by = head.dataset.sort ?? "";
      const first = by === "id" ? by : `-${by}`;
      filter.set("sort", filter.get("sort") === first ? (by === "id" ? `-${by}` : by) : first);
      changed(filter);
    });
  }
  form.addEventListener("input", () => changed(present()));
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => changed(new URLSearchParams())));
  document.addEventListener("keydown", event => {
    const typing = event.target instanceof Element && event.target.matches("input, select, textarea");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    tools.scrollIntoView({ block: "start", behavior: "instant" });
    search.focus({ preventScroll: true });
  });
  apply(new URLSearchParams());
}

/** @param {string | number | null | undefined} error */
const plusMinus = error => (Number(error) > 0 ? ` ± ${Number(Number(error).toPrecision(2))}` : "");

/** Puts the checks that a row leaves out where it says so. */
function moreChecks() {
  for (const place of all("[data-more]")) place.append(" ", make("button", { type: "button", class: "all" }, "List them"));
  document.addEventListener("click", async event => {
    const place = event.target instanceof Element ? event.target.closest(".all")?.closest("[data-more]") : null;
    if (!(place instanceof HTMLElement)) return;
    const { more, section } = place.dataset;
    const claim = (await claims()).find(claim => claim.id === more);
    const entry = claim?.section === section ? claim : claim?.also.find((/** @type {any} */ other) => other.section === section);
    const body = place.previousElementSibling?.querySelector("tbody");
    const digits = (/** @type {number | null} */ x) => (x === null ? "–" : String(Number(x.toPrecision(5))));
    const lines = (entry?.checks ?? []).map((/** @type {any} */ check) => {
      const cells = [check.what, digits(check.target), digits(check.value) + plusMinus(check.standard_error), digits(check.tolerance), check.outcome];
      return make("tr", {}, ...cells.map(cell => make("td", {}, cell)));
    });
    body?.replaceChildren(...lines);
    place.remove();
  });
}

// --- Figures ---------------------------------------------------------------------------------------------------------

/**
 * @typedef {{ label: string, logarithmic?: boolean, from: number, to: number }} Side
 * @typedef {{ name: string, interval?: boolean }} Column
 * @typedef {{ area: number[], x: Side, y: Side, columns: Column[] }} Panel
 * @typedef {{ at: [number, number], name: string, said: string, column: number }} Point
 */

/** @type {(text: string) => string[][]} */
const parseCsv = text => {
  return text.split("\n").map(line => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain));
};

// Where a value lies between the ends of an axis, from 0 to 1.
/** @type {(side: Side, value: number) => number} */
const part = ({ logarithmic, from, to }, value) => {
  const on = logarithmic ? Math.log10 : Number;
  return (on(value) - on(from)) / (on(to) - on(from));
};

/** @param {string} number */
const shown = number => String(Number(Number(number).toPrecision(4))).replace("-", "−");

// The points that a panel shows, with the words for each.
/** @type {(panel: Panel, lines: string[][]) => Point[]} */
const pointsOf = (panel, lines) => {
  const { area: [left, top, right, bottom], x, y, columns } = panel;
  /** @type {Point[]} */
  const points = [];
  for (const cells of lines) {
    let index = 1;
    const places = columns.map(column => {
      const place = index;
      index += column.interval ? 2 : 1;
      return place;
    });
    columns.forEach((column, number) => {
      const value = cells[places[number]];
      if (column.interval || !value) return;
      const [across, along] = [part(x, Number(cells[0])), part(y, Number(value))];
      if (!(across >= 0 && across <= 1 && along >= 0 && along <= 1)) return;
      const ends = columns.findIndex(other => other.interval && other.name === column.name);
      const [low, high] = ends < 0 ? [] : [cells[places[ends]], cells[places[ends] + 1]];
      const range = low && high ? `, shown from ${shown(low)} to ${shown(high)}` : "";
      const said = `${x.label} = ${shown(cells[0])}: ${shown(value)}${range}`;
      points.push({ at: [left + across * (right - left), bottom - along * (bottom - top)], name: column.name, said, column: number });
    });
  }
  return points;
};

/** @type {(details: HTMLElement) => void} */
const figure = details => {
  const drawing = details.parentElement;
  const svg = drawing?.querySelector("svg");
  if (!drawing || !svg) return;
  /** @type {Panel[]} */
  const panels = JSON.parse(svg.dataset.panels ?? "[]");
  const tables = all("pre", details).map(pre => parseCsv(pre.textContent ?? ""));
  const sets = panels.map((panel, index) => pointsOf(panel, (tables[index] ?? []).slice(1)));
  const points = sets.flat();
  const tip = make("p", { class: "tip", "aria-live": "polite" });
  const ring = draw("circle", { class: "ring", r: String((svg.viewBox.baseVal.width / svg.clientWidth || 10) * 5) });
  ring.style.display = "none";
  svg.append(ring);
  svg.parentElement?.after(tip);
  tip.textContent = "Point at a curve for its values.";
  let present = -1;
  const tell = (/** @type {number} */ index) => {
    present = index;
    const point = points[index];
    if (!point) return;
    ring.style.display = "";
    ring.setAttribute("cx", String(point.at[0]));
    ring.setAttribute("cy", String(point.at[1]));
    tip.replaceChildren(make("b", {}, point.name), ` ${point.said}`);
  };
  svg.addEventListener("pointermove", event => {
    const box = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / box.width;
    const [x, y] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    const inside = panels.findIndex(({ area: [left, top, right, bottom] }) => x >= left && x <= right && y >= top && y <= bottom);
    let [best, distance] = [-1, Infinity];
    points.forEach(({ at }, index) => {
      const apart = sets[inside]?.includes(points[index]) ? (at[0] - x) ** 2 + (at[1] - y) ** 2 : Infinity;
      if (apart < distance) [best, distance] = [index, apart];
    });
    if (best >= 0) tell(best);
  });
  svg.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const jump = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step && !jump) return;
    event.preventDefault();
    const set = sets.find(set => set.includes(points[present])) ?? sets[0] ?? [];
    const now = points[present] ?? set[0];
    const curves = [...new Set(points.map(point => point.name))];
    const name = jump ? curves[(curves.indexOf(now.name) + jump + curves.length) % curves.length] : now.name;
    const curve = (jump ? points : set).filter(point => point.name === name);
    const next = jump ? curve[0] : curve[Math.max(0, Math.min(curve.length - 1, curve.indexOf(now) + (present < 0 ? 0 : (step ?? 0))))];
    tell(points.indexOf(next));
    ring.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  const name = (details.dataset.name ?? "figure").replace("/", "-");
  const files = make("p", { class: "files" });
  const file = (/** @type {string} */ label, /** @type {() => void} */ action) => {
    const button = make("button", { type: "button" }, label);
    button.addEventListener("click", action);
    files.append(button);
  };
  tables.forEach((_, index) => {
    const suffix = tables.length > 1 ? ` ${index + 1}` : "";
    file(`CSV${suffix}`, () => download(`${name}${suffix.replace(" ", "-")}.csv`, `${all("pre", details)[index]?.textContent ?? csvOf(tables[index])}\n`, "text/csv"));
  });
  file("SVG", () => {
    const copy = /** @type {SVGElement} */ (svg.cloneNode(true));
    copy.querySelector(".ring")?.remove();
    copy.removeAttribute("data-panels");
    download(`${name}.svg`, new XMLSerializer().serializeToString(copy), "image/svg+xml");
  });
  details.append(files);
  details.addEventListener("toggle", () => all("pre", details).forEach((pre, index) => pre.replaceWith(tableOf(tables[index]))), { once: true });
};

/** @param {string[][]} lines */
const csvOf = lines => lines.map(line => line.map(csvCell).join(",")).join("\n");

/** @type {(lines: string[][]) => HTMLElement} */
const tableOf = ([head, ...lines]) => {
  const header = make("tr", {}, ...head.map(cell => make("th", { scope: "col" }, cell)));
  const body = lines.map(line => make("tr", {}, ...line.map(cell => make("td", {}, cell ? shown(cell) : ""))));
  const table = make("table", {}, make("thead", {}, header), make("tbody", {}, ...body));
  return make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Values drawn" }, table);
};

// --- The cosine map, by itself ---------------------------------------------------------------------------------------

const cosineMap = (/** @type {number} */ c) => (Math.sqrt(Math.max(0, 1 - c * c)) + c * (Math.PI - Math.acos(c))) / Math.PI;

function illustration() {
  const place = document.getElementById("illustration");
  if (!place) return;
  const [size, layers] = [320, 50];
  const x = (/** @type {number} */ c) => ((c + 1) / 2) * size;
  const y = (/** @type {number} */ c) => size - ((c + 1) / 2) * size;
  const path = (/** @type {number[][]} */ points) => `M${points.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(" ")}`;
  const grid = Array.from({ length: 101 }, (_, index) => -1 + index / 50);
  const say = (/** @type {string} */ text, /** @type {Attributes} */ where) => {
    const words = draw("text", where);
    words.textContent = text;
    return words;
  };
  const [low, half] = [String(size), String(size / 2)];
  const svg = draw("svg", { viewBox: `-46 -8 ${size + 58} ${size + 52}`, width: String(size + 58), height: String(size + 52), role: "img", "aria-label": "The cosine map, the diagonal, and the path of one pair of samples from layer to layer" });
  svg.append(
    draw("path", { class: "axis", d: path([[-1, 1], [-1, -1], [1, -1]]) }),
    draw("path", { class: "diagonal", d: path([[-1, -1], [1, 1]]) }),
    draw("path", { class: "map", d: path(grid.map(c => [c, cosineMap(c)])) }),
    ...[-1, 0, 1].flatMap(c => {
      const tick = String(c).replace("-", "−");
      return [say(tick, { x: String(x(c)), y: low, dy: "16" }), say(tick, { class: "left", x: "-6", y: String(y(c)), dy: "4" })];
    }),
    say("cosine in one layer", { x: half, y: low, dy: "36" }),
    say("cosine in the next layer", { x: `-${half}`, y: "-32", transform: "rotate(-90)" }),
  );
  const steps = draw("path", { class: "steps" });
  svg.append(steps);
  const slider = make("input", { type: "range", min: "-1", max: "1", step: "0.01", value: "-0.6", id: "cosine" });
  const told = make("output", { for: "cosine", "aria-live": "polite" });
  const show = () => {
    let c = Number(slider.value);
    const [points, values] = [[[c, c]], [c]];
    for (let layer = 0; layer < layers; layer += 1) {
      const next = cosineMap(c);
      points.push([c, next], [next, next]);
      values.push(next);
      c = next;
    }
    steps.setAttribute("d", path(points));
    told.textContent = [0, 1, 2, 5, 10, layers].map(layer => `after\u00a0${layer}:\u00a0${values[layer].toFixed(4)}`).join(" · ").replaceAll("-", "−");
  };
  slider.addEventListener("input", show);
  show();
  const label = make("label", { for: "cosine" }, "Cosine of two inputs ");
  const words = "An illustration, not a claim: computed by this page from the formula above, and held against nothing.";
  place.append(make("figure", { class: "illustration" }, svg, make("div", {}, label, slider, told, make("figcaption", {}, words))));
}

// --- Contents --------------------------------------------------------------------------------------------------------

function contents() {
  const nav = document.querySelector("nav[role='doc-toc']");
  const links = new Map(all("a", nav ?? undefined).map(link => [decodeURIComponent(link.getAttribute("href")?.slice(1) ?? ""), link]));
  const heads = all("main h2[id], main h3[id]").filter(head => links.has(head.id));
  /** @type {HTMLElement | undefined} */
  let marked;
  const mark = () => {
    const above = heads.filter(head => head.getBoundingClientRect().top < 120);
    const now = links.get(above.at(-1)?.id ?? "");
    if (now === marked) return;
    marked?.removeAttribute("aria-current");
    now?.setAttribute("aria-current", "location");
    marked = now;
    // Only the contents scroll, and only when the mark has left them.
    const [box, at] = [nav?.getBoundingClientRect(), now?.getBoundingClientRect()];
    if (nav && box && at && (at.top < box.top || at.bottom > box.bottom)) nav.scrollTop += at.top - box.top - box.height / 2;
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      mark();
    });
  }, { passive: true });
  mark();
}

/** Formulas that are wider than the page can be scrolled by keys. */
function scrollable() {
  for (const formula of all(".equation")) {
    if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
    else formula.removeAttribute("tabindex");
  }
}

themed();
document.addEventListener("DOMContentLoaded", () => {
  themeButton();
  commands();
  cards();
  ledger();
  moreChecks();
  all("details.values").forEach(figure);
  illustration();
  contents();
  scrollable();
  addEventListener("resize", scrollable);
  followAddress();
  addEventListener("hashchange", followAddress);
});
