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
  let isFollowing = !isFiltered && !location.search.includes("before=");
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
    news.textContent = unread === 1 ? `1 new ${one}` : `${unread} new ${many}`;
  }

  frame.addEventListener("scroll", () => {
    if (performance.now() < quietUntil) return;
    if (isAtEnd()) {
      unread = 0;
      isFollowing = !isFiltered;
    } else isFollowing = false;
    show();
  });
  follow.addEventListener("change", () => {
    isFollowing = follow.checked;
    if (isFollowing) toEnd();
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
    if (isFetching || isFiltered) return;
    const end = document.getElementById("log-end");
    if (!end || Number(end.dataset.last) <= Number(lines().dataset.last)) return;
    isFetching = true;
    try {
      const found = await fetchLines(`after=${lines().dataset.last}`);
      if (found) append(found.querySelector("ol"));
    } catch {
      // The next change fetches them.
    } finally {
      isFetching = false;
    }
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
      const over = lines().children.length - mostLines;
      for (const old of [...lines().children].slice(0, Math.max(0, over))) old.remove();
      toEnd();
    } else {
      unread += counted;
      show();
    }
  }

  section.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-earlier]");
    if (!link) return;
    event.preventDefault();
    const before = lines().querySelector("[id^=log-]")?.id.slice(4);
    const found = await fetchLines(`before=${before}`).catch(() => undefined);
    if (!found) return clx.notify("refused", "The lines could not be fetched.");
    const [height, top] = [frame.scrollHeight, frame.scrollTop];
    quietUntil = performance.now() + 200;
    lines().prepend(...found.querySelector("ol").children);
    if (found.dataset.hasEarlier === "no") link.parentElement.remove();
    frame.scrollTop = top + frame.scrollHeight - height;
  });

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
  new ResizeObserver(() => {
    if (isFollowing && !isAtEnd()) toEnd();
  }).observe(lines());
  if (isFollowing) toEnd();
  show();
})();
