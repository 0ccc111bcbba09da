// What this browser has chosen: theme, density, zone of times, whether updates come by themselves.
(() => {
  const { clx } = window;
  const root = document.documentElement;
  const themes = ["system", "light", "dark"];

  function choose(name, value) {
    const isDefault =
      { theme: "system", density: "comfortable", zone: "local", updates: "on" }[name] === value;
    clx.store(name, isDefault ? undefined : value);
    if (name === "theme" || name === "density") {
      if (isDefault) delete root.dataset[name];
      else root.dataset[name] = value;
    }
    if (name === "zone") clx.tick();
    if (name === "updates" && clx.isPaused() !== (value === "off")) clx.togglePaused();
    show();
  }

  function chosen(name) {
    const defaults = { theme: "system", density: "comfortable", zone: "local", updates: "on" };
    return clx.stored(name, defaults[name]);
  }

  function show() {
    for (const select of document.querySelectorAll("select[data-setting]"))
      select.value = chosen(select.dataset.setting);
    for (const name of document.querySelectorAll("[data-theme-name]"))
      name.textContent = chosen("theme");
  }

  clx.cycleTheme = () => {
    const next = themes[(themes.indexOf(chosen("theme")) + 1) % themes.length];
    choose("theme", next);
    clx.announce(`Theme: ${next}.`);
  };

  document.addEventListener("change", ({ target }) => {
    if (target.matches("select[data-setting]")) choose(target.dataset.setting, target.value);
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-cycle-theme]")) clx.cycleTheme();
  });
  for (const button of document.querySelectorAll("[data-cycle-theme], [data-show-keys]"))
    button.hidden = false;
  show();
})();
