// Forms that act, and the dialogs that ask before they do.
(() => {
  const { clx } = window;

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("form[data-dialog]")) return;
    event.preventDefault();
    const address = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form, event.submitter))}`;
    try {
      const answer = await fetch(address.replace(/\?$/, ""), { headers: { "HX-Request": "true" } });
      if (answer.redirected) location.reload();
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      const dialog = found.querySelector("dialog");
      if (dialog) showDialog(dialog);
      else
        clx.notify("refused", (found.querySelector(".notice p") ?? found.body).textContent.trim());
    } catch {
      clx.notify("refused", "The server cannot be reached; nothing was done.");
    }
  });

  // An address says what is filtered by, and nothing of what is not.
  document.addEventListener("formdata", ({ target, formData }) => {
    if (target.getAttribute("role") !== "search") return;
    for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
  });

  function showDialog(dialog) {
    document.getElementById(dialog.id)?.remove();
    dialog.removeAttribute("open");
    document.body.append(dialog);
    window.htmx?.process(dialog);
    dialog.addEventListener("close", () => setTimeout(() => dialog.remove(), 1_000));
    dialog.showModal();
  }

  document.addEventListener("click", (event) => {
    const { target } = event;
    target.closest(".notice [data-dismiss]")?.closest(".notice").remove();
    const closer = target.closest("dialog [data-close]");
    if (closer?.closest("dialog").matches(":modal")) {
      event.preventDefault();
      closer.closest("dialog").close();
    }
    const opener = target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
    if (target.matches("dialog:modal") && isBeside(target, event)) target.close();
  });

  function isBeside(dialog, { clientX, clientY }) {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    return clientX < left || clientX > right || clientY < top || clientY > bottom;
  }

  // The second click of a double click does nothing, however soon the first was answered.
  document.addEventListener(
    "click",
    (event) => {
      const button = event.detail > 1 && event.target.closest("button[type=submit]");
      if (button && button.form?.method === "post") event.preventDefault();
    },
    true,
  );

  // A second click while the first is on its way does nothing.
  const underway = new WeakSet();
  document.addEventListener("htmx:config:request", (event) => {
    const source = event.detail.ctx.sourceElement;
    if (underway.has(source)) event.preventDefault();
    else if (event.detail.ctx.request.method !== "GET") underway.add(source);
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    underway.delete(ctx.sourceElement);
    const dialog = ctx.sourceElement.closest?.("dialog:modal");
    if (dialog) dialog.close();
    const asked = document.querySelector("#notices dialog");
    if (asked) showDialog(asked);
    trimNotices();
  });

  // What is not a page of ours is told as a notice: the envelope of an error.
  document.addEventListener("htmx:before:response", (event) => {
    const { response } = event.detail.ctx;
    if (!(response.headers.get("Content-Type") ?? "").includes("json")) return;
    event.preventDefault();
    response.raw.json().then(
      ({ error }) => clx.notify("refused", error?.message ?? "The server refused."),
      () => clx.notify("refused", "The server refused."),
    );
  });
  document.addEventListener("htmx:error", ({ detail }) => {
    if (detail.ctx?.response) return;
    clx.notify("refused", "The server cannot be reached; nothing is known to have been done.");
  });

  /** Good news leaves by itself, the rest is dismissed. */
  function trimNotices() {
    for (const told of document.querySelectorAll(".notice.done:not([data-leaves])")) {
      told.dataset.leaves = "";
      setTimeout(() => told.remove(), 8_000);
    }
    const all = [...document.querySelectorAll("#notices .notice")];
    for (const told of all.slice(0, -4)) told.remove();
  }

  // Sections that are remembered as they were left.
  for (const details of document.querySelectorAll("details[data-collapsible]")) {
    const kept = clx.stored(`open.${details.id}`);
    if (kept !== undefined) details.open = kept === "yes";
  }
  document.addEventListener(
    "toggle",
    ({ target }) => {
      if (target.matches?.("details[data-collapsible]"))
        clx.store(`open.${target.id}`, target.open ? "yes" : "no");
    },
    true,
  );

  // Copying works over plain HTTP too, where browsers offer no clipboard.
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  document.addEventListener("clx:updated", () => {
    for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
  });
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-copy]");
    if (!button) return;
    const from = button.dataset.copyFrom && document.getElementById(button.dataset.copyFrom);
    await copy(from ? from.textContent : button.dataset.copy);
    clx.notify("done", "Copied.");
    trimNotices();
  });

  async function copy(text) {
    if (navigator.clipboard) return await navigator.clipboard.writeText(text);
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "unseen";
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
})();

// The panel of workers answers to its forms with itself, on pages that are not ours too.
(() => {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const id = form.dataset?.answer;
    if (!id) return;
    event.preventDefault();
    if (form.dataset.isSent) return;
    form.dataset.isSent = "";
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { "HX-Request": "true" },
        body: new URLSearchParams(new FormData(form)),
      });
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = found.getElementById(id);
      if (fresh) document.getElementById(id)?.replaceWith(fresh);
      document.querySelector("dialog:modal")?.close();
      document.dispatchEvent(new CustomEvent("clx:updated", { detail: { id } }));
    } finally {
      delete form.dataset.isSent;
    }
  });
})();
