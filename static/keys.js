/* The palette on Ctrl-K, single keys, and the page that shows them. What can be done says so itself: an element with
   data-command (its words) and perhaps data-key (its key), data-focus (what to go to), data-needs (what must be filled
   in before). Single keys can be switched off; everything works without them. */
(() => {
  "use strict";
  const OFF = "redress-keys-off";
  const WAIT = 150;
  const door = location.pathname.startsWith("/admin/") ? "admin" : "web";
  let palette, help;

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const areOff = () => {
    try {
      return localStorage.getItem(OFF) === "yes";
    } catch {
      return false;
    }
  };

  /* What can be done on this page, and where one can go from it. */

  const isThere = (element) => !element.disabled && element.getClientRects().length > 0;

  const carryOut = (element) => {
    const needed = document.getElementById(element.dataset.needs ?? "");
    if (needed && !needed.value.trim()) return focusOn(needed);
    element.click();
    const target = document.getElementById(element.dataset.focus ?? "");
    if (target) target.focus();
  };

  // The field may stand behind one of the composer's other modes.
  const focusOn = (field) => {
    const pane = field.closest(".pane");
    const mode = pane && [...document.querySelectorAll(".mode input")].find((each) => pane.classList.contains(`is-${each.value}`));
    if (mode) mode.click();
    field.focus();
  };

  /* Lists: rows stand in an element with data-rows; the first link of each opens it, by Enter as any link. */

  const rows = () => [...document.querySelectorAll("[data-rows] > *")].filter((each) => isThere(each) && each.querySelector("a[href]"));

  const goToRow = (step) => {
    const all = rows();
    const here = all.findIndex((each) => each.contains(document.activeElement));
    const next = here < 0 ? 0 : Math.min(Math.max(here + step, 0), all.length - 1);
    all[next].querySelector("a[href]").focus();
  };

  const boxOf = (row) => row?.querySelector("input[type=checkbox]");
  const chooseRow = () => boxOf(rows().find((each) => each.contains(document.activeElement)))?.click();

  // Each key with its words and what it does; only where there is something for it to do.
  const listKeys = () => {
    const all = rows();
    if (!all.length) return [];
    const steps = [["j", "To the next row", () => goToRow(1)], ["k", "To the row before", () => goToRow(-1)]];
    return all.some(boxOf) ? [...steps, ["x", "Choose the row, or not any more", chooseRow]] : steps;
  };

  const deeds = () =>
    [...document.querySelectorAll("[data-command]")].filter(isThere).map((element) => ({
      title: element.dataset.command, hint: element.dataset.key ?? "", kind: "Here", run: () => carryOut(element),
    }));

  // Without its icon and its count, which are elements of their own.
  const nameOf = (link) => {
    const own = [...link.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    const first = own ?? [...link.children].find((child) => !child.className && child.textContent.trim());
    return (first?.textContent ?? "").trim();
  };

  const places = () => {
    const links = [...document.querySelectorAll("nav.tabs a[href], #nav-sidebar-inner a[href]")];
    const seen = new Map(links.map((link) => [link.href, link]));
    return [...seen.values()].map((link) => ({
      title: nameOf(link), hint: "", kind: "Go to", run: () => location.assign(link.href),
    })).filter((place) => place.title);
  };

  const found = async (words) => {
    const answer = await fetch(`/find?${new URLSearchParams({ q: words, door })}`).catch(() => null);
    if (!answer?.ok) return [];
    const { results } = await answer.json();
    return results.map(({ title, hint, url }) => ({ title, hint, kind: "Go to", run: () => location.assign(url) }));
  };

  /* The palette */

  const makePalette = () => {
    const list = make("ul", { id: "palette-list", role: "listbox", ariaLabel: "What fits" });
    const input = make("input", { type: "text", autocomplete: "off", spellcheck: false, placeholder: "A number, an order, a customer, a page or a deed", ariaLabel: "Go to or do" });
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-controls", "palette-list");
    input.setAttribute("aria-expanded", "true");
    const dialog = make("dialog", { className: "desk palette", ariaLabel: "Go to or do" }, input, list);
    const state = { dialog, input, list, choices: [], at: 0, asked: 0 };
    input.addEventListener("input", () => narrow(state));
    input.addEventListener("keydown", (event) => steer(event, state));
    list.addEventListener("click", (event) => choose(state, [...list.children].indexOf(event.target.closest("li"))));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    document.body.append(dialog);
    return state;
  };

  const narrow = (state) => {
    const words = state.input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const own = [...deeds(), ...places()].filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)));
    draw(state, own.slice(0, 12));
    clearTimeout(state.timer);
    const asked = (state.asked += 1);
    state.timer = setTimeout(async () => {
      const others = await found(state.input.value);
      if (asked === state.asked) draw(state, [...others, ...own].slice(0, 14));
    }, WAIT);
  };

  const draw = (state, choices) => {
    state.choices = choices;
    state.list.replaceChildren(...choices.map(({ title, hint, kind }, place) => {
      const option = make("li", { id: `palette-${place}`, role: "option" }, make("span", { className: "kind", textContent: kind }), make("span", { className: "title", textContent: title }));
      if (hint) option.append(make(hint.length === 1 ? "kbd" : "span", { className: "hint", textContent: hint }));
      return option;
    }));
    if (!choices.length) state.list.append(make("li", { className: "nothing", textContent: state.input.value ? "Nothing fits yet." : "Type to find an issue or an order." }));
    mark(state, 0);
  };

  const mark = (state, place) => {
    const count = state.choices.length;
    state.at = count ? (place + count) % count : 0;
    [...state.list.children].forEach((option, each) => option.setAttribute("aria-selected", String(each === state.at && count > 0)));
    state.input.setAttribute("aria-activedescendant", count ? `palette-${state.at}` : "");
    if (count) state.list.children[state.at].scrollIntoView({ block: "nearest" });
  };

  const steer = (event, state) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark(state, state.at + step);
    else if (event.key === "Enter") choose(state, state.at);
    else return;
    event.preventDefault();
  };

  const choose = (state, place) => {
    const choice = state.choices[place];
    if (!choice) return;
    state.dialog.close();
    choice.run();
  };

  const openPalette = () => {
    palette ??= makePalette();
    palette.input.value = "";
    narrow(palette);
    if (!palette.dialog.open) palette.dialog.showModal();
    palette.input.focus();
  };

  /* Help */

  const row = (key, words) => make("li", {}, make("kbd", { textContent: key }), make("span", { textContent: words }));

  const openHelp = () => {
    help?.remove();
    const keys = [...document.querySelectorAll("[data-command][data-key]")].filter(isThere);
    const everywhere = [...listKeys(), ["Ctrl K", "Go to an issue, an order or a page, or do something here"], ["/", "Search"], ["?", "Show these keys"]];
    const list = make("ul", { className: "keys" }, ...keys.map((element) => row(element.dataset.key, element.dataset.command)), ...everywhere.map(([key, words]) => row(key, words)));
    if (document.querySelector("[data-quick]")) list.append(row("Ctrl Enter", "While writing: save"));
    const box = make("input", { type: "checkbox", checked: !areOff() });
    box.addEventListener("change", () => localStorage.setItem(OFF, box.checked ? "no" : "yes"));
    const close = make("button", { type: "button", className: "button", textContent: "Close" });
    help = make("dialog", { className: "desk help", ariaLabel: "Keys" }, make("h2", { textContent: "Keys" }), list, make("label", {}, box, " Single keys are on in this browser"), make("p", { className: "actions" }, close));
    close.addEventListener("click", () => help.close());
    document.body.append(help);
    help.showModal();
  };

  const search = () => {
    const field = [...document.querySelectorAll("#searchbar, [role=search] input[type=search], #changelist-search input[type=text]")].find(isThere);
    if (field) field.focus();
    else openPalette();
  };

  /* Keys */

  const isWriting = (target) => target.isContentEditable || (target.matches?.("input, textarea, select") && !["checkbox", "radio", "button", "submit"].includes(target.type));

  const heard = (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      event.stopPropagation();
      return openPalette();
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return sendQuickly(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    if (areOff() || isWriting(event.target) || document.querySelector("dialog:modal")) return;
    single(event);
  };

  const single = (event) => {
    const own = { "?": openHelp, "/": search }[event.key] ?? listKeys().find(([key]) => key === event.key)?.[2];
    const element = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key && isThere(each));
    if (!own && !element) return;
    event.preventDefault();
    if (own) own();
    else carryOut(element);
  };

  const sendQuickly = (event) => {
    const form = event.target.form;
    if (!form || !("quick" in form.dataset)) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[type=submit]"));
  };

  // The admin is hidden until its scripts have run; by then the browser has given up on what is to have the focus.
  const focusOnWhatIsMeant = () => {
    if (document.activeElement === document.body) [...document.querySelectorAll("[autofocus]")].find(isThere)?.focus();
  };

  document.addEventListener("DOMContentLoaded", focusOnWhatIsMeant);
  addEventListener("keydown", heard, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]")) openPalette();
    if (event.target.closest("[data-keys]")) openHelp();
  });
})();
