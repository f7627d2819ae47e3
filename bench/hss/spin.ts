// node spin.ts SECONDS: looks at the clock and does nothing else, on a core of its own. What it misses is what the machine
// takes from whoever runs there: no server's slowest answers can be faster than that.

/** ms between two looks that nothing of the loop itself explains. */
const GAP = 1;

function spin(milliseconds: number): { worst: number; lost: number } {
  const begun = performance.now();
  let last = begun;
  let worst = 0;
  let lost = 0;
  while (last - begun < milliseconds) {
    const now = performance.now();
    const gap = now - last;
    if (gap > GAP) lost += gap;
    if (gap > worst) worst = gap;
    last = now;
  }
  return { worst, lost: lost / (last - begun) };
}

spin(200);
console.log(JSON.stringify(spin(Number(process.argv[2]) * 1000)));
