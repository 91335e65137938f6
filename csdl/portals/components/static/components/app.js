/* What HTML cannot do by itself: menus that close, focus after errors, news for screen readers, "/" for search. */
"use strict";

(() => {
  const openMenus = () => document.querySelectorAll("details.menu[open], details.confirm[open]");

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("[data-reload]")) location.reload();
    if (event.target.closest("[data-print]")) window.print();
    const fill = event.target.closest("[data-sign-in]");
    if (fill) {
      const login = document.getElementById("id_login");
      const password = document.getElementById("id_password");
      login.value = fill.dataset.signIn;
      if (fill.dataset.password) password.value = fill.dataset.password;
      (fill.dataset.password ? login.form.querySelector("[type=submit]") : password).focus();
    }
    const closer = event.target.closest("[data-close-details]");
    openMenus().forEach((menu) => {
      const inside = menu.contains(event.target);
      if (closer && inside) {
        menu.open = false;
        menu.querySelector("summary").focus();
      } else if (!inside && menu.classList.contains("menu")) {
        menu.open = false;
      }
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      openMenus().forEach((menu) => {
        const held = menu.contains(document.activeElement);
        menu.open = false;
        if (held) menu.querySelector("summary").focus();
      });
    }
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.querySelector("[data-search]") ?? document.getElementById("quick-search");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    }
  });

  // The box of the top bar: what it finds drops down below it and is walked with the arrows.
  const quick = document.querySelector("[data-quick]");
  if (quick) {
    const box = quick.querySelector("input");
    const sheet = quick.querySelector(".quick-found");
    const shut = () => {
      sheet.hidden = true;
    };
    document.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        box.focus();
        box.select();
      }
    });
    box.addEventListener("input", () => {
      if (!box.value.trim()) shut();
    });
    box.addEventListener("focus", () => {
      if (box.value.trim() && sheet.childElementCount) sheet.hidden = false;
    });
    document.addEventListener("htmx:after:swap", () => {
      if (document.activeElement === box && box.value.trim()) sheet.hidden = false;
    });
    quick.addEventListener("keydown", (event) => {
      const links = [...sheet.querySelectorAll("a")];
      const place = links.indexOf(document.activeElement);
      if (event.key === "Escape") {
        shut();
        box.focus();
      } else if (event.key === "ArrowDown" && links.length && box.value.trim()) {
        event.preventDefault();
        sheet.hidden = false;
        links[Math.min(place + 1, links.length - 1)].focus();
      } else if (event.key === "ArrowUp" && place >= 0) {
        event.preventDefault();
        (place === 0 ? box : links[place - 1]).focus();
      }
    });
    document.addEventListener("focusin", (event) => {
      if (!quick.contains(event.target)) shut();
    });
    document.addEventListener("click", (event) => {
      if (!quick.contains(event.target)) shut();
    });
  }

  // A confirming panel takes the focus, so that Enter never confirms unread.
  document.addEventListener(
    "toggle",
    (event) => {
      const details = event.target;
      if (details.matches?.("details.confirm[open]")) {
        (details.querySelector("textarea") ?? details.querySelector("[data-close-details]"))?.focus();
      }
    },
    true,
  );

  document.addEventListener("htmx:after:swap", () => {
    const news = document.querySelector("#results [data-announce]");
    const announcer = document.getElementById("announcer");
    if (news && announcer) announcer.textContent = news.textContent.trim();
    document.getElementById("request-error").hidden = true;
  });

  const failed = () => {
    document.getElementById("request-error").hidden = false;
  };
  document.addEventListener("htmx:error", (event) => {
    // A newer keystroke replaces the request before it: that is no failure.
    if (event.detail?.error?.name !== "AbortError") failed();
  });
  document.addEventListener("htmx:response:error", failed);

  // Rows that are chosen: the whole page at once, and how many there are.
  const counted = (form) => {
    const picks = [...document.querySelectorAll('input[name="chon"]')].filter((pick) => pick.form === form);
    const chosen = picks.filter((pick) => pick.checked).length;
    const whole = form.querySelector("[data-bulk-page]");
    const every = form.querySelector("[data-bulk-all]");
    whole.closest("label").hidden = false;
    whole.checked = chosen > 0 && chosen === picks.length;
    whole.indeterminate = chosen > 0 && chosen < picks.length;
    form.querySelector("[data-bulk-count]").textContent = every?.checked
      ? "Đã chọn tất cả"
      : chosen
        ? `Đã chọn ${chosen}`
        : "";
    return picks;
  };
  const countBulk = () => document.querySelectorAll("form[data-bulk]").forEach(counted);
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form?.matches("[data-bulk]")) return;
    if (event.target.matches("[data-bulk-page]")) {
      const every = form.querySelector("[data-bulk-all]");
      if (every && !event.target.checked) every.checked = false;
      document.querySelectorAll('input[name="chon"]').forEach((pick) => {
        if (pick.form === form) pick.checked = event.target.checked;
      });
    }
    counted(form);
  });
  document.addEventListener("htmx:after:swap", countBulk);
  window.addEventListener("pageshow", countBulk);

  // What is typed into a form is kept in this tab until it is saved: also when the sign-in ends meanwhile. Only what
  // differs from what stood in the form is brought back, and not over what somebody saved there since.
  const drafts = "draft:";
  const stored = (key) => JSON.parse(sessionStorage.getItem(drafts + key) ?? "null");
  const isTick = (one) => /^(checkbox|radio)$/.test(one.type);
  const boxesOf = (form) => {
    const seen = {};
    return [...form.elements]
      .filter((one) => one.name && !/^(csrfmiddlewaretoken|phien-ban)$/.test(one.name) && !one.name.startsWith("giu-"))
      .filter((one) => /^(INPUT|SELECT|TEXTAREA)$/.test(one.tagName) && !/^(hidden|file|password)$/.test(one.type))
      .map((one) => {
        if (isTick(one)) return [`${one.name}=${one.value}`, one];
        seen[one.name] = (seen[one.name] ?? 0) + 1;
        return [`${one.name}#${seen[one.name]}`, one];
      });
  };
  const typed = (form) =>
    Object.fromEntries(boxesOf(form).map(([key, one]) => [key, isTick(one) ? one.checked : one.value]));
  const put = (form, values) =>
    boxesOf(form).forEach(([key, one]) => {
      if (!(key in values)) return;
      if (isTick(one)) one.checked = values[key];
      else one.value = values[key];
    });
  const signedIn = document.querySelector("[data-account]")?.dataset.account;
  const drafted = [...document.querySelectorAll("form[data-draft]")];
  const refused = new Set(drafted.filter((form) => "bound" in form.dataset).map((form) => drafts + form.dataset.draft));
  // A page that tells why nothing was done: what was sent in vain is still a draft.
  const unsaved = document.querySelector("[data-unsaved]");
  let isKept = false;
  Object.keys(sessionStorage)
    .filter((key) => key.startsWith(drafts))
    .forEach((key) => {
      const draft = JSON.parse(sessionStorage.getItem(key));
      const isOwn = !signedIn || key.startsWith(`${drafts}${signedIn}:`);
      if (isOwn && (!signedIn || unsaved)) {
        if (draft.sent) isKept = true;
        sessionStorage.setItem(key, JSON.stringify({ ...draft, sent: false }));
      } else if (!isOwn || (draft.sent && !refused.has(key))) {
        sessionStorage.removeItem(key);
      }
    });
  Object.keys(sessionStorage)
    .filter((key) => key.startsWith(`grid:${signedIn}:`))
    .forEach((key) => {
      if (JSON.parse(sessionStorage.getItem(key)).sent) isKept = true;
    });
  const keptNote = document.querySelector("[data-draft-kept]");
  if (keptNote && isKept) keptNote.hidden = false;
  document.querySelectorAll('form[action$="/logout/"]').forEach((leave) =>
    leave.addEventListener("submit", () => sessionStorage.clear()),
  );
  drafted.forEach((form) => {
    const key = form.dataset.draft;
    const initial = typed(form);
    const note = form.querySelector("[data-draft-note]");
    let sending = false;
    const draft = stored(key);
    // A form that the server answers with errors comes back filled in: nothing to restore, and what stood in it before
    // the first typing still counts.
    const isBound = "bound" in form.dataset;
    const before = isBound ? { ...initial, ...draft?.before } : initial;
    if (draft && !isBound) {
      const open = Object.entries(draft.values).filter(
        ([name, value]) => initial[name] === draft.before?.[name] && initial[name] !== value,
      );
      put(form, Object.fromEntries(open));
      note.hidden = !open.length;
    }
    const keep = () =>
      sessionStorage.setItem(drafts + key, JSON.stringify({ before, values: typed(form), sent: sending }));
    form.addEventListener("input", keep);
    form.addEventListener("submit", () => {
      sending = true;
      keep();
    });
    form.querySelector("[data-draft-drop]").addEventListener("click", () => {
      sessionStorage.removeItem(drafts + key);
      put(form, initial);
      note.hidden = true;
      form.querySelector("input:not([type=hidden]), select, textarea").focus();
    });
    form.querySelector("[data-leave]")?.addEventListener("click", () => {
      sending = true;
      sessionStorage.removeItem(drafts + key);
    });
    window.addEventListener("beforeunload", (event) => {
      if (!sending && JSON.stringify(typed(form)) !== JSON.stringify(initial)) event.preventDefault();
    });
  });

  // What one select of a group takes, the others give up; it is said beside them.
  document.addEventListener("change", (event) => {
    const taker = event.target;
    const group = taker.closest("form[data-once] [data-once-group]");
    if (!group || !taker.matches("select") || !taker.value) return;
    const labelOf = (select) => select.labels[0]?.textContent.replace(/ \(.*/, "") ?? "";
    const said = [];
    group.querySelectorAll("select").forEach((select) => {
      if (select === taker || select.value !== taker.value) return;
      select.value = "";
      const line = `Cột “${taker.value}” nay là “${labelOf(taker)}”, mục “${labelOf(select)}” để trống.`;
      document.getElementById(select.getAttribute("aria-describedby")).textContent = line;
      said.push(line);
    });
    if (said.length) group.closest("form").querySelector("[data-once-said]").textContent = said.join(" ");
  });

  // Two presses on one button are one act.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    // A button that brings a file leaves the page where it is: it may be pressed again.
    if (!event.submitter?.matches("[data-again]")) form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelector("[data-focus]")?.focus();
  });
})();
