// Relative times tick here; exact ones are told in the zone that this browser has chosen.
(() => {
  const { clx } = window;
  const zone = () => (clx.stored("zone", "local") === "utc" ? "UTC" : undefined);

  // Made once for each zone: to make one takes longer than to use it a hundred times.
  const formats = new Map();
  function formatsNow() {
    const timeZone = zone();
    const made = formats.get(timeZone) ?? {
      whole: new Intl.DateTimeFormat("sv-SE", {
        dateStyle: "short",
        timeStyle: "medium",
        timeZone,
      }),
      zone: new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "short" }),
    };
    formats.set(timeZone, made);
    return made;
  }

  function exact(at) {
    const { whole, zone: named } = formatsNow();
    const name = named.formatToParts(at).find(({ type }) => type === "timeZoneName");
    return `${whole.format(at)} ${name?.value ?? ""}`.trim();
  }

  /** As `span` of `domain/time-words.ts`, in whole seconds. */
  function span(ms) {
    const seconds = Math.max(0, Math.floor(ms / 1_000));
    if (seconds < 60) return `${seconds}s`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return two(`${minutes}m`, seconds % 60, "s");
    const hours = Math.floor(minutes / 60);
    if (hours < 48) return two(`${hours}h`, minutes % 60, "m");
    return two(`${Math.floor(hours / 24)}d`, hours % 24, "h");
  }

  function two(first, rest, unit) {
    return rest === 0 ? first : `${first} ${rest}${unit}`;
  }

  function words(at, style) {
    if (style === "clock") return exact(at).slice(11);
    if (style === "minute") return exact(at).slice(11, 16);
    const off = style === "until" ? at - clx.now() : clx.now() - at;
    if (style === "for") return span(off);
    if (style === "until") return off <= 0 ? "now" : `in ${span(off)}`;
    return off < 1_000 ? "just now" : `${span(off)} ago`;
  }

  function tick(inside = document) {
    for (const time of inside.querySelectorAll("time[data-tick]")) {
      const at = Date.parse(time.dateTime);
      const told = words(at, time.dataset.tick);
      if (time.textContent !== told) time.textContent = told;
      if (time.dataset.exactIn !== (zone() ?? "local")) {
        time.dataset.exactIn = zone() ?? "local";
        time.title = exact(at);
      }
    }
    for (const time of inside.querySelectorAll("time[data-in-row]")) {
      const stop = isFirst(time) ? 0 : -1;
      if (time.tabIndex !== stop) time.tabIndex = stop;
    }
  }

  /** One Tab stop for all times of a table or list; arrow keys lead from there to the others. */
  const groupOf = (time) => time.closest("tbody, ol, ul") ?? time.parentElement;
  const isFirst = (time) => groupOf(time).querySelector("time[data-in-row]") === time;

  const ways = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };
  document.addEventListener("keydown", (event) => {
    const { target, key, ctrlKey, metaKey, altKey } = event;
    if (!target.matches?.("time[data-in-row]") || ctrlKey || metaKey || altKey) return;
    const row = target.closest("tr, li");
    const beside = [...(row?.querySelectorAll("time[data-in-row]") ?? [])];
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const next = beside[beside.indexOf(target) + (key === "ArrowLeft" ? -1 : 1)];
      next?.focus();
    } else if (key in ways) {
      inAnotherRow(target, row, ways[key])?.focus();
    } else return;
    event.preventDefault();
  });

  /** The one in the same column, else the first of its row. */
  function inAnotherRow(time, row, way) {
    const rows = [...groupOf(time).children].filter((one) =>
      one.querySelector("time[data-in-row]"),
    );
    const at = Math.min(rows.length - 1, Math.max(0, rows.indexOf(row) + way));
    const cell = time.closest("td, th");
    const same = cell && rows[at]?.cells?.[cell.cellIndex]?.querySelector("time[data-in-row]");
    return same ?? rows[at]?.querySelector("time[data-in-row]");
  }

  clx.tick = tick;
  clx.exact = exact;
  clx.span = span;
  tick();
  setInterval(() => {
    if (!document.hidden) tick();
  }, 1_000);

  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (!selection || selection.isCollapsed || !event.clipboardData) return;
    const copied = selection.getRangeAt(0).cloneContents();
    const times = copied.querySelectorAll("time[data-tick]");
    if (times.length === 0) return;
    for (const time of times) time.textContent = exact(Date.parse(time.dateTime));
    const place = document.createElement("div");
    place.append(copied);
    place.className = "unseen";
    document.body.append(place);
    event.clipboardData.setData("text/plain", place.innerText.trim());
    place.remove();
    event.preventDefault();
  });

  const told = document.getElementById("skew");
  if (told && clx.skew !== 0) {
    const ahead = clx.skew < 0 ? "ahead of" : "behind";
    told.textContent = `This browser's clock is ${span(Math.abs(clx.skew))} ${ahead} the server's; ages follow the server's.`;
    told.hidden = false;
  }
})();
