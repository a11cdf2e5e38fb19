// A part that fails must not take the others with it; the tables of the page say the same without any script.

for (const start of [startMap, startGrid, startMoney, startGoods, startCards, startFirst]) {
  try {
    start();
  } catch (error) {
    console.error(error);
  }
}
document.documentElement.classList.add("started");
