/** What the keys do; letters can be turned off, since who speaks to the machine types them unawares. */
function listenToKeys({ list, form, dialog, lettersOn }) {
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE, Home: -Infinity, End: Infinity };
  const letters = {
    j: () => list.go(list.at + 1),
    k: () => list.go(list.at - 1),
    "/": () => form.elements.words.focus(),
    "?": () => dialog.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || dialog.open) return;
    const inList = event.target.closest("[role=listbox]");
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "Escape" && typing) list.go(list.at);
    else if (inList && event.key in steps) list.go(list.at + steps[event.key]);
    else if (inList && event.key === "Enter") document.getElementById("candidate").focus();
    else if (!typing && lettersOn.checked && event.key in letters) letters[event.key]();
    else return;
    event.preventDefault();
  });
}
