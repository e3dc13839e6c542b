const AHEAD = 3; // Edits that a mark may skip: what agrees with an edit, an article say, is marked and is none.

/** What was exchanged and how probably people accept it, the least probable first; null where nothing is known of it. */
function editsOf({ edits }) {
  if (!edits.length) return null;
  const sorted = [...edits].sort((one, other) => one[2] - other[2]);
  const edit = ([old, now, probability]) =>
    element("li", {}, `${bare(old)} → ${bare(now)} `, element("b", {}, probable(probability)));
  return element(
    "div",
    { class: "edits note" },
    element("p", {}, `${edits.length} ${edits.length === 1 ? "edit" : "edits"}, with the probability that people accept each, lowest first`),
    element("ul", { "aria-label": "Edits and how probably each is accepted", tabindex: 0 }, ...sorted.map(edit)),
  );
}

/** For each marked stretch of a variation, in order, what its mark tells when it is pointed at; "" of one unknown. */
function tips(edits) {
  let next = 0;
  return (marked) => {
    const words = new Set(wordsIn(marked));
    const told = [];
    for (let at = next; at < Math.min(edits.length, next + AHEAD); at++) {
      const [old, now, probability] = edits[at];
      if (!wordsIn(now).some((word) => words.has(word))) continue;
      told.push(`${bare(old)} → ${bare(now)}: accepted with probability ${probable(probability)}`);
      next = at + 1;
    }
    return told.join("\n");
  };
}

function probable(probability) {
  return probability.toFixed(2);
}

/** Words without the marks around them, which both sides of an edit have. */
function bare(text) {
  return text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
}

function wordsIn(text) {
  return text.toLowerCase().match(/[\p{L}\p{N}'’-]+/gu) ?? [];
}
