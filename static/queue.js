// The agents' list: choose all rows at once, say how many are chosen, and close a menu that one has left.
document.addEventListener("DOMContentLoaded", () => {
  const bar = document.querySelector("#bulk");
  const all = document.querySelector("[data-choose-all]");
  const rows = [...document.querySelectorAll('[form="bulk"][name="row"]')];

  function show() {
    const count = rows.filter((row) => row.checked).length;
    bar.hidden = count === 0;
    bar.querySelector("[data-chosen]").textContent = `${count} chosen`;
    all.checked = count === rows.length;
    all.indeterminate = count > 0 && !all.checked;
  }

  if (bar && all) {
    all.hidden = false;
    all.addEventListener("change", () => {
      for (const row of rows) row.checked = all.checked;
      show();
    });
    for (const row of rows) row.addEventListener("change", show);
    addEventListener("pageshow", show);
    show();
  }

  const menus = document.querySelectorAll(".queue .menu");
  const close = (but) => menus.forEach((menu) => menu !== but && menu.removeAttribute("open"));
  if (menus.length) {
    document.addEventListener("click", (event) => close(event.target.closest(".menu")));
    document.addEventListener("keydown", (event) => {
      const menu = event.key === "Escape" && event.target.closest(".menu[open]");
      if (!menu) return;
      close(null);
      menu.querySelector("summary").focus();
    });
  }
});
