// Ticking rows: ranges with shift, all of them by the box in the head.
(() => {
  const { clx } = window;
  let last;

  document.addEventListener("click", (event) => {
    const box = event.target;
    if (!box.matches?.("input[type=checkbox][data-row]")) return;
    if (event.shiftKey && last?.isConnected && last !== box) tickBetween(last, box);
    last = box;
    told();
  });

  document.addEventListener("change", ({ target }) => {
    if (!target.matches("input[type=checkbox][data-all-rows]")) return;
    for (const box of target.closest("table").querySelectorAll("input[data-row]"))
      box.checked = target.checked;
    told();
  });

  function tickBetween(from, to) {
    const boxes = [...to.closest("table").querySelectorAll("input[type=checkbox][data-row]")];
    const [a, b] = [boxes.indexOf(from), boxes.indexOf(to)].toSorted((x, y) => x - y);
    if (a === -1) return;
    for (const box of boxes.slice(a, b + 1)) box.checked = to.checked;
  }

  function told() {
    document.dispatchEvent(new Event("clx:ticks"));
  }

  document.addEventListener("clx:ticks", show);
  document.addEventListener("clx:updated", show);

  function show() {
    const count = clx.ticked(document).length;
    for (const bar of document.querySelectorAll("[data-bulk-bar]")) bar.hidden = count === 0;
    for (const place of document.querySelectorAll("[data-ticked-count]"))
      place.textContent = String(count);
    for (const all of document.querySelectorAll("input[data-all-rows]")) {
      const boxes = all.closest("table").querySelectorAll("input[data-row]").length;
      all.checked = boxes > 0 && count === boxes;
      all.indeterminate = count > 0 && count < boxes;
    }
  }
})();
