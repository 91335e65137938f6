/* A table of text boxes walked and filled like a spreadsheet: arrows, Enter, Escape, blocks pasted from Excel, names
   read without accents, marks on what is not saved. Names are read by the steps of assignment_names.py. */
"use strict";

(() => {
  document.querySelectorAll("form[data-filters]").forEach((form) =>
    form.addEventListener("change", () => form.requestSubmit()),
  );
  const table = document.querySelector("table[data-grid]");
  if (!table) return;
  const form = table.closest("form");
  const listId = table.dataset.names;
  const state = form.querySelector("[data-grid-state]");
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell) => cell.querySelector("input")));
  const places = new Map();
  rows.forEach((row, y) => row.forEach((box, x) => box && places.set(box, [y, x])));
  const boxes = [...places.keys()];

  const fold = (text) =>
    text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase().replace(/\s+/g, " ").trim();
  const known = [...document.getElementById(listId).options].map((option) => {
    const label = fold(option.value);
    return { value: option.value, label, name: label.split(" – ")[0].split(" ") };
  });
  const inOrder = (words, name) => {
    let place = 0;
    return words.every((word) => {
      while (place < name.length && !name[place].startsWith(word)) place += 1;
      place += 1;
      return place <= name.length;
    });
  };
  const ends = (name, words) =>
    words.length <= name.length && words.every((word, at) => word === name[name.length - words.length + at]);
  const find = (text) => {
    const wanted = fold(text.replace(/\./g, " "));
    const words = wanted.split(" ").filter(Boolean);
    if (!words.length) return [];
    const last = words[words.length - 1];
    const ways = [
      (one) => one.label === wanted,
      (one) => one.name.length === words.length && ends(one.name, words),
      (one) => ends(one.name, words),
      (one) => one.name[one.name.length - 1].startsWith(last) && inOrder(words.slice(0, -1), one.name.slice(0, -1)),
      (one) => words.every((word) => one.name.some((part) => part.startsWith(word))),
    ];
    for (const way of ways) {
      const found = known.filter(way);
      if (found.length) return found;
    }
    return [];
  };
  const periods = /^(.+?)\s*(?:\(\s*(\d{1,2}(?:[.,]\d)?)\s*(?:t|tiết)?\s*\)|\s(\d{1,2}(?:[.,]\d)?)\s*(?:t|tiết)?)$/;
  const read = (text) => {
    const faults = [];
    const parts = text
      .split(/[;+\n]|,(?![^(]*\))/)
      .map((part) => part.trim())
      .filter(Boolean)
      .map((part) => {
        let found = find(part);
        let count = "";
        const split = found.length ? null : periods.exec(part);
        if (split) {
          found = find(split[1]);
          count = ` (${split[2] ?? split[3]})`;
        }
        if (found.length === 1) return found[0].value + count;
        const named = found.slice(0, 4).map((one) => one.value);
        faults.push(found.length ? `“${part}” có thể là ${named.join(", ")}.` : `Không có giáo viên tên “${part}”.`);
        return part;
      });
    return { text: parts.join("; "), fault: faults.join(" ") };
  };

  const was = (box) => box.dataset.was ?? box.defaultValue;
  const changed = () => boxes.filter((box) => box.value.trim() !== was(box).trim());
  const say = (more = "") => {
    const open = changed();
    const wrong = boxes.filter((box) => box.getAttribute("aria-invalid")).length;
    const parts = [open.length ? `${open.length} ô chưa lưu.` : "", wrong ? `${wrong} ô chưa rõ tên.` : "", more];
    state.textContent = parts.filter(Boolean).join(" ");
  };
  const mark = (box) => {
    const cell = box.closest("td");
    cell.classList.toggle("is-changed", box.value.trim() !== was(box).trim());
    cell.querySelector(".cell-fault")?.remove();
    box.removeAttribute("aria-invalid");
    box.removeAttribute("aria-describedby");
  };
  const settle = (box) => {
    mark(box);
    if (box.value.trim() === was(box).trim()) return;
    const { text, fault } = read(box.value);
    box.value = text;
    if (text === was(box)) mark(box);
    if (!fault) return;
    const note = document.createElement("span");
    note.className = "cell-fault";
    note.id = `loi-${box.name}`;
    note.textContent = fault;
    box.closest("td").append(note);
    box.setAttribute("aria-invalid", "true");
    box.setAttribute("aria-describedby", note.id);
  };

  // What is typed is kept in this tab until it is saved: only the boxes that differ, with what they said before.
  const kept = `grid:${document.body.dataset.account}:${form.getAttribute("action")}`;
  let sending = false;
  const keep = () =>
    sessionStorage.setItem(
      kept,
      JSON.stringify({ sent: sending, cells: changed().map((box) => [box.name, was(box), box.value]) }),
    );
  const draft = JSON.parse(sessionStorage.getItem(kept) ?? "null");
  if (draft?.sent && document.querySelector("#messages .note-success")) sessionStorage.removeItem(kept);
  else if (draft?.cells.length && !table.querySelector("[data-was]")) {
    draft.cells.forEach(([name, before, value]) => {
      const box = form.elements[name];
      if (box && was(box) === before) {
        box.value = value;
        settle(box);
      }
    });
    say("Đã lấy lại nội dung đang gõ dở, chưa lưu.");
  }

  const go = (box, down, right) => {
    let [y, x] = places.get(box);
    do {
      y += down;
      x += right;
    } while (rows[y] && x >= 0 && x < rows[y].length && !rows[y][x]);
    const next = rows[y]?.[x];
    if (!next) return false;
    next.focus();
    next.select();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
    return true;
  };
  table.addEventListener("focusin", (event) => {
    if (!places.has(event.target)) return;
    // Proposals open while typing only: until then the arrows walk the table.
    event.target.removeAttribute("list");
    event.target.dataset.before = event.target.value;
    event.target.select();
  });
  table.addEventListener("input", (event) => {
    if (!places.has(event.target)) return;
    event.target.setAttribute("list", listId);
    mark(event.target);
    keep();
    say();
  });
  table.addEventListener("focusout", (event) => {
    if (!places.has(event.target)) return;
    if (event.target.value !== event.target.dataset.before) {
      settle(event.target);
      keep();
      say();
    }
  });
  table.addEventListener("keydown", (event) => {
    const box = event.target;
    if (!places.has(box) || event.altKey || event.ctrlKey || event.metaKey || !event.key) return;
    const typing = box.value !== box.dataset.before;
    const atStart = box.selectionEnd === 0 || (box.selectionStart === 0 && box.selectionEnd === box.value.length);
    const atEnd = box.selectionStart === box.value.length || atStart;
    const step = {
      ArrowDown: typing ? null : [1, 0],
      ArrowUp: typing ? null : [-1, 0],
      ArrowLeft: atStart && !typing ? [0, -1] : null,
      ArrowRight: atEnd && !typing ? [0, 1] : null,
      Enter: event.shiftKey ? [-1, 0] : [1, 0],
    }[event.key];
    if (event.key === "Escape") {
      box.value = was(box);
      box.dataset.before = box.value;
      mark(box);
      keep();
      say();
    } else if (step) {
      event.preventDefault();
      if (!go(box, ...step) && event.key === "Enter") {
        settle(box);
        say();
      }
    }
  });
  table.addEventListener("paste", (event) => {
    const box = event.target;
    const text = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n+$/, "");
    if (!places.has(box) || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const [top, left] = places.get(box);
    const lost = [];
    let count = 0;
    text.split("\n").forEach((line, down) =>
      line.split("\t").forEach((value, right) => {
        const aim = rows[top + down]?.[left + right];
        if (aim) {
          aim.value = value.replace(/^"|"$/g, "").trim();
          settle(aim);
          count += 1;
        } else if (value.trim()) lost.push(value.trim());
      }),
    );
    box.dataset.before = box.value;
    box.select();
    keep();
    say(`Đã dán ${count} ô.${lost.length ? ` Không có ô cho: ${lost.join(", ")}.` : ""}`);
  });

  form.addEventListener("submit", () => {
    if (document.activeElement && places.has(document.activeElement)) settle(document.activeElement);
    sending = true;
    keep();
    const open = new Set(changed());
    // Only what was changed is sent: a colleague's cells are not touched.
    boxes.forEach((box) => {
      box.disabled = !open.has(box);
    });
  });
  window.addEventListener("pageshow", () => {
    sending = false;
    boxes.forEach((box) => {
      box.disabled = false;
    });
  });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && changed().length) event.preventDefault();
  });
  if (boxes.some((box) => box.dataset.was !== undefined)) say();
})();
