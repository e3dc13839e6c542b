/** An element with these attributes and children; a null child is left out, a text is a text. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

function figure(value) {
  return value === null ? "–" : value.toLocaleString("en", { maximumSignificantDigits: 4 });
}

function percent(share) {
  return share === null ? "–" : `${Math.round(100 * share)}%`;
}

function nameOf({ outcome, number }) {
  return outcome === "short" ? "Fewer than asked" : `${outcome === "accepted" ? "Variation" : "Candidate"} ${number}`;
}

/** The candidate beside its post, and what the rules said. */
function show(candidate, rules) {
  const { post, outcome } = candidate;
  const source = post.source && post.source !== post.id ? `from ${post.source}` : "";
  const facts = [post.author, post.date, post.categories.join(", "), post.id, source].filter(Boolean);
  return [
    element("h3", { dir: "auto" }, post.title || post.id),
    element("p", { class: "note facts" }, ...facts.map((fact) => element("span", { dir: "auto" }, fact))),
    element("p", { class: `verdict ${outcome}` }, ...verdict(candidate)),
    outcome === "short" ? null : scoresOf(candidate, rules),
    editsOf(candidate),
    element("div", { class: "texts", lang: post.language || null }, ...texts(candidate)),
    candidate.cut || post.cut ? element("p", { class: "note" }, "Longer than shown: this is the beginning.") : null,
  ].filter((part) => part !== null);
}

function verdict(candidate) {
  const name = element("b", {}, nameOf(candidate));
  if (candidate.outcome === "accepted") return [name, ` accepted, ${percent(candidate.change)} of words changed.`];
  if (candidate.outcome === "short") return [name, `: ${candidate.reason}.`];
  return [name, ` rejected, ${percent(candidate.change)} of words changed. ${candidate.reason}.`];
}

function scoresOf({ scores, failed }, rules) {
  const failing = new Set(failed.map(([name]) => name));
  const told = rules.map(({ name, keeps }, place) => ({ name, keeps, value: scores[place] })).filter(({ value }) => value !== null);
  told.sort((one, other) => failing.has(other.name) - failing.has(one.name));
  const score = ({ name, keeps, value }) =>
    element("li", { class: failing.has(name) ? "failed" : null, title: keeps || null }, `${name} `, element("b", {}, figure(value)));
  return element("ul", { class: "scores note", "aria-label": "Scores" }, ...told.map(score));
}

function texts({ post, text, outcome, number, edits }) {
  const alone = (words) => element("p", { class: "alone", dir: "auto" }, words);
  if (text === null) return [post.text === null ? missing("The post is not in the dataset.") : alone(post.text)];
  if (post.text === null) return [missing("The post is not in the dataset, so its variation stands alone."), alone(text)];
  const tip = tips(edits);
  return [
    element(
      "div",
      { class: "passages" },
      element("div", { class: "column source" }, "Post"),
      element("div", { class: "column varied" }, nameOf({ outcome, number })),
      ...differences(post.text, text).flatMap(({ source, variation, changed }) => {
        const same = changed ? "" : " same";
        return [
          element("p", { class: `source${same}`, dir: "auto" }, ...source.map((part) => words(part, "del", () => ""))),
          element("p", { class: `varied${same}`, dir: "auto" }, ...variation.map((part) => words(part, "ins", tip))),
        ];
      }),
    ),
  ];
}

function words({ text, marked: isMarked }, mark, tip) {
  return isMarked ? element(mark, { title: tip(text) || null }, text) : text;
}

function missing(text) {
  return element("p", { class: "missing" }, text);
}
