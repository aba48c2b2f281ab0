/* A form that is on its way is not sent again: the answer to the first click would be lost with what it says. For a few
   seconds, since a sending can be broken off; the server knows a second copy in any case. */
(() => {
  "use strict";
  const WAIT = 5000;
  const onTheirWay = new WeakSet();

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
    if (onTheirWay.has(form)) return event.preventDefault();
    onTheirWay.add(form);
    setTimeout(() => onTheirWay.delete(form), WAIT);
  });
})();
