const PAGE_ROWS = 12;

/** The row that a key goes to, or `undefined` where the key is for something else. */
export function nextRow(key: string, index: number, count: number): number | undefined {
  const last = count - 1;
  switch (key) {
    case "ArrowDown":
    case "j":
      return Math.min(index + 1, last);
    case "ArrowUp":
    case "k":
      return Math.max(index - 1, 0);
    case "PageDown":
      return Math.min(index + PAGE_ROWS, last);
    case "PageUp":
      return Math.max(index - PAGE_ROWS, 0);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return undefined;
  }
}
