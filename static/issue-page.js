/* The page of one issue: the refund's dialog. Everything works without it. */
(() => {
  "use strict";

  const dialogs = () => {
    document.querySelectorAll("dialog.refund").forEach((dialog) => {
      dialog.close();
      if ("refused" in dialog.dataset) dialog.showModal();
    });
  };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
    if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  });

  // What would come of the amount, in the words that the page has for it.
  const judge = (form) => {
    const amount = Number(form.elements.refund_amount.value);
    const tooMuch = amount > Number(form.dataset.refundable);
    const verdict = tooMuch ? "too-much" : amount > Number(form.dataset.left) ? "above" : "";
    form.querySelectorAll("[data-verdict]").forEach((words) => words.classList.toggle("is-shown", words.dataset.verdict === verdict));
    form.querySelectorAll("[data-source]").forEach((way) => way.classList.toggle("is-chosen", way.dataset.source === form.elements.refund_source.value));
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.id === "refund-form") judge(form);
  });

  document.addEventListener("DOMContentLoaded", () => {
    dialogs();
    document.querySelectorAll("#refund-form").forEach(judge);
  });
})();
