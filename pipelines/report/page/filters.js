/** What the form asks for; rule is its place among the rules of the data, if it has a score. */
function wantedBy(form, rules) {
  const asked = Object.fromEntries(new FormData(form));
  const percent = (text, otherwise) => (text === "" || isNaN(text) ? otherwise : Number(text) / 100);
  return {
    outcome: asked.outcome,
    category: asked.category,
    rule: asked.rule,
    score: rules.findIndex((rule) => rule.name === asked.rule),
    low: percent(asked.low, -Infinity),
    high: percent(asked.high, Infinity),
    words: asked.words.trim().toLowerCase(),
  };
}

/** The candidates wanted; where a rule is, those nearest to its bounds first. */
function matching(candidates, wanted, rules) {
  const found = candidates.filter((candidate) => fits(candidate, wanted));
  const rule = rules[wanted.score];
  if (!rule || (rule.minimum === null && rule.maximum === null)) return found;
  const distances = new Map(found.map((candidate) => [candidate, distance(rule, candidate.scores[wanted.score])]));
  return found.sort((one, other) => distances.get(one) - distances.get(other) || 0);
}

function fits(candidate, wanted) {
  const { post, outcome, change } = candidate;
  if (wanted.outcome && outcome !== wanted.outcome) return false;
  if (wanted.category && !post.categories.includes(wanted.category)) return false;
  if (wanted.rule && !concerns(candidate, wanted)) return false;
  if (wanted.low > -Infinity || wanted.high < Infinity) {
    // Half a point of leeway: what is shown as 30 % is found by 30.
    if (change === null || change < wanted.low - 0.005 || change >= wanted.high + 0.005) return false;
  }
  if (!wanted.words) return true;
  const texts = [post.title, post.id, ...post.categories, candidate.text ?? post.text ?? ""];
  return texts.some((text) => text.toLowerCase().includes(wanted.words));
}

/** Whether a rule rejected the candidate or, of an accepted one, measured it. */
function concerns({ outcome, scores, failed }, { rule, score }) {
  if (outcome === "accepted") return score >= 0 && scores[score] !== null;
  return failed.some(([name]) => name === rule);
}

function distance(rule, value) {
  if (value === null) return Infinity;
  return Math.abs(Math.min(value - (rule.minimum ?? -Infinity), (rule.maximum ?? Infinity) - value));
}
