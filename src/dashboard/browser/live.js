// Keeps what is on the page as it is at the server. `page.ts` says what the attributes mean.
(() => {
  const { clx } = window;
  const connection = document.getElementById("connection");
  const token = document.querySelector('meta[name="clx-csrf"]')?.content;
  const stale = new Set();
  let stream;
  let again;
  let lostAt;
  let isPaused = clx.stored("updates", "on") === "off";
  let isFetching = false;
  let isDue = false;
  let isForcedDue = false;
  let isGone = false;
  /** Which answer an element is as of, by its id. */
  const tags = new Map();

  // The stream

  function connect() {
    if (!connection || stream || document.hidden || topics().size === 0) return;
    clearTimeout(again);
    stream = new EventSource(`/stream?topics=${encodeURIComponent([...topics()].join(","))}`);
    stream.addEventListener("open", () => {
      const wasLost = lostAt !== undefined;
      lostAt = undefined;
      if (wasLost) {
        staleAll();
        clx.announce("Connected again.");
      }
      showConnection();
    });
    stream.addEventListener("changed", ({ data }) => {
      for (const topic of JSON.parse(data).topics ?? []) markStale(topic);
      void refresh();
    });
    stream.addEventListener("error", () => {
      if (stream.readyState === EventSource.CLOSED) void leaveWhenSignedOut();
      disconnect();
      if (lostAt === undefined) clx.announce("Disconnected.");
      lostAt ??= Date.now();
      showConnection();
      again = setTimeout(connect, 1_500);
    });
  }

  function topics() {
    return new Set(liveElements().flatMap(({ dataset }) => (dataset.live ?? "").split(" ")));
  }

  function disconnect() {
    clearTimeout(again);
    stream?.close();
    stream = undefined;
  }

  /** The stream does not tell why it was refused. */
  async function leaveWhenSignedOut() {
    const answer = await fetch("/api/me").catch(() => undefined);
    if (answer?.status === 401) signedOut();
  }

  let isSignedOut = false;
  /** What somebody is writing stays where it can be copied. */
  function signedOut() {
    if (![...document.querySelectorAll("input, textarea")].some(isHalfTyped)) location.reload();
    else if (!isSignedOut)
      clx.notify("refused", "Your sign-in has ended. Copy what you were writing, then reload.");
    isSignedOut = true;
  }

  let leaving;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(leaving);
    if (document.hidden) {
      leaving = setTimeout(disconnect, 5_000);
    } else {
      if (!stream) staleAll();
      connect();
      void refresh();
    }
  });
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    staleAll();
    connect();
    void refresh();
  });

  function showConnection() {
    if (!connection) return;
    const ticks = clx.ticked(document).length;
    const is = lostAt !== undefined ? "lost" : isPaused || ticks > 0 ? "paused" : "live";
    connection.dataset.is = stream || is !== "live" ? is : "off";
    const since = lostAt === undefined ? "" : clx.exact(lostAt).slice(11, 16);
    connection.querySelector(".words").textContent = {
      lost: `Disconnected since ${since}, retrying`,
      paused: "Updates paused",
      live: stream ? "Live" : "Not live",
    }[is];
    connection.querySelector("[data-resume]").hidden = is !== "paused";
  }

  // What to fetch

  function liveElements() {
    return [...document.querySelectorAll("[data-live][id]")];
  }

  function markStale(topic) {
    for (const element of liveElements())
      if ((element.dataset.live ?? "").split(" ").includes(topic)) stale.add(element.id);
  }

  function staleAll() {
    for (const { id } of liveElements()) stale.add(id);
  }

  async function refresh({ isForced = false } = {}) {
    if (isFetching) {
      isDue = true;
      isForcedDue ||= isForced;
      return;
    }
    if (stale.size === 0 || (!isForced && (isPaused || document.hidden))) return;
    const bySource = Map.groupBy(
      liveElements().filter((element) => stale.has(element.id) && !isInUse(element)),
      (element) => element.dataset.source ?? location.pathname + location.search,
    );
    isFetching = true;
    try {
      for (const [source, elements] of bySource) await fetchInto({ source, elements, isForced });
    } catch {
      // The stream tells that the server is away, and fetches again when it is back.
    } finally {
      isFetching = false;
    }
    if (isDue) {
      const next = { isForced: isForcedDue };
      isDue = isForcedDue = false;
      void refresh(next);
    }
  }

  /** What the user asks for is answered to them alone; all else once for all who look. */
  async function fetchInto({ source, elements, isForced }) {
    const headers = { "HX-Request": "true" };
    if (!isForced) headers["X-Live"] = "true";
    const [tag, ...others] = new Set(elements.map(({ id }) => tags.get(id)));
    if (tag && others.length === 0 && !isForced) headers["If-None-Match"] = tag;
    for (const { id } of elements) stale.delete(id);
    let answer;
    try {
      answer = await fetch(source, { headers });
    } catch (error) {
      for (const { id } of elements) stale.add(id);
      throw error;
    }
    if (answer.status === 401) return signedOut();
    if (answer.redirected) {
      location.reload();
      return;
    }
    if (answer.status === 304) return;
    if (answer.status === 404) {
      // Whoever has deleted it here is about to be led away.
      if (!isGone)
        setTimeout(() => clx.notify("refused", "What this page shows is no longer there."), 1_500);
      isGone = true;
      return;
    }
    if (!(answer.headers.get("Content-Type") ?? "").startsWith("text/html")) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const field of found.querySelectorAll('input[name="_csrf"]'))
      field.setAttribute("value", token ?? field.value);
    const now = answer.headers.get("ETag");
    for (const element of elements) {
      tags.delete(element.id);
      const isAsSent = await swap(element, found.getElementById(element.id));
      if (isAsSent && now) tags.set(element.id, now);
    }
    showConnection();
  }

  /** Returns whether it is now as it was sent. */
  async function swap(element, fresh) {
    if (!fresh) return true;
    if (!element.isConnected) return false;
    clx.tick(fresh);
    if (element.isEqualNode(fresh)) return true;
    await pause();
    if (isInUse(element)) {
      stale.add(element.id);
      return false;
    }
    const before = announcements(element);
    const news = keepMembership(element, fresh);
    if (news.size > 0) clx.tick(fresh);
    const isAtEnd = stickers(element);
    const regainFocus = holdFocus();
    await morph(element, fresh);
    regainFocus();
    for (const id of isAtEnd) scrollToEnd(document.getElementById(id));
    for (const [rows, count] of news) showNews(rows, count);
    const now = document.getElementById(element.id);
    for (const [id, words] of announcements(now ?? element))
      if (before.get(id) !== words) clx.announce(words);
    document.dispatchEvent(new CustomEvent("clx:updated", { detail: { id: element.id } }));
    return news.size === 0;
  }

  /** Lets the browser answer to its user between two steps. */
  function pause() {
    return window.scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve));
  }

  /** A key that is pressed next must not go nowhere because what had the focus was made anew. */
  function holdFocus() {
    let held = document.activeElement;
    const follow = ({ target }) => {
      held = target;
    };
    document.addEventListener("focusin", follow);
    return () => {
      document.removeEventListener("focusin", follow);
      if (document.activeElement !== document.body || held === document.body) return;
      const now = held?.isConnected ? held : twinOf(held);
      now?.focus({ preventScroll: true });
    };
  }

  function twinOf(element) {
    if (element?.id) return document.getElementById(element.id);
    const form = document.getElementById(element?.form?.id ?? "");
    return [...(form?.elements ?? [])].find(
      ({ name, value }) => name === element.name && value === element.value,
    );
  }

  /** A page that embeds us may have another htmx, or none. */
  async function morph(element, fresh) {
    if (!window.htmx?.version?.startsWith("4.")) {
      element.replaceWith(fresh);
      return;
    }
    // Of the same moment: else each row would differ by a second.
    clx.tick(element);
    clx.tick(fresh);
    const spared = spareSameRows(element, fresh);
    const text = fresh.outerHTML;
    await htmx.swap({ text, target: element, sourceElement: element, swap: "outerMorph" });
    for (const row of spared) row.removeAttribute("hx-morph-skip");
  }

  /** Of a long table few rows change at a time: those that have not are neither sent through nor compared again. */
  function spareSameRows(element, fresh) {
    const spared = [];
    for (const row of fresh.querySelectorAll("tbody > tr[id]")) {
      const there = document.getElementById(row.id);
      if (!there || !element.contains(there) || !isSame(there, row)) continue;
      there.setAttribute("hx-morph-skip", "");
      row.replaceChildren();
      spared.push(there);
    }
    return spared;
  }

  /** But for the mark that htmx leaves on what it has seen to. */
  function isSame(there, row) {
    const seenTo = row.querySelectorAll("[hx-post], [hx-get]");
    for (const one of seenTo) one.dataset.htmxPowered = "true";
    if (there.isEqualNode(row)) return true;
    for (const one of seenTo) delete one.dataset.htmxPowered;
    return false;
  }

  /** What is read at its end stays there. */
  function stickers(element) {
    return [...element.querySelectorAll("[data-stick]")]
      .filter(
        ({ scrollTop, scrollHeight, clientHeight }) => scrollTop + clientHeight > scrollHeight - 8,
      )
      .map(({ id }) => id);
  }

  function scrollToEnd(element) {
    if (element) element.scrollTop = element.scrollHeight;
  }

  function announcements(element) {
    const within = [element, ...element.querySelectorAll("[data-announce]")];
    return new Map(
      within
        .filter(({ dataset }) => dataset?.announce)
        .map(({ id, dataset }) => [id, dataset.announce]),
    );
  }

  // What must not be disturbed

  function isInUse(element) {
    if (element.closest("details[data-collapsible]:not([open])")) return true;
    if (element.querySelector("dialog[open]")) return true;
    const selection = getSelection();
    if (selection && !selection.isCollapsed && selection.containsNode(element, true)) return true;
    const active = document.activeElement;
    if (active && element.contains(active) && active.matches("select, [data-menu] *")) return true;
    return [...element.querySelectorAll("input, textarea")].some(isHalfTyped);
  }

  function isHalfTyped(field) {
    if (["checkbox", "radio"].includes(field.type))
      return (
        !field.matches("[data-row], [data-all-rows]") && field.checked !== field.defaultChecked
      );
    return field.type !== "hidden" && field.value !== field.defaultValue;
  }

  function isFrozen(rows) {
    if (clx.ticked(rows).length > 0 || rows.matches(":hover")) return true;
    if (rows.contains(document.activeElement)) return true;
    return rows.rows?.length > 0 && rows.getBoundingClientRect().top < -40;
  }

  /** In a table that is in use the rows stay which they are; they are only brought up to date. */
  function keepMembership(element, fresh) {
    const news = new Map();
    for (const rows of element.querySelectorAll("[data-rows]")) {
      const freshRows = fresh.querySelector(`#${CSS.escape(rows.id)}`);
      if (!freshRows || !isFrozen(rows)) continue;
      const fetched = new Map([...freshRows.children].map((row) => [row.id, row]));
      const kept = [...rows.children].map((row) => {
        const found = fetched.get(row.id);
        fetched.delete(row.id);
        if (found) return found;
        const gone = row.cloneNode(true);
        gone.classList.add("gone");
        return gone;
      });
      const isSame = fetched.size === 0 && !kept.some((row) => row.classList.contains("gone"));
      if (isSame) continue;
      freshRows.replaceChildren(...kept);
      news.set(rows.id, fetched.size);
    }
    return news;
  }

  function showNews(rowsId, count) {
    const button = document.querySelector(`[data-new-rows="${CSS.escape(rowsId)}"]`);
    if (!button) return;
    button.hidden = false;
    button.textContent = count > 0 ? `${count} new` : "Show changes";
    if (count > 0) clx.announce(`${count} new.`);
  }

  const catchUp = clx.frame(() => {
    showConnection();
    void refresh();
  });
  for (const type of ["selectionchange", "focusout", "change", "close", "toggle"])
    document.addEventListener(type, () => stale.size > 0 && setTimeout(catchUp, 50), true);
  document.addEventListener("change", () => showConnection());

  // What the user asks for

  async function refreshNow() {
    staleAll();
    await refresh({ isForced: true });
  }

  function setPaused(paused) {
    isPaused = paused;
    clx.store("updates", paused ? "off" : undefined);
    showConnection();
    clx.announce(paused ? "Updates paused." : "Updates resumed.");
    if (!paused) void refreshNow();
  }

  function resume() {
    for (const box of clx.ticked(document)) box.checked = false;
    document.dispatchEvent(new Event("clx:ticks"));
    setPaused(false);
  }

  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-resume]")) resume();
    if (target.closest("[data-refresh]")) void refreshNow();
    const news = target.closest("[data-new-rows]");
    if (!news) return;
    const rows = document.getElementById(news.dataset.newRows);
    for (const box of clx.ticked(rows)) box.checked = false;
    document.activeElement?.blur();
    rows.removeAttribute("data-rows");
    scrollTo({ top: 0 });
    void refreshNow();
  });
  document.addEventListener("clx:changed", () => refreshNow());
  document.addEventListener("clx:ticks", () => showConnection());

  const timers = new Map();
  function startTimers() {
    const wanted = new Set(liveElements().map(({ dataset }) => dataset.interval));
    for (const seconds of wanted)
      if (seconds && !timers.has(seconds))
        timers.set(
          seconds,
          setInterval(() => poll(seconds), Number(seconds) * 1_000),
        );
  }

  function poll(seconds) {
    for (const { id, dataset } of liveElements()) if (dataset.interval === seconds) stale.add(id);
    if (lostAt === undefined) void refresh();
  }

  clx.refreshNow = refreshNow;
  clx.togglePaused = () =>
    isPaused || clx.ticked(document).length > 0 ? resume() : setPaused(true);
  clx.isPaused = () => isPaused;
  for (const element of document.querySelectorAll("[data-stick]")) scrollToEnd(element);
  for (const button of document.querySelectorAll("[data-refresh]")) button.hidden = false;
  document.addEventListener("clx:updated", () => {
    for (const button of document.querySelectorAll("[data-refresh][hidden]")) button.hidden = false;
  });
  startTimers();
  connect();
  showConnection();
})();
