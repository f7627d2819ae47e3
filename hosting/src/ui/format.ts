const THIN = "\u202f";

/** 12345.6 -> "12 345.6" with thin spaces. */
export function number(value: number, decimals = 0): string {
  const [whole = "", fraction] = Math.abs(value).toFixed(decimals).split(".");
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, THIN) : whole;
  const zero = Number(value.toFixed(decimals)) === 0;
  return `${value < 0 && !zero ? "−" : ""}${grouped}${fraction ? `.${fraction}` : ""}`;
}

export function percent(value: number): string {
  return `${number(value, value > 0 && value < 10 ? 1 : 0)} %`;
}

const RATES = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s"] as const;

/** A rate with the unit that leaves one to three figures before the point. */
export function rate(bitsPerSecond: number): string {
  let value = bitsPerSecond;
  let unit = 0;
  while (value >= 1000 && unit < RATES.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${number(value, value < 10 && unit > 0 ? 1 : 0)} ${RATES[unit]}`;
}

/** A span of time in its one or two greatest units: "12 s", "4 min", "2 h 5 min", "3 d 4 h". */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return hours < 10 && minutes % 60 > 0 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  return days < 10 && hours % 24 > 0 ? `${days} d ${hours % 24} h` : `${number(days)} d`;
}

/** Running time of something under way: "0:07", "4:31", "1:02:09". */
export function stopwatch(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const pad = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

/** How long ago `at` was, or how far ahead it lies. A second either way is now: clocks differ. */
export function age(at: Date, now: number): string {
  const passed = now - at.getTime();
  if (passed < -1500) return `in ${span(-passed)}`;
  return passed < 1500 ? "now" : `${span(passed)} ago`;
}

/** `2026-03-01 14:05:09` in the viewer's zone, with the zone's offset. */
export function exact(at: Date): string {
  const pad = (n: number) => String(n).padStart(2, "0");
  const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  const east = -at.getTimezoneOffset();
  const zone = `${east < 0 ? "−" : "+"}${pad(Math.floor(Math.abs(east) / 60))}:${pad(Math.abs(east) % 60)}`;
  return `${day} ${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())} ${zone}`;
}

export function megabytes(mb: number): string {
  return mb >= 1024 ? `${number(mb / 1024, mb < 10_240 ? 1 : 0)} GiB` : `${number(mb)} MiB`;
}

export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  let value = count / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${number(value, 1)} ${units[unit]}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}
