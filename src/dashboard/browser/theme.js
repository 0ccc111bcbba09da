// Runs before the first paint: what this browser has chosen.
(() => {
  for (const name of ["theme", "density"]) {
    try {
      const choice = localStorage.getItem(`clx.${name}`);
      if (choice) document.documentElement.dataset[name] = choice;
    } catch {
      // Without storage the system's choice holds.
    }
  }
})();
