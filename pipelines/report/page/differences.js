// Words as pipelines/report/differences.py compares them, by the algorithm of Python's difflib.SequenceMatcher.

const PUNCTUATION = ".,;:!?()\\[\\]\"“”…、。，！？";
const BREAK = "\\n[^\\S\\n]*\\n\\s*";
const TOKEN = new RegExp(`(${BREAK}|[${PUNCTUATION}]+|[^\\s${PUNCTUATION}]+)((?:(?!${BREAK})\\s)*)`, "g");
const PARAGRAPH_END = "\n\n";
const COMPARISONS = 3e7; // A tenth of a second; one word over and over would take minutes.

/**
 * The two texts cut at every paragraph break they share: [{source, variation, changed}], each side a list of
 * {text, marked}.
 */
function differences(source, variation) {
  const before = tokensOf(source);
  const after = tokensOf(variation);
  const passages = [];
  let passage = { source: [], variation: [], changed: false };
  let i = 0;
  let j = 0;
  for (const block of [...matchingBlocks(before, after), { i: before.length, j: after.length, size: 0 }]) {
    if (i < block.i || j < block.j) {
      passage.source.push(...marked(before.slice(i, block.i)));
      passage.variation.push(...marked(after.slice(j, block.j)));
      passage.changed = true;
    }
    for (let n = 0; n < block.size; n++) {
      const [old, varied] = [before[block.i + n], after[block.j + n]];
      if (old.word === PARAGRAPH_END) {
        passages.push(passage);
        passage = { source: [], variation: [], changed: false };
      } else {
        append(passage.source, old.text);
        append(passage.variation, varied.text);
      }
    }
    i = block.i + block.size;
    j = block.j + block.size;
  }
  passages.push(passage);
  return passages;
}

/** A word or break with the space after it; all breaks are one and the same word. */
function tokensOf(text) {
  return Array.from(text.matchAll(TOKEN), ([whole, word]) => ({ text: whole, word: word.trim() ? word : PARAGRAPH_END }));
}

function append(parts, text) {
  const last = parts.at(-1);
  if (last && !last.marked) last.text += text;
  else parts.push({ text, marked: false });
}

/** The tokens in one mark, the space around them left outside it. */
function marked(tokens) {
  const text = tokens.map((token) => token.text).join("");
  const words = text.trim();
  if (!words) return text ? [{ text, marked: false }] : [];
  const begin = text.indexOf(words);
  const outside = [text.slice(0, begin), text.slice(begin + words.length)];
  return [
    { text: outside[0], marked: false },
    { text: words, marked: true },
    { text: outside[1], marked: false },
  ].filter((part) => part.text);
}

/** Runs of words that both texts have, the longest first and then to either side of it, while comparisons last. */
function matchingBlocks(before, after) {
  const places = new Map();
  after.forEach(({ word }, j) => (places.has(word) ? places.get(word).push(j) : places.set(word, [j])));
  const found = before.map(({ word }) => places.get(word) || []);
  const row = { size: new Int32Array(after.length + 1), at: new Int32Array(after.length + 1), left: COMPARISONS };
  const blocks = [];
  const waiting = [[0, before.length, 0, after.length]];
  while (waiting.length) {
    const [low, high, left, right] = waiting.pop();
    const block = longestMatch(found, row, low, high, left, right);
    if (!block.size) continue;
    blocks.push(block);
    waiting.push([low, block.i, left, block.j], [block.i + block.size, high, block.j + block.size, right]);
  }
  return blocks.sort((one, other) => one.i - other.i);
}

/** The longest run within before[low:high] and after[left:right]; of several the first in the one, then the other. */
function longestMatch(found, row, low, high, left, right) {
  let [best, bestEnd, bestPlace] = [0, -1, -1];
  row.at.fill(-2, left, right + 1);
  for (let i = low; i < high && row.left > 0; i++) {
    const places = found[i];
    row.left -= places.length;
    // From the right, since the place to the left still holds the row before.
    for (let n = firstAtLeast(places, right) - 1; n >= 0 && places[n] >= left; n--) {
      const j = places[n];
      const size = (j > left && row.at[j] === i - 1 ? row.size[j] : 0) + 1;
      row.size[j + 1] = size;
      row.at[j + 1] = i;
      if (size > best || (size === best && bestEnd === i)) [best, bestEnd, bestPlace] = [size, i, j];
    }
  }
  return { i: bestEnd - best + 1, j: bestPlace - best + 1, size: best };
}

function firstAtLeast(sorted, bound) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
