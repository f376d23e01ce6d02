const KEY = "trunkline.place";
const HOME = "/console/";

/** Keeps where somebody wanted to be while he signs in: a one-time link in this tab leads away from there. */
export function keepPlace(storage: Storage, { pathname, search }: Pick<Location, "pathname" | "search">): void {
  if (isPlace(pathname)) storage.setItem(KEY, pathname + search);
  else storage.removeItem(KEY);
}

/** Where he wanted to be, once; the start of the console unless it is known. */
export function takePlace(storage: Storage): string {
  const place = storage.getItem(KEY);
  storage.removeItem(KEY);
  return place !== null && isPlace(place) ? place : HOME;
}

function isPlace(path: string): boolean {
  return path.startsWith(HOME) && path !== HOME && !path.startsWith(`${HOME}enter`);
}
