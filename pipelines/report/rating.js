"use strict";
const QUESTIONS = ["fluent_a", "publish_a", "fluent_b", "publish_b", "same_meaning"];
const rows = JSON.parse(document.getElementById("rows").textContent);
const memory = "blogvae-ratings-" + document.currentScript.dataset.sheet;
const at = (id) => document.getElementById(id);
const state = { place: 0, answers: {}, ...recall() };
let question = 0;

function recall() {
  try {
    return JSON.parse(localStorage.getItem(memory)) || {};
  } catch {
    return {};
  }
}

function keep() {
  try {
    localStorage.setItem(memory, JSON.stringify(state));
  } catch {
    at("kept").textContent = "not kept by this browser: save before you close the page";
  }
}

const answersOf = (row) => state.answers[row.row] || {};
const complete = (row) => QUESTIONS.every((name) => name in answersOf(row));

function show() {
  const row = rows[state.place];
  at("place").textContent = state.place + 1;
  at("text-a").textContent = row.a;
  at("text-b").textContent = row.b;
  for (const input of document.querySelectorAll("input")) input.checked = answersOf(row)[input.name] === input.value;
  QUESTIONS.forEach((name, place) => at(name).classList.toggle("current", place === question));
  const rated = rows.filter(complete).length;
  at("rated").textContent = rated;
  at("progress").value = rated;
  at("back").disabled = state.place === 0;
  at("on").disabled = state.place === rows.length - 1;
  keep();
}

function go(place) {
  if (place < 0 || place >= rows.length) return;
  state.place = place;
  question = Math.max(0, QUESTIONS.findIndex((name) => !(name in answersOf(rows[place]))));
  scrollTo(0, 0);
  show();
}

function answer(name, value) {
  const row = rows[state.place].row;
  state.answers[row] = { ...state.answers[row], [name]: value };
  question = Math.min(QUESTIONS.indexOf(name) + 1, QUESTIONS.length - 1);
  show();
}

function csv() {
  const lines = rows.filter((row) => row.row in state.answers).map((row) => [row.row, ...QUESTIONS.map((name) => answersOf(row)[name] || "")]);
  return [["row", ...QUESTIONS], ...lines].map((line) => line.join(",") + "\n").join("");
}

function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
  link.download = "ratings.csv";
  link.click();
}

document.addEventListener("change", (event) => answer(event.target.name, event.target.value));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const name = QUESTIONS[question];
  const value = { y: "yes", n: "no" }[event.key] || event.key;
  const input = document.querySelector(`input[name="${name}"][value="${CSS.escape(value)}"]`);
  if (input) answer(name, value);
  else if (event.key === "ArrowRight") go(state.place + 1);
  else if (event.key === "ArrowLeft") go(state.place - 1);
  else if (event.key === "ArrowDown") question = Math.min(question + 1, QUESTIONS.length - 1);
  else if (event.key === "ArrowUp") question = Math.max(question - 1, 0);
  else return;
  event.preventDefault();
  show();
});
at("back").addEventListener("click", () => go(state.place - 1));
at("on").addEventListener("click", () => go(state.place + 1));
at("save").addEventListener("click", save);
at("help").open = !Object.keys(state.answers).length;
go(Math.min(state.place, rows.length - 1));
