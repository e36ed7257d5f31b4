// What a site is called when it has no name of its own.

/** Name, else street, else id; the zone goes beside it. */
export function placeName({ name, street, id }: { name: string; street?: string | null; id: string }): string {
  return name || street || id;
}
