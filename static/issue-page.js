/* The page of one issue: the refund's dialog, drafts that survive a reload, and who else is here.
   Everything works without it, but for these. */
(() => {
  "use strict";
  const BEAT = 15_000;
  const KEPT_DAYS = 14;

  /* The refund's dialog. What would come of the amount is told in the words that the page has for it. */

  const dialogs = (page) => {
    page.querySelectorAll("dialog.refund").forEach((dialog) => {
      dialog.close();
      if ("refused" in dialog.dataset) dialog.showModal();
    });
  };

  const judge = (form) => {
    const amount = Number(form.elements.refund_amount.value);
    const tooMuch = amount > Number(form.dataset.refundable);
    const verdict = tooMuch ? "too-much" : amount > Number(form.dataset.left) ? "above" : "";
    form.querySelectorAll("[data-verdict]").forEach((words) => words.classList.toggle("is-shown", words.dataset.verdict === verdict));
    form.querySelectorAll("[data-source]").forEach((way) => way.classList.toggle("is-chosen", way.dataset.source === form.elements.refund_source.value));
  };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
    if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  });

  /* Drafts: what differs from what the page came with, until its submission has come through. */

  const place = (page, form) => `redress-draft:${page.dataset.drafts}:${form.dataset.draft}`;
  const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !["hidden", "submit", "button", "radio", "file"].includes(field.type));
  const valueOf = (field) => (field.type === "checkbox" ? String(field.checked) : field.value);
  const baseOf = (field) => {
    if (field.type === "checkbox") return String(field.defaultChecked);
    if (field.options) return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "";
    return field.defaultValue;
  };
  const setValue = (field, value) => {
    if (field.type === "checkbox") field.checked = value === "true";
    else field.value = value;
  };

  const read = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  };

  const keep = (page, form) => {
    const altered = fieldsOf(form).filter((field) => valueOf(field) !== baseOf(field));
    const values = Object.fromEntries(altered.map((field) => [field.name, { value: valueOf(field), base: baseOf(field) }]));
    try {
      if (altered.length) localStorage.setItem(place(page, form), JSON.stringify({ values, formId: form.elements.form_id.value, at: Date.now() }));
      else localStorage.removeItem(place(page, form));
    } catch {
      // A browser that keeps nothing keeps no drafts.
    }
  };

  // A property that somebody else has changed since is left as it is now.
  const restore = (page, form) => {
    const draft = read(place(page, form));
    const done = document.cookie.split("; ").includes(`redress_done=${draft?.formId}`);
    if (!draft || done) return localStorage.removeItem(place(page, form));
    if (form.querySelector(".refusals")) return;
    const fields = fieldsOf(form).filter((field) => draft.values[field.name]?.base === baseOf(field));
    fields.forEach((field) => setValue(field, draft.values[field.name].value));
    if (fields.length) offerToDiscard(page, form);
  };

  const offerToDiscard = (page, form) => {
    const words = document.createElement("p");
    words.className = "draft-note quiet";
    words.textContent = "Your draft is back. ";
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button is-small", textContent: "Discard it" });
    button.addEventListener("click", () => {
      fieldsOf(form).forEach((field) => setValue(field, baseOf(field)));
      localStorage.removeItem(place(page, form));
      words.remove();
    });
    words.append(button);
    form.prepend(words);
    const mode = form.closest(".pane") && document.querySelector(`.mode input[value="${form.dataset.draft === "update" ? "note" : form.dataset.draft}"]`);
    if (mode && !page.querySelector(".refusals")) mode.checked = true;
  };

  const forgetOld = () => {
    const oldest = Date.now() - KEPT_DAYS * 86_400_000;
    const drafts = Object.keys(localStorage).filter((key) => key.startsWith("redress-draft:"));
    drafts.filter((key) => !(read(key)?.at > oldest)).forEach((key) => localStorage.removeItem(key));
  };

  const drafts = (page) => {
    const forms = [...page.querySelectorAll("form[data-draft]")];
    forms.forEach((form) => restore(page, form));
    const kept = (event) => {
      const form = event.target.form ?? event.target;
      if (forms.includes(form)) keep(page, form);
    };
    ["input", "change", "submit"].forEach((name) => page.addEventListener(name, kept));
    forgetOld();
  };

  /* Who else is here, and what is new. */

  const beat = async (page, leaves = false) => {
    const here = page.querySelector("[data-here]");
    const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
    if (!here || !token) return;
    const { version, opened, door } = page.dataset;
    const body = new URLSearchParams({ version, opened, door, ...(leaves ? { leaves: "on" } : {}), csrfmiddlewaretoken: token });
    const answer = await fetch(here.dataset.here, { method: "POST", body, keepalive: leaves, redirect: "manual" }).catch(() => null);
    if (!answer?.ok || leaves) return;
    const news = (await answer.text()).trim();
    if (here.dataset.told === news) return;
    here.dataset.told = news;
    here.innerHTML = news; // made by the server, which escapes what people write
  };

  document.addEventListener("DOMContentLoaded", () => {
    const page = document.querySelector("[data-issue-page]");
    if (!page) return;
    dialogs(page);
    page.querySelectorAll("#refund-form").forEach(judge);
    page.addEventListener("input", (event) => event.target.form?.id === "refund-form" && judge(event.target.form));
    drafts(page);
    beat(page);
    setInterval(() => beat(page), BEAT);
    addEventListener("pagehide", () => beat(page, true));
    addEventListener("pageshow", (event) => event.persisted && beat(page));
  });
})();
