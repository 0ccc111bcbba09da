// The log of a task: opens at its end, follows it until somebody scrolls up, fetches what is earlier.
(() => {
  const { clx } = window;
  const section = document.querySelector("[data-log]");
  if (!section) return;
  const address = section.dataset.log;
  const isFiltered = section.hasAttribute("data-filtered");
  const frame = document.getElementById("log-frame");
  const follow = section.querySelector("[data-follow]");
  const news = section.querySelector("[data-log-news]");
  /** What a page can hold without getting slow; earlier ones can be fetched again. */
  const mostLines = 6_000;
  /** What the rows are called, one and many. */
  const [one, many] = (section.dataset.news ?? "line lines").split(" ");
  let hasLater = section.hasAttribute("data-has-later");
  let isFollowing = !isFiltered && !hasLater && !/before=|from=/.test(location.search);
  let isFetching = false;
  let unread = 0;
  let quietUntil = 0;

  const lines = () => document.getElementById("log-lines");
  const isAtEnd = () => frame.scrollHeight - frame.scrollTop - frame.clientHeight < 24;

  function toEnd() {
    quietUntil = performance.now() + 100;
    frame.scrollTop = frame.scrollHeight;
    unread = 0;
    show();
  }

  function show() {
    follow.checked = isFollowing;
    news.hidden = isFollowing || unread === 0;
    for (const later of section.querySelectorAll(".later, [data-to-end]")) later.hidden = !hasLater;
    news.textContent = unread === 1 ? `1 new ${one}` : `${unread} new ${many}`;
  }

  frame.addEventListener("scroll", () => {
    if (performance.now() < quietUntil) return;
    if (isAtEnd() && !hasLater) {
      unread = 0;
      isFollowing = !isFiltered;
    } else isFollowing = false;
    show();
  });
  follow.addEventListener("change", () => {
    isFollowing = follow.checked;
    if (isFollowing && hasLater) void jumpToEnd();
    else if (isFollowing) toEnd();
    show();
  });
  news.addEventListener("click", () => {
    isFollowing = true;
    toEnd();
    frame.focus({ preventScroll: true });
  });

  async function fetchLines(query) {
    const answer = await fetch(`${address}?${query}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) return undefined;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    return found.querySelector("[data-has-earlier]");
  }

  /** What has come since the last line that is here. */
  async function catchUp() {
    if (isFetching || isFiltered || hasLater) return;
    const behind = Number(document.getElementById("log-end")?.dataset.last) - last();
    if (!(behind > 0)) return;
    if (behind > mostLines && isFollowing) return await jumpToEnd();
    isFetching = true;
    try {
      const found = await fetchLines(`after=${last()}`);
      if (found) append(found.querySelector("ol"));
      hasLater = !isFollowing && found?.dataset.hasLater === "yes";
    } catch {
      // The next change fetches them.
    } finally {
      isFetching = false;
    }
    if (last() < Number(document.getElementById("log-end")?.dataset.last)) void catchUp();
  }

  const last = () => Number(lines().dataset.last);
  const firstId = () => lines().querySelector("[id^=log-]")?.id.slice(4);

  /** The last lines take the place of those that are here. */
  async function jumpToEnd() {
    const found = await fetchLines("").catch(() => undefined);
    if (!found) return clx.notify("refused", "The lines could not be fetched.");
    lines().replaceWith(found.querySelector("ol"));
    watchHeight();
    hasLater = false;
    isFollowing = true;
    tellEarlier(found.dataset.hasEarlier === "yes");
    toEnd();
  }

  function append(fresh) {
    const came = [...fresh.children];
    lines().dataset.last = fresh.dataset.last;
    if (came.length === 0) return;
    section.querySelector(".nothing-yet")?.remove();
    lines().append(...came);
    const counted = came.filter((line) => line.id).length;
    if (section.dataset.news) clx.announce(`${counted} new ${counted === 1 ? one : many}.`);
    if (isFollowing) {
      letGoOfFirst();
      toEnd();
    } else {
      unread += counted;
      show();
    }
  }

  function tellEarlier(isThere) {
    const earlier = section.querySelector(".earlier");
    if (earlier) earlier.hidden = !isThere;
  }

  function letGoOfFirst() {
    const over = [...lines().children].slice(0, -mostLines);
    for (const old of over) old.remove();
    if (over.length > 0) tellEarlier(true);
  }

  function letGoOfLast() {
    const over = [...lines().children].slice(mostLines);
    if (over.length === 0) return;
    for (const old of over) old.remove();
    lines().dataset.last = [...lines().querySelectorAll("[id^=log-]")].at(-1).id.slice(4);
    hasLater = true;
    isFollowing = false;
  }

  const turns = { earlier: showEarlier, later: showLater, toEnd: jumpToEnd };
  let isTurning = false;
  section.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-earlier], [data-later], [data-to-end]");
    if (!link) return;
    event.preventDefault();
    if (isTurning) return;
    isTurning = true;
    const [turn] = Object.keys(turns).filter((name) => name in link.dataset);
    await turns[turn]();
    show();
    isTurning = false;
  });

  async function showEarlier() {
    const found = await fetchLines(`before=${firstId()}`).catch(() => undefined);
    if (!found) return clx.notify("refused", "The lines could not be fetched.");
    const [height, top] = [frame.scrollHeight, frame.scrollTop];
    quietUntil = performance.now() + 200;
    lines().prepend(...found.querySelector("ol").children);
    tellEarlier(found.dataset.hasEarlier === "yes");
    frame.scrollTop = top + frame.scrollHeight - height;
    letGoOfLast();
  }

  async function showLater() {
    const found = await fetchLines(`from=${last() + 1}`).catch(() => undefined);
    if (!found) return clx.notify("refused", "The lines could not be fetched.");
    const fresh = found.querySelector("ol");
    const anchor = lines().lastElementChild;
    const at = anchor?.getBoundingClientRect().top;
    quietUntil = performance.now() + 200;
    lines().dataset.last = fresh.dataset.last;
    lines().append(...fresh.children);
    letGoOfFirst();
    if (anchor) frame.scrollTop += anchor.getBoundingClientRect().top - at;
    hasLater = found.dataset.hasLater === "yes";
  }

  // Before the button is acted upon: the lines as text, without their numbers.
  section.querySelector("[data-copy-log]")?.addEventListener("click", ({ currentTarget }) => {
    currentTarget.dataset.copy = [...lines().children]
      .map((line) => {
        const text = line.querySelector(".text")?.cloneNode(true) ?? line;
        if (text !== line) text.querySelector(".unseen")?.remove();
        return text.textContent;
      })
      .join("\n");
  });

  document.addEventListener("clx:updated", ({ detail }) => {
    if (detail.id === "log-end") void catchUp();
  });
  // Lines that come into sight for the first time get their real height.
  const heights = new ResizeObserver(() => {
    if (isFollowing && !isAtEnd()) toEnd();
  });
  function watchHeight() {
    heights.disconnect();
    heights.observe(lines());
  }
  watchHeight();
  if (isFollowing) toEnd();
  show();
})();
