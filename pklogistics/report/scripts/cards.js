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
