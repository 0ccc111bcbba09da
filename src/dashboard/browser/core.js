// What the other scripts share. They are served as one file, this one first.
(() => {
  const clx = { stored, store, announce, notify, now, ticked, frame };
  window.clx = clx;

  function stored(name, fallback) {
    try {
      return localStorage.getItem(`clx.${name}`) ?? fallback;
    } catch {
      return fallback;
    }
  }

  function store(name, value) {
    try {
      if (value === undefined) localStorage.removeItem(`clx.${name}`);
      else localStorage.setItem(`clx.${name}`, value);
    } catch {
      // It holds until the page is left.
    }
  }

  // The server's clock: ages are told by it, whatever this browser's says.
  const meta = document.querySelector('meta[name="clx-now"]');
  const [navigation] = performance.getEntriesByType("navigation");
  const arrivedAt = performance.timeOrigin + (navigation?.responseStart ?? 0);
  const skew = meta && navigation?.type !== "back_forward" ? Number(meta.content) - arrivedAt : 0;
  clx.skew = Math.abs(skew) > 2_000 ? skew : 0;

  function now() {
    return Date.now() + clx.skew;
  }

  /** Read out at most every five seconds, whatever happens. */
  const waiting = new Set();
  let spokeAt = 0;
  let speaking;
  function announce(words) {
    waiting.add(words);
    if (speaking === undefined)
      speaking = setTimeout(speak, Math.max(250, spokeAt + 5_000 - Date.now()));
  }

  function speak() {
    speaking = undefined;
    spokeAt = Date.now();
    const announcer = document.getElementById("announcer");
    if (announcer) announcer.textContent = [...waiting].join(" ");
    waiting.clear();
  }

  function notify(kind, words) {
    const place = document.getElementById("notices");
    if (!place) return;
    const told = document.createElement("div");
    told.className = `notice ${kind}`;
    told.setAttribute("role", kind === "refused" ? "alert" : "status");
    const text = document.createElement("p");
    text.textContent = words;
    const dismiss = document.createElement("button");
    dismiss.type = "button";
    dismiss.className = "icon";
    dismiss.dataset.dismiss = "";
    dismiss.setAttribute("aria-label", "Dismiss");
    dismiss.textContent = "×";
    told.append(text, dismiss);
    place.append(told);
  }

  /** Ticked rows inside an element. */
  function ticked(inside) {
    return inside.querySelectorAll("input[type=checkbox][data-row]:checked");
  }

  /** Calls back once before the next paint, however often it is asked to. */
  function frame(run) {
    let asked = false;
    return () => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        run();
      });
    };
  }
})();
