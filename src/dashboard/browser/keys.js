// Single keys, and sequences that begin with g. `keys-help.ts` lists them.
(() => {
  const { clx } = window;
  let isGoing = false;
  let giveUp;

  document.addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (key === " " && target.matches("a[role=button]")) {
      event.preventDefault();
      target.click();
      return;
    }
    if (ctrlKey || metaKey || altKey || isTyping(target)) return;
    if (document.querySelector("dialog:modal")) return;
    const act = isGoing ? going(key) : acts[key];
    clearTimeout(giveUp);
    isGoing = !isGoing && key === "g";
    if (isGoing) giveUp = setTimeout(() => (isGoing = false), 1_500);
    if (!act) return;
    event.preventDefault();
    act();
  });

  function isTyping(target) {
    return target.matches(
      "input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]",
    );
  }

  function going(key) {
    const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    return link && (() => link.click());
  }

  const acts = {
    "?": showKeys,
    "/": () => document.querySelector("[data-search]")?.focus(),
    r: () => {
      void clx.refreshNow();
      clx.announce("Refreshed.");
    },
    p: () => clx.togglePaused(),
    t: () => clx.cycleTheme(),
    j: () => moveRow(1),
    k: () => moveRow(-1),
  };

  function moveRow(step) {
    const links = [...document.querySelectorAll("main tbody th a, main [data-row-link]")];
    if (links.length === 0) return;
    const row = document.activeElement?.closest("tr, [data-card]");
    const at = links.findIndex((link) => row?.contains(link));
    const next = at === -1 ? (step > 0 ? 0 : links.length - 1) : at + step;
    links[Math.min(links.length - 1, Math.max(0, next))]?.focus();
  }

  function showKeys() {
    document.getElementById("keys")?.showModal();
  }

  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-show-keys]")) showKeys();
  });
})();
