const PAGE = 50;

/** The candidates found in a listbox, a page at a time, one of them chosen. */
class List {
  /**
   * box: the element; pages: buttons to the page before and after; status: says where in the list this is;
   * choose(candidate): called with the one chosen, none if nothing was found; reveal(): called when the user went to
   * it; label(candidate): a line about it.
   */
  constructor(box, { pages, status, choose, reveal, label }) {
    Object.assign(this, { box, pages, status, choose, reveal, label, found: [], at: 0 });
    box.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.go(Number(option.dataset.at));
    });
    pages[0].addEventListener("click", () => this.go((this.page - 1) * PAGE));
    pages[1].addEventListener("click", () => this.go((this.page + 1) * PAGE));
  }

  get page() {
    return Math.floor(this.at / PAGE);
  }

  /** Shows what was found, and chooses `at` of it. */
  fill(found, at = 0) {
    this.found = found;
    this.at = Math.max(0, at);
    this.draw();
    this.mark();
  }

  /** Chooses the one at this place, as near as there is, and puts the focus on it. */
  go(at) {
    const page = this.page;
    this.at = Math.max(0, Math.min(at, this.found.length - 1));
    if (this.page !== page) this.draw();
    this.mark()?.focus({ preventScroll: true });
    this.reveal();
  }

  draw() {
    const begin = this.page * PAGE;
    const shown = this.found.slice(begin, begin + PAGE);
    this.box.replaceChildren(...shown.map((candidate, n) => this.option(candidate, begin + n)));
    this.pages[0].disabled = begin === 0;
    this.pages[1].disabled = begin + PAGE >= this.found.length;
    const [first, last, all] = [begin + 1, begin + shown.length, this.found.length].map((n) => n.toLocaleString("en"));
    // A post that was left short has a line of its own, which is no candidate.
    const notes = this.found.filter((candidate) => candidate.outcome === "short").length;
    const told = notes ? `: ${(this.found.length - notes).toLocaleString("en")} candidates, ${notes} short posts` : "";
    this.status.textContent = shown.length ? `${first} to ${last} of ${all}${told}` : "None found";
  }

  mark() {
    this.box.querySelector("[aria-selected=true]")?.setAttribute("tabindex", -1);
    this.box.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", false);
    const option = this.box.children[this.at % PAGE];
    option?.setAttribute("aria-selected", true);
    option?.setAttribute("tabindex", 0);
    if (option) scrollInto(this.box, option);
    this.choose(this.found[this.at]);
    return option;
  }

  option(candidate, at) {
    return element(
      "li",
      {
        role: "option",
        class: `${candidate.outcome}${this.found[at - 1]?.post === candidate.post && at % PAGE ? " again" : ""}`,
        tabindex: -1,
        "aria-selected": false,
        "aria-posinset": at + 1,
        "aria-setsize": this.found.length,
        "data-at": at,
      },
      element("span", { class: "title", dir: "auto" }, candidate.post.title || candidate.post.id),
      element("span", { class: "note" }, this.label(candidate)),
    );
  }
}

/** Scrolls the box alone, no further than needed. */
function scrollInto(box, { offsetTop, offsetHeight }) {
  const top = offsetTop - box.offsetTop;
  box.scrollTop = Math.max(top + offsetHeight - box.clientHeight, Math.min(top, box.scrollTop));
}
