const KEPT = 70; // Characters of unchanged text on each side of a change.

/** The examples of a kind, best or worst: the changed passages alone, cut around the changes. */
function examples(kind, candidates, rules, open) {
  const named = candidates.filter(({ example }) => example?.startsWith(kind));
  named.sort((one, other) => (one.example < other.example ? -1 : 1));
  return named.map((candidate) => {
    const { post, change } = candidate;
    const button = element("button", { type: "button", dir: "auto" }, post.title || post.id);
    button.addEventListener("click", () => open(candidate));
    return element(
      "div",
      { class: "example" },
      element("h4", {}, button),
      element("p", { class: "note" }, `${percent(change)} of words changed`),
      ...changes(candidate),
    );
  });
}

function changes({ post, text, edits }) {
  if (post.text === null) return [missing("The post is not in the dataset.")];
  const tip = tips(edits);
  return differences(post.text, text)
    .filter(({ changed }) => changed)
    .slice(0, 2)
    .flatMap(({ source, variation }) => [
      element("p", { class: "source", dir: "auto" }, ...around(source).map((part) => words(part, "del", () => ""))),
      element("p", { class: "varied", dir: "auto" }, ...around(variation).map((part) => words(part, "ins", tip))),
    ]);
}

/** The parts with long unchanged ones cut to what stands beside a change. */
function around(parts) {
  return parts.map((part, place) => {
    if (part.marked || part.text.length <= 2 * KEPT) return part;
    const begin = place > 0 ? cutAfter(part.text) : "";
    const end = place < parts.length - 1 ? cutBefore(part.text) : "";
    return { ...part, text: `${begin}… ${end}` };
  });
}

function cutAfter(text) {
  const begin = text.slice(0, KEPT);
  return begin.replace(/\S*$/, "") || begin;
}

function cutBefore(text) {
  const end = text.slice(-KEPT);
  return end.replace(/^\S*\s+/, "");
}
