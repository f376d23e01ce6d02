/** What the paths of a cell's own endpoints begin with, so that an edge knows to whom they belong. */
export function cellPath(cell: string): string {
  return `/cells/${cell}`;
}
