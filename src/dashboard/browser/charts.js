// Tells the numbers of a chart where the pointer is, read from the table below it.
(() => {
  document.addEventListener("pointermove", ({ target, clientX }) => {
    const plot = target.closest?.("[data-chart] .plot");
    if (plot) show(plot, clientX);
  });
  document.addEventListener(
    "pointerleave",
    ({ target }) => {
      if (target.matches?.("[data-chart] .plot")) hide(target);
    },
    true,
  );

  function show(plot, clientX) {
    const drawing = plot.querySelector("svg");
    const { left, width } = drawing.getBoundingClientRect();
    const rows = plot.closest("[data-chart]").querySelectorAll("tbody tr");
    if (rows.length < 2 || clientX < left) return;
    const at = Math.round(Math.min(1, (clientX - left) / width) * (rows.length - 1));
    const { width: inner, height } = drawing.viewBox.baseVal;
    const x = (at / (rows.length - 1)) * inner;
    drawing.querySelector(".cursor").setAttribute("d", `M${x} 0V${height}`);
    const told = plot.querySelector(".at-cursor");
    const heads = plot.closest("[data-chart]").querySelectorAll("thead th");
    told.textContent = [...rows[at].cells]
      .map((cell, n) =>
        n === 0 ? cell.textContent : `${heads[n].textContent} ${cell.textContent}`,
      )
      .join(" · ");
    told.hidden = false;
  }

  function hide(plot) {
    plot.querySelector(".cursor").setAttribute("d", "");
    plot.querySelector(".at-cursor").hidden = true;
  }
})();
