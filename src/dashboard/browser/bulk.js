// Rows on which bulk work has begun are no longer ticked, and what one has typed is done with.
(() => {
  const { clx } = window;

  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    const form = ctx.sourceElement;
    if (!ctx.response?.raw?.ok || !form?.matches?.("form")) return;
    if (form.matches("dialog form[action='/bulk']")) untick();
    if (form.closest("details.new-task")) form.closest("details").open = false;
  });

  function untick() {
    for (const box of clx.ticked(document)) box.checked = false;
    for (const all of document.querySelectorAll("#bulk input[name=all]")) all.checked = false;
    document.dispatchEvent(new Event("clx:ticks"));
  }

  // "All that match" holds no longer once a row has been unticked.
  document.addEventListener("clx:ticks", () => {
    const all = document.querySelector("#bulk input[name=all]");
    if (all && document.querySelector("#task-list input[data-row]:not(:checked)"))
      all.checked = false;
  });
})();
