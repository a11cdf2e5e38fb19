// Who is reached, by site, sector and period: read once into a table of positions, then asked by map and grid.

const { people: PEOPLE, reached: REACHED, served: SERVED } = data.cells;
const rowOfCell = new Map();
let cellNumber = 0;
data.cells.step.forEach((step, row) => rowOfCell.set((cellNumber += step), row));

// As they are numbered in the data: by place, then sector, then period, the average first.
function cellOf(place, sector, period) {
  const when = period === ALL ? 0 : data.periods.indexOf(period) + 1;
  return rowOfCell.get((place * data.sectors.length + sector) * (data.periods.length + 1) + when);
}

// Return people in need, reached and served at a site; of a sector, or of all (sector null).
function coverage(site, sector, period) {
  const sum = { people: 0, reached: 0, served: 0 };
  const sectors = sector === null ? data.sectors.keys() : [sector];
  for (const each of sectors) {
    const row = cellOf(site, each, period);
    if (row === undefined) continue;
    sum.people += PEOPLE[row];
    sum.reached += REACHED[row];
    sum.served += SERVED[row];
  }
  sum.share = sum.people > 0 ? Math.min(1, sum.reached / sum.people) : NaN;
  return sum;
}

const periodChoices = data.periods.length > 1 ? [ALL, ...data.periods] : [ALL];

// Rows of a list of columns, by site and period; the last period stands for the average of all.
function byPlaceAndPeriod(columns, place = "site") {
  const rows = new Map();
  columns[place].forEach((site, row) => rows.set(`${site} ${columns.period[row]}`, row));
  const last = data.periods[data.periods.length - 1];
  return (site, period) => rows.get(`${site} ${period === ALL ? last : period}`);
}

const postRow = byPlaceAndPeriod(data.posts);
const stockRow = byPlaceAndPeriod(data.stock, "place");
