// A link marked data-ask leads to a page that asks before it does something. Here the same question
// is shown in a dialog; whatever goes wrong, the link is followed as if there were no script.
export function watchAsking() {
  const dialog = document.getElementById("asking");
  if (!dialog) return;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-ask]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    ask(dialog, link.href).catch(() => { location.href = link.href; });
  });
  dialog.addEventListener("click", (event) => {
    const wantsOut = event.target === dialog || event.target.closest("[data-stay]");
    if (!wantsOut) return;
    event.preventDefault();
    dialog.close();
  });
}

async function ask(dialog, address) {
  const answer = await fetch(address);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const question = page.querySelector("[data-question]");
  if (!question) throw new Error("no question");
  dialog.replaceChildren(document.importNode(question, true));
  dialog.querySelector("h1, h2").id = "asking-title";
  dialog.showModal();
}
