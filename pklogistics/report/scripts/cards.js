// On a phone a table of many columns is read row by row: every cell tells the heading of its column (style.css).

const MOST_SIDE_BY_SIDE = 3; // Columns that a phone shows beside each other.
const LONGEST_IN_A_CARD = 14; // Characters that stand beside others; longer words have the line to themselves.

function startCards() {
  for (const table of document.querySelectorAll(".scroll:not(.across) > table")) {
    const headings = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    if (headings.length <= MOST_SIDE_BY_SIDE) continue;
    for (const row of table.tBodies[0].rows)
      [...row.cells].forEach((cell, at) => {
        cell.dataset.heading = headings[at];
        cell.classList.toggle("blank", cell.textContent === "" && !cell.querySelector("svg"));
        cell.classList.toggle("whole", cell.textContent.length > LONGEST_IN_A_CARD);
      });
    table.parentElement.classList.add("cards");
  }
}

// The first rows of long tables and lists, and a button for the others: only where style.css hides them.
const FIRST_LINES = 8;
const FIRST_CARDS = 3; // A card, and a source of the mission, takes the room of several lines.

function startFirst() {
  for (const frame of document.querySelectorAll(".scroll:not(.across)"))
    firstOf(frame, frame.querySelector("tbody").rows, "rows", frame.matches(".cards") ? FIRST_CARDS : FIRST_LINES);
  for (const list of document.querySelectorAll("#sources ul")) firstOf(list, list.children, "sources", FIRST_CARDS);
}

function firstOf(frame, entries, what, count) {
  if (entries.length <= count + 2) return; // A button takes as much room as it would save.
  [...entries].forEach((entry, at) => entry.classList.toggle("later", at >= count));
  const button = element("button", { type: "button", class: "all" });
  const tell = (first) => {
    frame.classList.toggle("first", first);
    button.textContent = first ? `Show all ${number(entries.length)} ${what}` : `Show the first ${count} only`;
    button.setAttribute("aria-expanded", String(!first));
  };
  button.addEventListener("click", () => {
    tell(!frame.classList.contains("first"));
    if (frame.classList.contains("first")) frame.scrollIntoView({ block: "start" });
  });
  tell(true);
  frame.after(button);
}
