/* A form on screen: arrows walk from cell to cell, a cell opens beside the table, Escape closes it; leaving asks while
   typed cells are not written. */
"use strict";

(() => {
  const panel = document.getElementById("cell-panel");
  if (!panel) return;
  let opener = null;

  const cells = (row) => [...row.querySelectorAll("[data-cell]")];

  // The cell in another row of the same table that stands in the same column.
  const beside = (cell, step) => {
    const place = cell.closest("td").cellIndex;
    let row = cell.closest("tr");
    for (;;) {
      row = step > 0 ? row.nextElementSibling : row.previousElementSibling;
      if (!row) return null;
      const found = row.cells[place]?.querySelector("[data-cell]");
      if (found) return found;
    }
  };

  // Which cell the panel tells of; the table is narrower beside the panel, so the cell is brought back into sight.
  const mark = (cell) => {
    document.querySelector(".sheet-open")?.classList.remove("sheet-open");
    const place = cell?.closest("td");
    place?.classList.add("sheet-open");
    place?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  const close = () => {
    mark(null);
    panel.hidden = true;
    panel.replaceChildren();
    opener?.focus();
    opener = null;
  };

  document.addEventListener("keydown", (event) => {
    const cell = event.target instanceof Element ? event.target.closest("[data-cell]") : null;
    if (event.key === "Escape" && !panel.hidden) {
      close();
      return;
    }
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = cells(cell.closest("tr"));
    const place = row.indexOf(cell);
    // Inside a field left and right move in the text; up, down and Enter go from field to field.
    const typing = cell.matches("input");
    let next = null;
    if (event.key === "ArrowDown" || (typing && event.key === "Enter")) next = beside(cell, 1);
    else if (event.key === "ArrowUp") next = beside(cell, -1);
    else if (event.key === "ArrowRight" && !typing) next = row[place + 1];
    else if (event.key === "ArrowLeft" && !typing) next = row[place - 1];
    else if (event.key === "Home" && !typing) next = row[0];
    else if (event.key === "End" && !typing) next = row[row.length - 1];
    else return;
    event.preventDefault();
    next?.focus();
    if (typing) next?.select?.();
  });

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("[data-close-panel]")) {
      close();
      return;
    }
    const cell = event.target.closest("a[data-cell]");
    if (!cell || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    opener = cell;
    fetch(cell.href, { headers: { "HX-Request": "true" }, credentials: "same-origin" })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : Promise.reject(new Error(answer.status))))
      .then((text) => {
        // Our own page, escaped by the server: the same text that the link would open.
        panel.innerHTML = text;
        window.htmx?.process(panel);
        panel.hidden = false;
        panel.focus({ preventScroll: true });
        mark(cell);
      })
      .catch(() => {
        location.href = cell.href;
      });
  });

  const form = document.querySelector("form[data-typed]");
  if (!form) return;
  // What stands in the report: a page that came back refused holds texts that are not written.
  const written = JSON.parse(form.querySelector("[data-seen]").value || "{}");
  let sending = false;
  const isDirty = () =>
    [...form.querySelectorAll("input[data-cell]")].some((box) => box.value.trim() !== (written[box.name] ?? ""));
  form.addEventListener("submit", () => {
    sending = true;
  });
  window.addEventListener("pageshow", () => {
    sending = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && isDirty()) event.preventDefault();
  });
})();
