// The university picker while typing. Without it the search is a form and every choice a button.
(() => {
  const box = document.getElementById("q");
  const form = document.getElementById("choose");
  const count = document.getElementById("count");
  const nothing = document.getElementById("nothing");
  if (!box || !form.hasAttribute("data-whole")) return; // only part of the list is here: the server searches

  // As in `domain/search.rs`.
  const fold = (text, spelled) => {
    let lower = text.toLowerCase().replaceAll("ß", "ss");
    if (spelled) lower = lower.replaceAll("ä", "ae").replaceAll("ö", "oe").replaceAll("ü", "ue");
    return lower.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[^\p{L}\p{N}]/gu, " ");
  };
  const items = [...form.querySelectorAll("li > .choice")].map((button) => {
    const text = `${button.textContent} ${button.dataset.also}`;
    return { button, row: button.parentElement, plain: fold(text, false), spelled: fold(text, true) };
  });
  const shown = () => items.filter((item) => !item.row.hidden).map((item) => item.button);

  const filter = () => {
    const words = fold(box.value, false).split(/\s+/).filter(Boolean);
    for (const item of items) {
      item.row.hidden = !words.every((word) => item.plain.includes(word) || item.spelled.includes(word));
    }
    const found = shown().length;
    nothing.hidden = found > 0;
    const { none, one, many } = count.dataset;
    count.textContent = words.length === 0 || found === 0 ? "" : found === 1 ? one : many.replace("#", found);
    if (found === 0) count.textContent = none;
  };
  box.addEventListener("input", filter);
  filter(); // the browser may have kept what was typed

  document.getElementById("search").addEventListener("submit", (event) => {
    if (shown().length === 0) return; // the server knows universities that are not on the page
    event.preventDefault();
    shown()[0].focus();
  });

  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = shown().indexOf(document.activeElement);
    if (!step || (at < 0 && document.activeElement !== box)) return;
    const next = at + step;
    if (next === -1) box.focus();
    else if (next >= 0) shown()[next]?.focus();
    else return;
    event.preventDefault();
  });
})();
