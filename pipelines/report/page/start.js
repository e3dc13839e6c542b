const NEAREST = 3;

/** Fills the page; `ready` is fulfilled with what it works on. */
async function start() {
  const at = (id) => document.getElementById(id);
  const form = at("filters");
  const { rules, posts } = await unpack();
  const candidates = candidatesOf(posts);
  const list = new List(at("list"), {
    pages: [at("back"), at("on")],
    status: at("found"),
    choose: (candidate) => at("candidate").replaceChildren(...(candidate ? show(candidate, rules) : [])),
    reveal: () => {
      const { top } = form.getBoundingClientRect();
      if (top < 0 || top > innerHeight / 2) form.scrollIntoView();
    },
    label: (candidate) => label(candidate, rules, wantedBy(form, rules)),
  });
  const find = (chosen) => {
    const found = matching(candidates, wantedBy(form, rules), rules);
    list.fill(found, chosen ? found.indexOf(chosen) : 0);
  };
  const clear = () => {
    for (const field of form.elements) if (field.name) field.value = "";
  };
  const open = (rule, outcome, candidate) => {
    clear();
    form.elements.rule.value = rule;
    form.elements.outcome.value = outcome;
    find(candidate);
    list.go(list.at);
  };
  offer(form.elements.rule, rulesOf(candidates, rules));
  offer(form.elements.category, counted(posts.flatMap((post) => post.categories)));
  let waiting;
  form.addEventListener("input", (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => find(), event.target.name === "words" ? 200 : 0);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  at("clear").addEventListener("click", () => {
    clear();
    find();
  });
  at("help").addEventListener("click", () => at("keys").showModal());
  listenToKeys({ list, form, dialog: at("keys"), lettersOn: at("letters") });
  for (const place of document.querySelectorAll("[data-rule]")) {
    const { rule, outcome } = place.dataset;
    place.append(...nearest(rule, outcome, candidates, rules, (candidate) => open(rule, outcome, candidate)));
  }
  for (const place of document.querySelectorAll("[data-examples]")) {
    place.append(...examples(place.dataset.examples, candidates, rules, (candidate) => open("", "", candidate)));
  }
  find();
  at("read").classList.add("ready");
  return { list, candidates, rules };
}

/** What the list says of a candidate: the value that matters. */
function label(candidate, rules, { score }) {
  if (candidate.outcome === "short") return nameOf(candidate);
  const name = nameOf(candidate);
  if (score >= 0) return `${name}, ${rules[score].name} ${figure(candidate.scores[score])}`;
  if (candidate.outcome === "accepted") return `${name}, ${percent(candidate.change)} changed`;
  return `${name}, ${candidate.failed.map(([rule, value]) => `${rule} ${value}`).join(", ")}`;
}

/** Buttons that open the candidates nearest to a rule's bounds, named by their scores. */
function nearest(rule, outcome, candidates, rules, open) {
  const wanted = { outcome, rule, score: rules.findIndex(({ name }) => name === rule), low: -Infinity, high: Infinity, words: "" };
  const found = matching(candidates, wanted, rules).slice(0, NEAREST);
  return found.map((candidate) => {
    const { title, id } = candidate.post;
    const button = element("button", { type: "button", title: title || id }, figure(candidate.scores[wanted.score]));
    button.addEventListener("click", () => open(candidate));
    return button;
  });
}

/** Every rule that has a score or rejected a candidate shown, and how many it rejected. */
function rulesOf(candidates, rules) {
  const rejected = new Map(counted(candidates.flatMap(({ outcome, failed }) => (outcome === "rejected" ? failed.map(([name]) => name) : []))));
  const names = new Set([...rules.map(({ name }) => name), ...rejected.keys()]);
  return [...names].map((name) => [name, rejected.get(name) || 0]);
}

/** [name, count] of each name, the commonest first. */
function counted(names) {
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) || 0) + 1);
  return [...counts].sort(([one, count], [other, others]) => others - count || (one < other ? -1 : 1));
}

const OFFERED = 300;

function offer(select, counts) {
  select.append(...counts.slice(0, OFFERED).map(([name, count]) => element("option", { value: name }, count ? `${name} (${count.toLocaleString("en")})` : name)));
  if (counts.length > OFFERED) select.append(element("option", { disabled: "" }, `${counts.length - OFFERED} rarer ones: search for them`));
}

const ready = start();
