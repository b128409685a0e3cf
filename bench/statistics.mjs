/** @param {number[]} values */
export function quantile(values, at) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))];
}

/** "12.3 (11.9-14.0)": median, minimum, maximum. */
export function spread(values, digits = 1) {
  const [median, least, most] = [quantile(values, 0.5), Math.min(...values), Math.max(...values)];
  return `${median.toFixed(digits)} (${least.toFixed(digits)}-${most.toFixed(digits)})`;
}
